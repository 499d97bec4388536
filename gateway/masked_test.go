package gateway

import (
	"bytes"
	"encoding/json"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	meshrecord "odoomesh/internal/record"
)

func wanted(t testing.TB, m proto.Message, paths ...string) *meshrecord.Fields {
	t.Helper()
	fields, err := meshrecord.FieldsOf(&fieldmaskpb.FieldMask{Paths: paths}, m.ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

// What a mask names is there, also when it is false, zero or empty; what it does not
// name is not.
func TestJSONUnderAMask(t *testing.T) {
	order := &orderv1.Order{
		Name: "orders/13", Number: `P"13`, UpdateTime: &timestamppb.Timestamp{Seconds: 5}, Attributes: map[string]string{"a\"b": "x", "c": ""},
		Provenance: &typesv1.Provenance{OdooInstance: "o", VerifiedTime: &timestamppb.Timestamp{Seconds: 9}},
		Lines: []*orderv1.OrderLine{
			{Id: "1", Quantity: &decimal.Decimal{Value: "7"}},
			{Id: "2", Quantity: &decimal.Decimal{}},
			{},
		},
	}
	empty := &orderv1.Order{Name: "orders/14"}
	for _, c := range []struct {
		name  string
		of    *orderv1.Order
		paths []string
		want  string
	}{
		{"a field of lines", order, []string{"number", "lines.quantity"}, `{"number":"P\"13","lines":[{"quantity":{"value":"7"}},{"quantity":{"value":""}},{}]}`},
		{"false, zero and empty", empty, []string{"name", "locked", "revision", "state", "receipts", "attributes", "number"},
			`{"name":"orders/14","attributes":{},"number":"","revision":0,"state":"STATE_UNSPECIFIED","locked":false,"receipts":[]}`},
		{"lines of an order without any", empty, []string{"lines.quantity"}, `{"lines":[]}`},
		{"lines with empty fields", order, []string{"lines.id", "lines.product"}, `{"lines":[{"id":"1","product":""},{"id":"2","product":""},{"id":"","product":""}]}`},
		{"a key of a map", order, []string{`attributes.a"b`, "attributes.none"}, `{"attributes":{"a\"b":"x"}}`},
		{"a message that is not there", empty, []string{"total_amount", "name"}, `{"name":"orders/14"}`},
		{"a field of a group", order, []string{"provenance.verified_time", "provenance.revision"}, `{"provenance":{"verifiedTime":"1970-01-01T00:00:09Z","revision":"0"}}`},
		{"a part of a time is the time", order, []string{"update_time.seconds"}, `{"updateTime":"1970-01-01T00:00:05Z"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			fields := wanted(t, c.of, c.paths...)
			got, err := answer{message: fields.Of(c.of), fields: fields}.marshal()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Around masked records stands what stands there without a mask.
func TestWhatIsAroundMaskedRecordsIsWhole(t *testing.T) {
	fields := wanted(t, &orderv1.Order{}, "locked")
	event := wanted(t, &inventoryv1.InventoryEvent{}, "corrects")
	for _, c := range []struct {
		of     proto.Message
		fields *meshrecord.Fields
		want   string
	}{
		{&orderv1.ListOrdersResponse{}, fields, `{"orders":[],"nextPageToken":""}`},
		{&orderv1.ListOrdersResponse{Orders: []*orderv1.Order{{}, {Locked: true}}}, fields, `{"orders":[{"locked":false},{"locked":true}],"nextPageToken":""}`},
		{&orderv1.WatchOrdersResponse{Order: &orderv1.Order{}, Position: "p"}, fields, `{"changeType":"CHANGE_TYPE_UNSPECIFIED","position":"p","order":{"locked":false}}`},
		{&orderv1.WatchOrdersResponse{Position: "p"}, fields, `{"changeType":"CHANGE_TYPE_UNSPECIFIED","position":"p"}`},
		{&inventoryv1.ListInventoryEventsResponse{InventoryEvents: []*inventoryv1.InventoryEvent{{}}}, event,
			`{"inventoryEvents":[{"corrects":""}],"nextPageToken":"","position":""}`},
	} {
		got, err := answer{message: c.of, fields: c.fields}.marshal()
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

// A mask that names every field changes nothing, whatever stands in them.
func TestAMaskOfAllFieldsShowsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := &orderv1.Order{}
		fill(t, order.ProtoReflect(), 3)
		var paths []string
		for i := range order.ProtoReflect().Descriptor().Fields().Len() {
			paths = append(paths, string(order.ProtoReflect().Descriptor().Fields().Get(i).Name()))
		}
		fields, err := meshrecord.FieldsOf(&fieldmaskpb.FieldMask{Paths: paths}, order.ProtoReflect().Descriptor())
		if err != nil {
			t.Fatal(err)
		}
		got, err := appendFields(nil, order, fields)
		if err != nil {
			t.Fatal(err)
		}
		if want := wholeJSON(t, order); !bytes.Equal(got, want) || !json.Valid(got) {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func BenchmarkMaskedJSON(b *testing.B) {
	order := &orderv1.Order{Name: "orders/1", Number: "P1"}
	for range 40 {
		order.Lines = append(order.Lines, &orderv1.OrderLine{Id: "1", Product: "products/1", Quantity: &decimal.Decimal{Value: "7"}})
	}
	fields := wanted(b, order, "number", "lines.product", "lines.quantity")
	masked := fields.Of(order)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (answer{message: masked, fields: fields}).marshal(); err != nil {
			b.Fatal(err)
		}
	}
}
