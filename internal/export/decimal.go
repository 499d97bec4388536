package export

import (
	"fmt"
	"math/big"

	"github.com/cockroachdb/apd/v3"
)

// fixedType is a DECIMAL of Parquet.
type fixedType struct{ digits, scale, bytes int }

// A quantity in Parquet is a DECIMAL(38, 18): the mesh's quantities have fifteen
// significant digits, and those that come from a unit such as a twelfth have them
// behind the point. An amount is a DECIMAL(28, 9), which is all that the contract's
// money can be; so a quantity times an amount is still a DECIMAL of 38 digits.
func quantityType() fixedType { return fixedType{38, 18, 16} }
func amountType() fixedType   { return fixedType{28, 9, 12} }

// of is a number as a DECIMAL of Parquet: what it is in units of the last
// digit, in two's complement, the highest byte first.
func (t fixedType) of(text string) ([]byte, error) {
	d, _, err := apd.NewFromString(text)
	if err != nil || d.Form != apd.Finite {
		return nil, fmt.Errorf("%q is not a number", text)
	}
	d.Reduce(d)
	if int(d.Exponent) < -t.scale {
		return nil, fmt.Errorf("%s has more than %d digits behind the point: Parquet's DECIMAL(%d, %d) cannot hold it, csv and ndjson can", text, t.scale, t.digits, t.scale)
	}
	if int(d.NumDigits())+int(d.Exponent)+t.scale > t.digits {
		return nil, fmt.Errorf("%s has more than %d digits before the point: Parquet's DECIMAL(%d, %d) cannot hold it, csv and ndjson can", text, t.digits-t.scale, t.digits, t.scale)
	}
	n := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Exponent)+int64(t.scale)), nil)
	n.Mul(n, d.Coeff.MathBigInt())
	if d.Negative {
		n.Sub(new(big.Int).Lsh(big.NewInt(1), uint(8*t.bytes)), n)
	}
	return n.FillBytes(make([]byte, t.bytes)), nil
}
