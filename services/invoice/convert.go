package invoice

import (
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/mapping"
)

// converters are those that the mapping of invoices names beside the common ones.
func converters() mapping.Converters { return mapping.Converters{"booked": toBooked} }

// refund is the type of an entry whose lines Odoo books with the sign turned round.
const refund = "in_refund"

// toBooked reads [amount_currency, move_type]: what a line books, as it stands on the
// document. Odoo adds up a bill from these amounts.
func toBooked(in *mapping.Input) (protoreflect.Value, bool, error) {
	v, ok, err := mapping.ToMoney(in)
	if err != nil || !ok {
		return v, ok, err
	}
	kind, err := in.Row.String(in.Fields[1])
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	if kind != refund {
		return v, true, nil
	}
	if m, is := v.Message().Interface().(*money.Money); is {
		m.Units, m.Nanos = -m.GetUnits(), -m.GetNanos()
	}
	return v, true, nil
}
