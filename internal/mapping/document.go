package mapping

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// toIs tells whether Odoo's text is one of those that the mapping names.
func toIs(in *Input) (protoreflect.Value, bool, error) {
	text, err := in.Row.String(in.Fields[0])
	is := err == nil && slices.Contains(in.node.Is, text)
	return protoreflect.ValueOfBool(is), is, err
}

// toNonzero tells whether a number is other than nought.
func toNonzero(in *Input) (protoreflect.Value, bool, error) {
	f, err := in.Row.Float(in.Fields[0])
	return protoreflect.ValueOfBool(f != 0), f != 0, err
}

// toDisplayName is the display name that Odoo sends with a many2one. It follows a
// renaming only when the row itself is written, and spares a read of a model
// that need not be installed.
func toDisplayName(in *Input) (protoreflect.Value, bool, error) {
	ref, ok, err := in.Row.Many2One(in.Fields[0])
	return protoreflect.ValueOfString(ref.Name), ok && ref.Name != "", err
}

// toTaxPercent reads [amount, amount_type]: the amount is a rate in percent for
// two of Odoo's types, and a sum of money or nothing for the others.
func toTaxPercent(in *Input) (protoreflect.Value, bool, error) {
	kind, err := in.Row.String(in.Fields[1])
	if err != nil || kind != "percent" && kind != "division" {
		return protoreflect.Value{}, false, err
	}
	return ToDecimal(in)
}

// toNumber reads a document's number; "/" is what Odoo writes where it has given
// none yet.
func toNumber(in *Input) (protoreflect.Value, bool, error) {
	v, ok, err := toText(in)
	return v, ok && v.String() != "/", err
}
