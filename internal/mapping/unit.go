package mapping

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// A unit of measure is an exact fraction of the reference unit of its family.
// Up to 18 Odoo stores a factor "how many of this make one reference unit", so a
// dozen is 0.08333333333333333, and factor_inv is 12: the side on which the
// number was typed in is the exact one, and uom_type tells which. From 19 on the
// factor says how many reference units this unit is.

// toUnitNumerator is the numerator of the fraction. It reads [uom_type,
// factor_inv] up to 18 and [factor] from 19 on.
func toUnitNumerator(in *Input) (protoreflect.Value, bool, error) {
	return unitSide(in, "bigger")
}

// toUnitDenominator is its denominator. It reads [uom_type, factor] up to 18 and
// [factor] from 19 on, where the numerator has it all.
func toUnitDenominator(in *Input) (protoreflect.Value, bool, error) {
	if len(in.Fields) == 1 {
		return decimalValue(1)
	}
	return unitSide(in, "smaller")
}

// unitSide is the row's factor where the unit is of the given type, and 1 elsewhere.
func unitSide(in *Input, kind string) (protoreflect.Value, bool, error) {
	number := in.Fields[len(in.Fields)-1]
	if len(in.Fields) == 2 {
		have, err := in.Row.String(in.Fields[0])
		if err != nil {
			return protoreflect.Value{}, false, err
		}
		if have != kind {
			return decimalValue(1)
		}
	}
	f, err := in.Row.Float(number)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	if f <= 0 {
		return protoreflect.Value{}, false, fmt.Errorf("a unit's factor is positive, this is %v", f)
	}
	return decimalValue(f)
}

// Odoo keeps weights and volumes in kilograms and cubic metres or, where the
// database is set to them, in pounds and cubic feet (product.weight_in_lbs,
// product.volume_in_cubic_feet), and names the unit beside the number.
const (
	kilogramsPerPound       = 0.45359237
	cubicMetresPerCubicFoot = 0.028316846592
)

func toKilograms(in *Input) (protoreflect.Value, bool, error) {
	return measure(in, map[string]float64{"kg": 1, "lb": kilogramsPerPound})
}

func toCubicMetres(in *Input) (protoreflect.Value, bool, error) {
	return measure(in, map[string]float64{"m³": 1, "ft³": cubicMetresPerCubicFoot})
}

// measure converts [number, name of its unit]; nought means that nobody measured.
func measure(in *Input, factors map[string]float64) (protoreflect.Value, bool, error) {
	f, err := in.Row.Float(in.Fields[0])
	if err != nil || f == 0 {
		return protoreflect.Value{}, false, err
	}
	unit, err := in.Row.String(in.Fields[1])
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
