package order

import (
	"context"
	"math/big"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/resource"
)

// unit is what a line needs of a unit of measure.
type unit struct {
	active bool
	// kind is the same for units that can be converted into each other: up to 18 their
	// category, from 19 on the unit that all of them are made of.
	kind     string
	rounding float64
}

// unitsOf are those of new lines and of their products.
func unitsOf(ctx context.Context, o *command.Odoo, lines []newLine, products map[int64]product) (map[int64]unit, error) {
	var ids []any
	for _, l := range lines {
		if l.unit != 0 {
			ids = append(ids, l.unit)
		}
		ids = append(ids, products[l.product].unit)
	}
	kind := "category_id"
	if o.Major() >= 19 {
		kind = "parent_path"
	}
	rows, err := o.Rows(ctx, unitModel, command.Where("id", "in", ids), "active", "rounding", kind)
	if err != nil {
		return nil, err
	}
	units := map[int64]unit{}
	for _, row := range rows {
		var u unit
		if u.active, err = row.Bool("active"); err != nil {
			return nil, err
		}
		if u.rounding, err = row.Float("rounding"); err != nil {
			return nil, err
		}
		if o.Major() >= 19 {
			path, err := row.String(kind)
			if err != nil {
				return nil, err
			}
			u.kind, _, _ = strings.Cut(path, "/")
		} else {
			category, _, err := row.Many2One(kind)
			if err != nil {
				return nil, err
			}
			u.kind = strconv.FormatInt(category.ID, 10)
		}
		units[row.ID()] = u
	}
	return units, nil
}

// checkUnit refuses a unit that the product cannot be counted in, which Odoo takes from 19
// on, and a quantity that it rounds to nothing.
func checkUnit(g *command.Given, l newLine, units map[int64]unit, usual int64) {
	id := l.unit
	if id == 0 {
		id = usual
	}
	u, there := units[id]
	switch {
	case !there && l.unit != 0:
		g.Wrong(l.at+".unit.name", "there is no units/%d", l.unit)
	case !there:
	case !u.active:
		g.Wrong(l.at+".unit.name", "units/%d is archived in Odoo", id)
	case u.kind != units[usual].kind:
		g.Wrong(l.at+".unit.name", "units/%d is of another kind than the unit in which the product is counted", id)
	default:
		if quantity, ok := new(big.Rat).SetString(l.quantity); ok && u.rounding > 0 && quantity.Cmp(command.Rat(u.rounding)) < 0 {
			g.Wrong(l.at+".quantity", "Odoo counts this unit in steps of %s", command.Float(u.rounding))
		}
	}
}

// measureOf is a unit as the contract has it; nil where Odoo does not have it. Up to 18 its
// factor is how many of it make the reference, which for what is bigger is no number that a
// float can hold: there the inverse is one.
func measureOf(ctx context.Context, o *command.Odoo, id int64) (*typesv1.UnitOfMeasure, error) {
	fields := []string{"category_id", "uom_type", "factor", "factor_inv"}
	if o.Major() >= 19 {
		fields = []string{"parent_path", "factor"}
	}
	row, ok, err := o.Row(ctx, unitModel, id, fields...)
	if err != nil || !ok {
		return nil, err
	}
	factor, err := row.Float("factor")
	if err != nil {
		return nil, err
	}
	u := &typesv1.UnitOfMeasure{Name: resource.Name("units", id), FactorNumerator: decimalOf(1), FactorDenominator: decimalOf(1)}
	if o.Major() >= 19 {
		path, err := row.String("parent_path")
		root, _, _ := strings.Cut(path, "/")
		u.FactorNumerator, u.ReferenceUnit = decimalOf(factor), "units/"+root
		return u, err
	}
	kind, err := row.String("uom_type")
	if err != nil {
		return nil, err
	}
	switch kind {
	case "bigger":
		inverse, err := row.Float("factor_inv")
		if err != nil {
			return nil, err
		}
		u.FactorNumerator = decimalOf(inverse)
	case "smaller":
		u.FactorDenominator = decimalOf(factor)
	}
	category, _, err := row.Many2One("category_id")
	if err != nil {
		return nil, err
	}
	rows, err := o.Rows(ctx, unitModel, command.Where("category_id", "=", category.ID).And("uom_type", "=", "reference"), "uom_type")
	if err == nil && len(rows) > 0 {
		u.ReferenceUnit = resource.Name("units", rows[0].ID())
	}
	return u, err
}

func decimalOf(n float64) *decimal.Decimal {
	return &decimal.Decimal{Value: strconv.FormatFloat(n, 'f', -1, 64)}
}
