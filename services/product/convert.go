package product

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/mapping"
)

// converters are those that the mapping of products names beside the common ones.
func converters() mapping.Converters {
	return mapping.Converters{"base_units": toBaseUnits, "unit_barcode": toUnitBarcode, "unit_gtin": toUnitGTIN}
}

// toBaseUnits is how many of the product's own unit one of another unit makes. It reads
// the other unit's id, from 19 on.
func toBaseUnits(in *mapping.Input) (protoreflect.Value, bool, error) {
	unit, ok, err := unitOf(in)
	if err != nil || !ok {
		return protoreflect.Value{}, false, err
	}
	own, ok, err := in.Root().Many2One("uom_id")
	if err != nil || !ok {
		return protoreflect.Value{}, false, err
	}
	of, err := factor(in, unit)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	to, err := factor(in, own.ID)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	var quotient apd.Decimal
	if _, err := apd.BaseContext.WithPrecision(15).Quo(&quotient, of, to); err != nil {
		return protoreflect.Value{}, false, fmt.Errorf("unit %d in units of %d: %w", unit, own.ID, err)
	}
	return mapping.Decimal(&quotient), true, nil
}

// unitOf is the id of the unit that the converter's field names: the row itself, or
// what a many2one points at.
func unitOf(in *mapping.Input) (int64, bool, error) {
	if in.Fields[0] == "id" {
		return in.Row.ID(), true, nil
	}
	ref, ok, err := in.Row.Many2One(in.Fields[0])
	return ref.ID, ok, err
}

// factor is how many reference units a unit makes.
func factor(in *mapping.Input, unit int64) (*apd.Decimal, error) {
	f, err := in.Other(unitModel, unit).Float("factor")
	if err != nil {
		return nil, err
	}
	if f <= 0 {
		return nil, fmt.Errorf("the factor of unit %d is %v: a unit's factor is positive", unit, f)
	}
	return mapping.Exact(f)
}

// toUnitBarcode is the barcode that the product bears in a unit: from 19 on a
// packaging is a unit, and its barcode stands in a row of product.uom.
func toUnitBarcode(in *mapping.Input) (protoreflect.Value, bool, error) {
	unit, _, err := unitOf(in)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	barcodes, err := in.Root().IDs("product_uom_ids")
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	for _, id := range barcodes {
		row := in.Other(packagingUnitModel, id)
		if ref, ok, err := row.Many2One("uom_id"); err != nil || !ok || ref.ID != unit {
			continue
		}
		s, err := row.String("barcode")
		return protoreflect.ValueOfString(s), s != "", err
	}
	return protoreflect.Value{}, false, nil
}

// toUnitGTIN is that barcode when it is a GTIN.
func toUnitGTIN(in *mapping.Input) (protoreflect.Value, bool, error) {
	v, ok, err := toUnitBarcode(in)
	return v, ok && mapping.ValidGTIN(v.String()), err
}
