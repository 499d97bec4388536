package receipt

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

func TestReturnsThatMakeNoSense(t *testing.T) {
	line := func(id, quantity, lot string) *receiptv1.ReturnedLine {
		return &receiptv1.ReturnedLine{LineId: id, Quantity: &decimal.Decimal{Value: quantity}, LotNumber: lot}
	}
	for name, c := range map[string]struct {
		change func(*receiptv1.ReturnReceiptRequest)
		field  string
	}{
		"nothing":                 {func(*receiptv1.ReturnReceiptRequest) {}, ""},
		"no reason":               {func(r *receiptv1.ReturnReceiptRequest) { r.Reason = "  " }, "reason: "},
		"another kind of record":  {func(r *receiptv1.ReturnReceiptRequest) { r.Name = "orders/9" }, "name: "},
		"an id that Odoo has not": {func(r *receiptv1.ReturnReceiptRequest) { r.Name = "receipts/3000000000" }, "name: "},
		"a place that is none":    {func(r *receiptv1.ReturnReceiptRequest) { r.SourceLocation = "lots/9" }, "source_location: "},
		"no quantity":             {func(r *receiptv1.ReturnReceiptRequest) { r.Lines[0].Quantity = nil }, "lines[0].quantity: "},
		"less than nothing":       {func(r *receiptv1.ReturnReceiptRequest) { r.Lines[0].Quantity.Value = "-2" }, "lines[0].quantity: "},
		"a line that is none":     {func(r *receiptv1.ReturnReceiptRequest) { r.Lines[0].LineId = "x" }, "lines[0].line_id: "},
		"white space":             {func(r *receiptv1.ReturnReceiptRequest) { r.Lines[0].LotNumber = "L1 " }, "lines[0].lot_number: "},
		"a scanner's character":   {func(r *receiptv1.ReturnReceiptRequest) { r.Lines[0].LotNumber = "L1\x1d" }, "lines[0].lot_number: "},
		"the same twice":          {func(r *receiptv1.ReturnReceiptRequest) { r.Lines = append(r.Lines, line("7", "1", "L1")) }, "lines[1]: "},
		"two lots of a line":      {func(r *receiptv1.ReturnReceiptRequest) { r.Lines = append(r.Lines, line("7", "1", "L2")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &receiptv1.ReturnReceiptRequest{Name: "receipts/9", Reason: "damaged", Lines: []*receiptv1.ReturnedLine{line("7", "2", "L1")}}
			c.change(r)
			_, err := (&Service{}).beginReturn(r)
			if c.field == "" && err != nil || c.field != "" && (err == nil || !strings.Contains(err.Error(), c.field)) {
				t.Errorf("it says %v, want %q", err, c.field)
			}
		})
	}
}
