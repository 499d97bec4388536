package mapping

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"odoomesh/internal/odoo"
)

// baseQuantity compiles a quantity [quantity, unit, product] as one in the
// product's base unit, up to 18: from 17 on Odoo holds that itself.
func (c *compiler) baseQuantity(l *level, route string, t *target, n *Node, fields []string) step {
	if len(fields) != 3 {
		c.problem("%s: base_quantity reads a quantity, a unit and a product", t.path)
		return nil
	}
	units := func(l *level, route, field string) *hop {
		_, h := c.hop(t.path, l, route, field, "uom.uom", n, false)
		c.plan.want(t.path, "uom.uom", "uom_type", "factor", "factor_inv")
		return h
	}
	own := units(l, route, fields[1])
	product, toProduct := c.hop(t.path, l, route, fields[2], "product.product", n, false)
	base := units(product, join(route, fields[2]), "uom_id")
	c.plan.want(t.path, "uom.uom", "rounding")
	return func(b *build, row odoo.Row, msg protoreflect.Message) {
		unit, ok := b.follow(own, row, t.path)
		if !ok {
			return
		}
		made, ok := b.follow(toProduct, row, t.path)
		if !ok {
			return
		}
		to, ok := b.follow(base, made, t.path)
		if !ok {
			return
		}
		v, err := convertQuantity(row, fields[0], unit, to)
		if err != nil {
			b.fault(t.path, row, fields[0], err)
			return
		}
		t.set(msg, v)
	}
}

// convertQuantity takes a quantity from one unit into another of its family, by
// the exact sides of both factors, and rounds it as Odoo does before it books it:
// to the rounding of the unit that it comes in, halves away from nought, also where
// both units are the same.
func convertQuantity(row odoo.Row, field string, from, to odoo.Row) (protoreflect.Value, error) {
	f, err := row.Float(field)
	if err != nil {
		return protoreflect.Value{}, err
	}
	quantity, err := Exact(f)
	if err != nil {
		return protoreflect.Value{}, err
	}
	divisor := apd.New(1, 0)
	for _, side := range []struct {
		into *apd.Decimal
		unit odoo.Row
		kind string
	}{{quantity, from, "bigger"}, {divisor, from, "smaller"}, {divisor, to, "bigger"}, {quantity, to, "smaller"}} {
		factor, err := unitFactor(side.unit, side.kind)
		if err != nil {
			return protoreflect.Value{}, err
		}
		if _, err := apd.BaseContext.WithPrecision(34).Mul(side.into, side.into, factor); err != nil {
			return protoreflect.Value{}, fmt.Errorf("multiplying quantities: %w", err)
		}
	}
	if _, err := apd.BaseContext.WithPrecision(15).Quo(quantity, quantity, divisor); err != nil {
		return protoreflect.Value{}, fmt.Errorf("dividing quantities: %w", err)
	}
	if err := roundTo(quantity, to); err != nil {
		return protoreflect.Value{}, err
	}
	return Decimal(quantity), nil
}

// roundTo rounds a quantity to whole multiples of a unit's rounding; a unit without
// one leaves it as it is.
func roundTo(quantity *apd.Decimal, unit odoo.Row) error {
	if isEmpty(unit, "rounding") {
		return nil
	}
	f, err := unit.Float("rounding")
	if err != nil || f <= 0 {
		return err
	}
	step, err := Exact(f)
	if err != nil {
		return err
	}
	half := apd.BaseContext.WithPrecision(34)
	half.Rounding = apd.RoundHalfUp
	if _, err := half.Quo(quantity, quantity, step); err != nil {
		return fmt.Errorf("rounding a quantity to %v: %w", f, err)
	}
	if _, err := half.RoundToIntegralValue(quantity, quantity); err != nil {
		return fmt.Errorf("rounding a quantity to %v: %w", f, err)
	}
	if _, err := half.Mul(quantity, quantity, step); err != nil {
		return fmt.Errorf("rounding a quantity to %v: %w", f, err)
	}
	return nil
}

// unitFactor is a unit's factor where the unit is of the given type, and 1 elsewhere.
func unitFactor(unit odoo.Row, kind string) (*apd.Decimal, error) {
	have, err := unit.String("uom_type")
	if err != nil {
		return nil, err
	}
	if have != kind {
		return apd.New(1, 0), nil
	}
	f, err := unit.Float(map[string]string{"bigger": "factor_inv", "smaller": "factor"}[kind])
	if err != nil {
		return nil, err
	}
	if f <= 0 {
		return nil, fmt.Errorf("the factor of unit %d is %v: a unit's factor is positive", unit.ID(), f)
	}
	return Exact(f)
}

// Exact is a float without the noise of its binary form.
func Exact(f float64) (*apd.Decimal, error) {
	text, err := decimalText(f)
	if err != nil {
		return nil, err
	}
	d, _, err := apd.NewFromString(text)
	return d, err
}

// Decimal is a value of the contract's decimals; it writes a number in its shortest form.
func Decimal(d *apd.Decimal) protoreflect.Value {
	d.Reduce(d)
	if d.IsZero() {
		return message(&decimal.Decimal{Value: "0"})
	}
	return message(&decimal.Decimal{Value: d.Text('f')})
}

// total adds a field up over the rows of a record.
func (in *Input) total(field string) (*apd.Decimal, error) {
	sum := new(apd.Decimal)
	for _, row := range in.build.group(in.Row) {
		f, err := row.Float(field)
		if err != nil {
			return nil, err
		}
		d, err := Exact(f)
		if err != nil {
			return nil, err
		}
		if _, err := apd.BaseContext.WithPrecision(34).Add(sum, sum, d); err != nil {
			return nil, fmt.Errorf("adding %s: %w", field, err)
		}
	}
	return sum, nil
}

// toSum adds up over all rows of a grouped record.
func toSum(in *Input) (protoreflect.Value, bool, error) {
	sum, err := in.total(in.Fields[0])
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	return Decimal(sum), true, nil
}

// toDifference is the sum of its first field less the sum of its second.
func toDifference(in *Input) (protoreflect.Value, bool, error) {
	have, err := in.total(in.Fields[0])
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	less, err := in.total(in.Fields[1])
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	if _, err := apd.BaseContext.WithPrecision(34).Sub(have, have, less); err != nil {
		return protoreflect.Value{}, false, fmt.Errorf("subtracting %s: %w", in.Fields[1], err)
	}
	return Decimal(have), true, nil
}

// toEarliest is the first of the times of all rows of a grouped record.
func toEarliest(in *Input) (protoreflect.Value, bool, error) {
	var first *timestamppb.Timestamp
	for _, row := range in.build.group(in.Row) {
		at, err := row.Time(in.Fields[0])
		if err != nil {
			return protoreflect.Value{}, false, err
		}
		if !at.IsZero() && (first == nil || at.Before(first.AsTime())) {
			first = timestamppb.New(at)
		}
	}
	if first == nil {
		return protoreflect.Value{}, false, nil
	}
	return message(first), true, nil
}
