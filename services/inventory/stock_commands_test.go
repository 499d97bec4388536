package inventory

import (
	"slices"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

// What makes no sense, whatever Odoo holds, is refused with its field before anything is
// asked.
func TestStockCommandsThatMakeNoSense(t *testing.T) {
	const at = "stockPositions/42-8-17-0-0"
	one := &decimal.Decimal{Value: "1"}
	s := &Service{}
	for name, c := range map[string]struct {
		begin   func(proto.Message) (command.Command, error)
		request proto.Message
		fields  []string
	}{
		"a scrap":                  {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: at, Quantity: one, Reason: "broken"}, nil},
		"a scrap of nothing":       {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: at, Quantity: &decimal.Decimal{Value: "0"}, Reason: "broken"}, []string{"quantity"}},
		"a scrap without a number": {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: at, Quantity: &decimal.Decimal{Value: "1e3"}, Reason: "broken"}, []string{"quantity"}},
		"a scrap without a reason": {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: at, Quantity: one, Reason: " \t"}, []string{"reason"}},
		"a scanner's reason":       {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: at, Quantity: one, Reason: "a\x1db"}, []string{"reason"}},
		"a unit of nothing":        {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: at, Quantity: one, Reason: "broken", Unit: "units/3000000000"}, []string{"unit"}},
		"all of it":                {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: "lots/17"}, []string{"name", "quantity", "reason"}},
		"a position of three ids":  {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: "stockPositions/42-8-17", Quantity: one, Reason: "broken"}, []string{"name"}},
		"an id that Odoo has not":  {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: "stockPositions/42-3000000000-0-0-0", Quantity: one, Reason: "broken"}, []string{"name"}},
		"goods of an owner":        {s.beginScrap, &inventoryv1.ScrapStockRequest{Name: "stockPositions/42-8-17-5-0", Quantity: one, Reason: "broken"}, []string{"name"}},
		"goods in a package":       {s.beginAdjust, &inventoryv1.AdjustStockRequest{Name: "stockPositions/42-8-17-0-5", CountedQuantity: one, ExpectedQuantity: one}, []string{"name"}},
		"a transfer":               {s.beginTransfer, &inventoryv1.TransferStockRequest{Name: at, Quantity: one, DestinationLocation: "locations/9"}, nil},
		"a transfer to nowhere":    {s.beginTransfer, &inventoryv1.TransferStockRequest{Name: at, Quantity: one}, []string{"destination_location"}},
		"a transfer to where it is": {
			s.beginTransfer, &inventoryv1.TransferStockRequest{Name: at, Quantity: one, DestinationLocation: "locations/8"}, []string{"destination_location"},
		},
		"a count of none":             {s.beginAdjust, &inventoryv1.AdjustStockRequest{Name: at, CountedQuantity: &decimal.Decimal{Value: "0"}, ExpectedQuantity: one}, nil},
		"a count below nothing":       {s.beginAdjust, &inventoryv1.AdjustStockRequest{Name: at, CountedQuantity: &decimal.Decimal{Value: "-1"}, ExpectedQuantity: one}, []string{"counted_quantity"}},
		"a count that expects nought": {s.beginAdjust, &inventoryv1.AdjustStockRequest{Name: at, CountedQuantity: one}, []string{"expected_quantity"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.begin(c.request)
			var fields []string
			for _, d := range status.Convert(fault.FromError(err)).Details() {
				if bad, is := d.(*errdetails.BadRequest); is {
					for _, v := range bad.GetFieldViolations() {
						fields = append(fields, v.GetField())
					}
				}
			}
			if !slices.Equal(fields, c.fields) || (err != nil) != (c.fields != nil) {
				t.Errorf("it names %v (%v), want %v", fields, err, c.fields)
			}
		})
	}
}
