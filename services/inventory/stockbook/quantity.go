package stockbook

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"

	"odoomesh/internal/follow"
)

// exactly adds and subtracts with more digits than any stock has.
var exactly = apd.BaseContext.WithPrecision(60)

// number reads a quantity; no text is nought.
func number(text string) (*apd.Decimal, error) {
	if text == "" {
		return new(apd.Decimal), nil
	}
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: quantity %q: %v", follow.ErrUnreadable, text, err)
	}
	return d, nil
}

// written is the shortest form of a number.
func written(d *apd.Decimal) string {
	out := new(apd.Decimal)
	out.Reduce(d)
	if out.IsZero() {
		return "0"
	}
	return out.Text('f')
}

func decimalOf(d *apd.Decimal) *decimal.Decimal { return &decimal.Decimal{Value: written(d)} }

func sum(a, b *apd.Decimal) (*apd.Decimal, error) {
	out := new(apd.Decimal)
	_, err := exactly.Add(out, a, b)
	return out, err
}

func less(a, b *apd.Decimal) (*apd.Decimal, error) {
	out := new(apd.Decimal)
	_, err := exactly.Sub(out, a, b)
	return out, err
}

func negated(d *apd.Decimal) *apd.Decimal { return new(apd.Decimal).Neg(d) }

// nought tells whether a decimal text is 0, however it is written.
func nought(text string) bool {
	d, err := number(text)
	return err == nil && d.IsZero()
}
