package odoo

import (
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

// significantDigits that a float64 keeps of any decimal. What a float says
// beyond them is noise of binary arithmetic.
const significantDigits = 15

// Decimal is a float or monetary field as the decimal that it stands for, zero
// if empty, without trailing zeros and without a positive exponent.
//
// With digits of zero or more, those of the currency or the unit, it is rounded
// to so many decimal places, half away from zero as Odoo rounds, after the
// binary noise is cut off: 3.3000000000000003 is 3.3, and 2.6749999999999998 is
// 2.68 to two places. With negative digits it is the shortest decimal that reads
// back as the same float.
func (r Row) Decimal(field string, digits int) (apd.Decimal, error) {
	f, err := r.Float(field)
	if err != nil {
		e := r.shape(field, "a decimal")
		return apd.Decimal{}, e
	}
	text := strconv.FormatFloat(f, 'e', -1, 64)
	if digits >= 0 {
		text = strconv.FormatFloat(f, 'e', significantDigits-1, 64)
	}
	var d apd.Decimal
	if _, _, err := d.SetString(text); err != nil || d.Form != apd.Finite {
		return apd.Decimal{}, r.shape(field, "a decimal")
	}
	// Wide enough for any float64 written out in full.
	exact := apd.Context{Precision: 1100, MaxExponent: apd.MaxExponent, MinExponent: apd.MinExponent, Rounding: apd.RoundHalfUp}
	if digits >= 0 && d.Exponent < -int32(min(digits, 400)) {
		if _, err := exact.Quantize(&d, &d, -int32(digits)); err != nil {
			return apd.Decimal{}, r.shape(field, "a decimal")
		}
	}
	d.Reduce(&d)
	if d.Exponent > 0 {
		if _, err := exact.Quantize(&d, &d, 0); err != nil {
			return apd.Decimal{}, r.shape(field, "a decimal")
		}
	}
	if d.IsZero() {
		return apd.Decimal{}, nil
	}
	return d, nil
}
