package mapping

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A unit of measure is an exact fraction of the reference unit of its family.
// Up to 18 Odoo stores a factor "how many of this make one reference unit", so a
// dozen is 0.08333333333333333, and factor_inv is 12: the side on which the
// number was typed in is the exact one, and uom_type tells which. From 19 on the
// factor says how many reference units this unit is.

// toUnitNumerator is the numerator of the fraction. It reads [uom_type,
// factor_inv] up to 18 and [factor] from 19 on.
func toUnitNumerator(in *input) (protoreflect.Value, bool, error) {
	return unitSide(in, "bigger")
}

// toUnitDenominator is its denominator. It reads [uom_type, factor] up to 18 and
// [factor] from 19 on, where the numerator has it all.
func toUnitDenominator(in *input) (protoreflect.Value, bool, error) {
	if len(in.fields) == 1 {
		return decimalValue(1)
	}
	return unitSide(in, "smaller")
}

// unitSide is the row's factor where the unit is of the given type, and 1 elsewhere.
func unitSide(in *input, kind string) (protoreflect.Value, bool, error) {
	number := in.fields[len(in.fields)-1]
	if len(in.fields) == 2 {
		have, err := in.row.String(in.fields[0])
		if err != nil {
			return protoreflect.Value{}, false, err
		}
		if have != kind {
			return decimalValue(1)
		}
	}
	f, err := in.row.Float(number)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	if f <= 0 {
		return protoreflect.Value{}, false, fmt.Errorf("a unit's factor is positive, this is %v", f)
	}
	return decimalValue(f)
}

// toBaseUnits is how many of the record's own unit (uom_id of its root row) one
// of another unit makes. It reads the other unit's id, from 19 on.
func toBaseUnits(in *input) (protoreflect.Value, bool, error) {
	unit, ok, err := in.unit()
	if err != nil || !ok {
		return protoreflect.Value{}, false, err
	}
	own, ok, err := in.build.tables[in.build.model][in.build.id].Many2One("uom_id")
	if err != nil || !ok {
		return protoreflect.Value{}, false, err
	}
	of, err := in.build.factor(unit)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	to, err := in.build.factor(own.ID)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	var quotient apd.Decimal
	if _, err := apd.BaseContext.WithPrecision(15).Quo(&quotient, of, to); err != nil {
		return protoreflect.Value{}, false, fmt.Errorf("unit %d in units of %d: %w", unit, own.ID, err)
	}
	quotient.Reduce(&quotient)
	return message(&decimal.Decimal{Value: quotient.Text('f')}), true, nil
}

// unit is the id of the unit that the converter's field names: the row itself,
// or what a many2one points at.
func (in *input) unit() (int64, bool, error) {
	if in.fields[0] == "id" {
		return in.row.ID(), true, nil
	}
	ref, ok, err := in.row.Many2One(in.fields[0])
	return ref.ID, ok, err
}

// factor is how many reference units a unit makes.
func (b *build) factor(unit int64) (*apd.Decimal, error) {
	f, err := b.tables["uom.uom"][unit].Float("factor")
	if err != nil {
		return nil, err
	}
	if f <= 0 {
		return nil, fmt.Errorf("the factor of unit %d is %v: a unit's factor is positive", unit, f)
	}
	return exact(f)
}

// toUnitBarcode is the barcode that the product bears in a unit: from 19 on a
// packaging is a unit, and its barcode stands in a row of product.uom.
func toUnitBarcode(in *input) (protoreflect.Value, bool, error) {
	unit, _, err := in.unit()
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	barcodes, err := in.build.tables[in.build.model][in.build.id].IDs("product_uom_ids")
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	for _, id := range barcodes {
		row := in.build.tables["product.uom"][id]
		if ref, ok, err := row.Many2One("uom_id"); err != nil || !ok || ref.ID != unit {
			continue
		}
		s, err := row.String("barcode")
		return protoreflect.ValueOfString(s), s != "", err
	}
	return protoreflect.Value{}, false, nil
}

// toUnitGTIN is that barcode when it is a GTIN.
func toUnitGTIN(in *input) (protoreflect.Value, bool, error) {
	v, ok, err := toUnitBarcode(in)
	return v, ok && validGTIN(v.String()), err
}

// Odoo keeps weights and volumes in kilograms and cubic metres or, where the
// database is set to them, in pounds and cubic feet (product.weight_in_lbs,
// product.volume_in_cubic_feet), and names the unit beside the number.
const (
	kilogramsPerPound       = 0.45359237
	cubicMetresPerCubicFoot = 0.028316846592
)

func toKilograms(in *input) (protoreflect.Value, bool, error) {
	return measure(in, map[string]float64{"kg": 1, "lb": kilogramsPerPound})
}

func toCubicMetres(in *input) (protoreflect.Value, bool, error) {
	return measure(in, map[string]float64{"m³": 1, "ft³": cubicMetresPerCubicFoot})
}

// measure converts [number, name of its unit]; nought means that nobody measured.
func measure(in *input, factors map[string]float64) (protoreflect.Value, bool, error) {
	f, err := in.row.Float(in.fields[0])
	if err != nil || f == 0 {
		return protoreflect.Value{}, false, err
	}
	unit, err := in.row.String(in.fields[1])
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	if source, translated := in.build.units[unit]; translated {
		unit = source
	}
	factor, known := factors[unit]
	if !known {
		return protoreflect.Value{}, false, fmt.Errorf("%v %q is in a unit that the mesh does not know", f, unit)
	}
	return decimalValue(f * factor)
}
