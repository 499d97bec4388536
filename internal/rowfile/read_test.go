package rowfile

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

func prices(t *testing.T, text, ext string) (all []*productv1.ImportSupplierPricesRequest, err error) {
	t.Helper()
	r, err := New(strings.NewReader(text), ext, (&productv1.ImportSupplierPricesRequest{}).ProtoReflect().Descriptor(), "supplier_price")
	if err != nil {
		return nil, err
	}
	for {
		m := &productv1.ImportSupplierPricesRequest{}
		if err := r.Next(m); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return all, err
		}
		all = append(all, m)
	}
}

func TestATableIsRead(t *testing.T) {
	want := &productv1.ImportSupplierPricesRequest{}
	if err := protojson.Unmarshal([]byte(`{"sku": "A-1", "supplierPrice": {"supplier": "suppliers/6", "price": {"currencyCode": "EUR", "units": "12", "nanos": 500000000},
		"minQuantity": {"value": "10"}, "validFrom": {"year": 2027, "month": 1, "day": 31}, "allVariants": true, "leadTimeDays": 3, "unit": {"name": "units/4"}}}`), want); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"commas":     "sku,supplier,price,currency,min_quantity,valid_from,all_variants,lead_time_days,unit\nA-1,suppliers/6,12.50,EUR,10,2027-01-31,true,3,units/4\n",
		"semicolons": "\ufeffsku; supplier; price; min_quantity; valid_from; all_variants; lead_time_days; unit.name\r\nA-1;suppliers/6;12.5 EUR;10;2027-01-31;TRUE;3;units/4",
		"quoted":     "sku,supplier,price,currency,min_quantity,valid_from,all_variants,lead_time_days,unit,part_number\n\"A-1\",suppliers/6,\"12.50\",EUR,10,2027-01-31,1,3,units/4,\n",
	} {
		got, err := prices(t, text, ".csv")
		if err != nil || len(got) != 1 || !proto.Equal(got[0], want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if n, err := Count(strings.NewReader(text), ".csv"); n != 1 || err != nil {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
}

func TestARowThatCannotBeReadStopsNoOther(t *testing.T) {
	for _, tt := range []struct{ ext, text, says string }{
		{".csv", "sku,price\nA,12,50\nB,1", "3 cells"},
		{".csv", "sku,price\nA,\"12,50\"\nB,1", "price: \"12,50\": an amount"},
		{".csv", "sku,valid_from\nA,31.1.2027\nB,", "2027-01-31"},
		{".csv", "sku,all_variants\nA,maybe\nB,1", "true or false"},
		{".csv", "sku,price\nA\"x,1\nB,1", "no row of a table"},
		{".csv", "sku,part_number\nA,Kan\xfcle\nB,1", "part_number: \"Kan\\xfcle\": it is not UTF-8"},
		{".csv", "sku,price\n , \nB,1", "it is empty"},
		{".csv", "sku,currency,price\nA,USD,12 EUR\nB,EUR,1", "the column currency says USD"},
		{".csv", "sku,price,currency\nA,12 EUR,USD\nB,1,EUR", "another column says EUR"},
		{".csv", "sku,valid_from\nA," + strings.Repeat("ü", 400) + "\nB,", "valid_from"},
		{".ndjson", "{\"sku\": \n{\"sku\": \"B\"}", "not the JSON"},
		{".ndjson", "{\"skuu\": \"A\"}\n\n{\"sku\": \"B\"}", "skuu"},
	} {
		got, err := prices(t, tt.text, tt.ext)
		if err != nil || len(got) != 2 || !strings.Contains(got[0].GetUnreadable(), tt.says) || got[1].GetSku() != "B" || got[1].GetUnreadable() != "" {
			t.Errorf("%q: %v, %v", tt.text, got, err)
		}
	}
	for text, says := range map[string]string{"": "empty", "sku,prize\n": "prize", "sku,sku\n": "twice", "header\n": "header", "unreadable\n": "unreadable"} {
		if _, err := prices(t, text, ".csv"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
	broken := io.MultiReader(strings.NewReader("sku,price\nA,1\n"), iotest.ErrReader(errors.New("the disk is gone")))
	if n, err := Count(broken, ".csv"); err == nil {
		t.Errorf("a file that cannot be read to its end has %d rows", n)
	}
	if _, err := prices(t, "x", ".xlsx"); err == nil || !strings.Contains(err.Error(), ".csv or .ndjson") {
		t.Errorf("a table of another kind: %v", err)
	}
}

func TestAProductIsRead(t *testing.T) {
	r, err := New(strings.NewReader("display_name,sku,tracking,kind,expiry_policy.expires,expiry_policy.expiry_days\nCannula,A-1,lot,KIND_GOODS,true,700\nB,B,nothing,goods,,"), ".csv",
		(&productv1.ImportProductsRequest{}).ProtoReflect().Descriptor(), "product")
	if err != nil {
		t.Fatal(err)
	}
	m := &productv1.ImportProductsRequest{}
	if err := r.Next(m); err != nil {
		t.Fatal(err)
	}
	p := m.GetProduct()
	if p.GetSku() != "A-1" || p.GetTracking() != productv1.Tracking_TRACKING_LOT || p.GetKind() != productv1.Kind_KIND_GOODS || !p.GetExpiryPolicy().GetExpires() || p.GetExpiryPolicy().GetExpiryDays() != 700 {
		t.Errorf("%v", m)
	}
	if err := r.Next(m); err != nil || !strings.Contains(m.GetUnreadable(), "tracking") || !strings.Contains(m.GetUnreadable(), "serial") {
		t.Errorf("%v, %v", m, err)
	}
}

// Whatever a file holds: it is read to its end, and each row is one or says why it is none.
func FuzzRows(f *testing.F) {
	f.Add("sku,price,currency\nA,1.5,EUR\n", true)
	f.Add("{\"sku\": \"A\"}\n{", false)
	f.Add("sku,part_number\nA,Kan\xfcle\n", true)
	f.Add("sku;valid_from;price\n\"A;2027-01-01;-1.000000001 EUR", true)
	f.Fuzz(func(t *testing.T, text string, table bool) {
		ext := ".ndjson"
		if table {
			ext = ".csv"
		}
		got, err := prices(t, text, ext)
		if err != nil {
			return
		}
		for _, m := range got {
			if m.GetUnreadable() != "" && (m.GetSupplierPrice() != nil || m.GetSku() != "") {
				t.Errorf("%v is a row and none", m)
			}
			if _, err := proto.Marshal(m); err != nil {
				t.Errorf("%v cannot be sent: %v", m, err)
			}
		}
	})
}
