package export

import (
	"fmt"
	"math/big"

	"github.com/cockroachdb/apd/v3"
)

// A quantity in Parquet is a DECIMAL(38, 18): the mesh's quantities have fifteen
// significant digits, and those that come from a unit such as a twelfth have them
// behind the point.
const (
	decimalDigits = 38
	decimalScale  = 18
	decimalBytes  = 16
)

// fixedPoint is a number as a DECIMAL of Parquet: what it is in units of the last
// digit, in two's complement, the highest byte first.
func fixedPoint(text string) ([]byte, error) {
	d, _, err := apd.NewFromString(text)
	if err != nil || d.Form != apd.Finite {
		return nil, fmt.Errorf("%q is not a number", text)
	}
	d.Reduce(d)
	if d.Exponent < -decimalScale {
		return nil, fmt.Errorf("%s has more than %d digits behind the point: Parquet's DECIMAL(%d, %d) cannot hold it, csv and ndjson can", text, decimalScale, decimalDigits, decimalScale)
	}
	if d.NumDigits()+int64(d.Exponent)+decimalScale > decimalDigits {
		return nil, fmt.Errorf("%s has more than %d digits before the point: Parquet's DECIMAL(%d, %d) cannot hold it, csv and ndjson can", text, decimalDigits-decimalScale, decimalDigits, decimalScale)
	}
	n := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Exponent)+decimalScale), nil)
	n.Mul(n, d.Coeff.MathBigInt())
	if d.Negative {
		n.Sub(new(big.Int).Lsh(big.NewInt(1), 8*decimalBytes), n)
	}
	return n.FillBytes(make([]byte, decimalBytes)), nil
}
