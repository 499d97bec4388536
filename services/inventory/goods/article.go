package goods

import (
	"context"
	"math/big"
	"strconv"
	"strings"

	"odoomesh/internal/command"
)

// Article is what moving goods needs to know of a product.
type Article struct {
	ID int64
	// Unit is the one that its stock is counted in.
	Unit int64
	// Tracking is "none", "lot" or "serial".
	Tracking string
	// Stored says that Odoo counts its stock.
	Stored bool
}

// Tracked tells whether it has lots or serials.
func (a Article) Tracked() bool { return a.Tracking != "none" }

// ArticleOf reads a product; ok is false where there is none.
func ArticleOf(ctx context.Context, o *command.Odoo, id int64) (a Article, ok bool, err error) {
	kind := "is_storable"
	if o.Major() < 18 {
		kind = "detailed_type"
	}
	row, ok, err := o.Row(ctx, productModel, id, "tracking", "uom_id", kind)
	if err != nil || !ok {
		return a, false, err
	}
	a.ID = id
	if a.Tracking, err = row.String("tracking"); err != nil {
		return a, false, err
	}
	if o.Major() < 18 {
		text, err := row.String(kind)
		if err != nil {
			return a, false, err
		}
		a.Stored = text == "product"
	} else if a.Stored, err = row.Bool(kind); err != nil {
		return a, false, err
	}
	return a, true, command.Refs(row, map[string]*int64{"uom_id": &a.Unit})
}

// unit is what converting quantities takes of a unit of measure.
type unit struct {
	// kind is the same for units that can be converted into each other: up to 18 their
	// category, from 19 on the unit that all of them are made of.
	kind   string
	active bool
	// size is how many of its kind's reference it is, and step the smallest quantity.
	size, step *big.Rat
}

// Base is a quantity in the product's base unit. What cannot be converted, or is no whole
// number of steps of that unit, is noted with the field.
func (a Article) Base(ctx context.Context, o *command.Odoo, g *command.Given, field, unitField, quantity string, in int64) (*big.Rat, error) {
	value, ok := new(big.Rat).SetString(quantity)
	if !ok {
		return new(big.Rat), nil // its field is noted already
	}
	if in == 0 {
		in = a.Unit
	}
	units, err := unitsOf(ctx, o, in, a.Unit)
	if err != nil {
		return nil, err
	}
	base, from := units[a.Unit], units[in]
	switch {
	case from == nil:
		g.Wrong(unitField, "there is no units/%d", in)
		return value, nil
	case !from.active:
		g.Wrong(unitField, "units/%d is archived in Odoo", in)
		return value, nil
	case base == nil || from.kind != base.kind:
		g.Wrong(unitField, "units/%d is of another kind than the unit in which the product is counted", in)
		return value, nil
	}
	value.Mul(value, from.size).Quo(value, base.size)
	if steps := new(big.Rat); base.step.Sign() > 0 && !steps.Quo(value, base.step).IsInt() {
		g.Wrong(field, "it is %s in the product's base unit, which Odoo counts in steps of %s", Text(value), Text(base.step))
	}
	return value, nil
}

func unitsOf(ctx context.Context, o *command.Odoo, ids ...int64) (map[int64]*unit, error) {
	fields := []string{"active", "rounding", "category_id", "uom_type", "factor", "factor_inv"}
	if o.Major() >= 19 {
		fields = []string{"active", "rounding", "parent_path", "factor"}
	}
	var wanted []any
	for _, id := range ids {
		wanted = append(wanted, id)
	}
	rows, err := o.Rows(ctx, unitModel, command.Where("id", "in", wanted), fields...)
	if err != nil {
		return nil, err
	}
	units := map[int64]*unit{}
	for _, row := range rows {
		if units[row.ID()], err = unitOf(row, o.Major()); err != nil {
			return nil, err
		}
	}
	return units, nil
}

// unitOf reads a unit. Up to 18 its factor is how many of it make the reference, which for
// a dozen is no number that a float can hold: there the inverse is one.
func unitOf(row command.Row, major int) (u *unit, err error) {
	u = &unit{}
	if u.active, err = row.Bool("active"); err != nil {
		return nil, err
	}
	var rounding, factor, inverse float64
	numbers := map[string]*float64{"rounding": &rounding, "factor": &factor}
	if major < 19 {
		numbers["factor_inv"] = &inverse
	}
	if err := command.Numbers(row, numbers); err != nil {
		return nil, err
	}
	u.step, u.size = command.Rat(rounding), command.Rat(factor)
	if major >= 19 {
		path, err := row.String("parent_path")
		u.kind, _, _ = strings.Cut(path, "/")
		return u, err
	}
	kind, err := row.String("uom_type")
	if err != nil {
		return nil, err
	}
	if kind == "bigger" {
		u.size = command.Rat(inverse)
	} else if factor != 0 {
		u.size.Inv(u.size)
	}
	var category int64
	err = command.Refs(row, map[string]*int64{"category_id": &category})
	u.kind = strconv.FormatInt(category, 10)
	return u, err
}

// Text writes a quantity, with up to nine digits behind the point.
func Text(q *big.Rat) string {
	text := q.FloatString(9)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
