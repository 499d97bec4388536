package mapping

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/gs1"
	"odoomesh/internal/index"
)

// toGTIN passes a barcode on, as Odoo holds it, when it is a GTIN; white space around
// it makes it no other number.
func toGTIN(in *Input) (protoreflect.Value, bool, error) {
	s, err := in.Row.String(in.Fields[0])
	return protoreflect.ValueOfString(s), err == nil && ValidGTIN(s), err
}

// toBarcode passes on what is not a GTIN.
func toBarcode(in *Input) (protoreflect.Value, bool, error) {
	s, err := in.Row.String(in.Fields[0])
	return protoreflect.ValueOfString(s), err == nil && s != "" && !ValidGTIN(s), err
}

// toGLN passes on the first of the fields that holds a Global Location Number:
// thirteen digits with the check digit of a GTIN (GS1 General Specifications,
// section 7.9).
func toGLN(in *Input) (protoreflect.Value, bool, error) {
	for _, field := range in.Fields {
		s, err := in.Row.String(field)
		if err != nil {
			return protoreflect.Value{}, false, err
		}
		if len(index.Trim(s)) == 13 && ValidGTIN(s) {
			return protoreflect.ValueOfString(s), true, nil
		}
	}
	return protoreflect.Value{}, false, nil
}

// ValidGTIN tells whether a text is a GTIN-8, -12, -13 or -14 with the right
// check digit. White space around it does not count.
func ValidGTIN(s string) bool { return gs1.IsGTIN(index.Trim(s)) }
