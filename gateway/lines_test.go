package gateway

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"google.golang.org/protobuf/proto"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

func linesOf(r io.Reader, longest int64) (all []*productv1.ImportSupplierPricesRequest) {
	d := lineMarshaler{newJSONMarshaler(), longest}.NewDecoder(r)
	for {
		m := &productv1.ImportSupplierPricesRequest{}
		if err := d.Decode(m); err != nil {
			return all
		}
		all = append(all, m)
	}
}

// What the router cannot read it takes for the end of the body: here each line is told.
func TestALineThatCannotBeReadStopsNoOther(t *testing.T) {
	long := `{"sku": "` + strings.Repeat("x", 200_000) + `"}`
	for name, tt := range map[string]struct {
		body io.Reader
		want []string // skus, or "!" and what is said
	}{
		"two":           {strings.NewReader("{\"sku\": \"A\"}\n\n{\"sku\": \"B\"}\r\n"), []string{"A", "B"}},
		"no newline":    {strings.NewReader(`{"sku": "A"}`), []string{"A"}},
		"broken":        {strings.NewReader("{\"sku\": \n{\"sku\": \"B\"}"), []string{"!not the JSON", "B"}},
		"unknown field": {strings.NewReader("{\"skuu\": \"A\"}\n{\"sku\": \"B\"}"), []string{"!skuu", "B"}},
		"too long":      {strings.NewReader(long + "\n{\"sku\": \"B\"}"), []string{"!too long", "B"}},
		"not UTF-8":     {strings.NewReader("{\"sku\": \"\xff\"}\n{\"sku\": \"B\"}"), []string{"!JSON", "B"}},
		"says it alone": {strings.NewReader("{\"unreadable\": \"x\"}\n{\"sku\": \"B\"}"), []string{"!caller's", "B"}},
		"cut off":       {io.MultiReader(strings.NewReader("{\"sku\": \"A\"}\n{\"sk"), iotest.ErrReader(errors.New("reset"))), []string{"A", "!cut off"}},
		"empty":         {strings.NewReader(""), nil},
	} {
		got := linesOf(tt.body, 100_000)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		for i, want := range tt.want {
			says, is := strings.CutPrefix(want, "!")
			if is && !strings.Contains(got[i].GetUnreadable(), says) || !is && (got[i].GetSku() != want || got[i].GetUnreadable() != "") {
				t.Errorf("%s, line %d: %v, want %q", name, i+1, got[i], want)
			}
		}
	}
}

// Whatever a body holds, each message can be sent, and none is a row and none at once.
func FuzzLines(f *testing.F) {
	f.Add("{\"sku\": \"A\"}\n{\n\n{\"supplierPrice\": {}}")
	f.Add("\xff\n{\"unreadable\": \"x\"}")
	f.Fuzz(func(t *testing.T, body string) {
		for _, m := range linesOf(strings.NewReader(body), 1000) {
			if _, err := proto.Marshal(m); err != nil {
				t.Errorf("%v: %v", m, err)
			}
			if m.GetUnreadable() != "" && (m.GetSku() != "" || m.GetSupplierPrice() != nil) {
				t.Errorf("%v", m)
			}
		}
	})
}
