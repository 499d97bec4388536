package receipt

import (
	"github.com/cockroachdb/apd/v3"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/mapping"
)

// converters are those that the mapping of receipts names beside the common ones.
func converters() mapping.Converters { return mapping.Converters{"handled": toHandled} }

// toHandled reads a quantity of a transfer, and nought until it was handled. Up
// to 16 Odoo keeps what was handled in a field of its own; from 17 on one field
// holds what is proposed and, once the row is picked or done, what was handled:
// it reads [quantity, picked, state] there.
func toHandled(in *mapping.Input) (protoreflect.Value, bool, error) {
	if len(in.Fields) == 3 {
		picked, err := in.Row.Bool(in.Fields[1])
		if err != nil {
			return protoreflect.Value{}, false, err
		}
		state, err := in.Row.String(in.Fields[2])
		if err != nil {
			return protoreflect.Value{}, false, err
		}
		if !picked && state != "done" {
			return mapping.Decimal(new(apd.Decimal)), true, nil
		}
	}
	return mapping.ToDecimal(in)
}
