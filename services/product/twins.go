package product

import (
	"context"
	"fmt"
	"strings"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/index"
	"odoomesh/internal/resource"
)

// unlike refuses a product that has the code or the GTIN of another one, archived or
// not: Odoo refuses the same barcode alone, and takes every other that reads the same.
func unlike(ctx context.Context, o *command.Odoo, id int64, values []command.Value) error {
	for _, v := range values {
		text, _ := v.Is.(string)
		var twin int64
		var err error
		switch {
		case text == "":
		case v.Field == "default_code":
			twin, err = twinIn(ctx, o, productModel, "default_code", "id", id, text, text, strings.EqualFold)
		case v.Field == "barcode":
			twin, err = gtinTwin(ctx, o, id, text)
		}
		if err != nil {
			return err
		}
		if twin != 0 {
			name := productName(twin)
			text := fmt.Sprintf("%s has the %s %q already.", name, strings.TrimPrefix(v.At, "product."), text)
			if _, active, err := activeRow(ctx, o, productModel, twin); err == nil && !active {
				text += " It is archived, and can be restored."
			}
			return fault.New(errorsv1.Reason_REASON_ALREADY_EXISTS, text, fault.Resource("mesh/Product", name), fault.Violation(v.At, text))
		}
	}
	return nil
}

// gtinTwin is the product, other than one, that bears a GTIN, or has a packaging that
// does; 0 where there is none.
func gtinTwin(ctx context.Context, o *command.Odoo, id int64, gtin string) (int64, error) {
	digits := strings.TrimLeft(gtin, "0")
	same := func(a, b string) bool { return index.FoldGTIN(a) == index.FoldGTIN(b) }
	twin, err := twinIn(ctx, o, productModel, "barcode", "id", id, gtin, digits, same)
	if err != nil || twin != 0 {
		return twin, err
	}
	packaging := packagingModel
	if o.Major() >= 19 {
		packaging = packagingUnitModel
	}
	return twinIn(ctx, o, packaging, "barcode", "product_id", 0, gtin, digits, same)
}

// twinIn is the product of the first row that says the same as a text but for white space
// around it; of is the field with the product.
func twinIn(ctx context.Context, o *command.Odoo, model, field, of string, but int64, text, part string, same func(a, b string) bool) (int64, error) {
	rows, err := o.Rows(ctx, model, command.Where(field, "ilike", command.Like(part)), field, of)
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		other, err := row.String(field)
		if err != nil {
			return 0, err
		}
		product := row.ID()
		if of != "id" {
			ref, _, err := row.Many2One(of)
			if err != nil {
				return 0, err
			}
			product = ref.ID
		}
		if product != but && same(index.Trim(other), text) {
			return product, nil
		}
	}
	return 0, nil
}

// companyCurrencies are those of the companies.
func companyCurrencies(ctx context.Context, o *command.Odoo) (codes []string, err error) {
	rows, err := o.Rows(ctx, companyModel, nil, "currency_id")
	for _, row := range rows {
		ref, _, err := row.Many2One("currency_id")
		if err != nil {
			return nil, err
		}
		codes = append(codes, ref.Name)
	}
	return codes, err
}

// referred refuses a category that is not there.
func referred(ctx context.Context, o *command.Odoo, g *command.Given, values []command.Value) error {
	for _, v := range values {
		ref, is := v.Is.(command.Ref)
		if !is || ref.ID == 0 || v.Field != "categ_id" {
			continue
		}
		if _, there, err := o.Row(ctx, categoryModel, ref.ID, "id"); err != nil {
			return err
		} else if !there {
			g.Wrong(v.At+".id", "Odoo has no category %d", ref.ID)
		}
	}
	return nil
}

// unit is what a product needs of a unit of measure.
type unit struct {
	there, active bool
	// kind is the same for units that can be converted into each other: up to 18 their
	// category, from 19 on the unit that all of them are made of.
	kind string
}

func readUnit(ctx context.Context, o *command.Odoo, id int64) (u unit, err error) {
	kind := "category_id"
	if o.Major() >= 19 {
		kind = "parent_path"
	}
	row, there, err := o.Row(ctx, unitModel, id, "active", kind)
	if err != nil || !there {
		return unit{}, err
	}
	u.there = true
	if u.active, err = row.Bool("active"); err != nil {
		return unit{}, err
	}
	if o.Major() >= 19 {
		path, err := row.String(kind)
		u.kind, _, _ = strings.Cut(path, "/")
		return u, err
	}
	ref, _, err := row.Many2One(kind)
	u.kind = resource.Name("categories", ref.ID)
	return u, err
}

// fits refuses a unit that is not there, is archived, or is of another kind than one
// beside it; an id of 0 is not looked at.
func fits(ctx context.Context, o *command.Odoo, g *command.Given, at string, id, beside int64) error {
	if id == 0 {
		return nil
	}
	u, err := readUnit(ctx, o, id)
	if err != nil {
		return err
	}
	switch {
	case !u.there:
		g.Wrong(at, "there is no %s", unitName(id))
		return nil
	case !u.active:
		g.Wrong(at, "%s is archived in Odoo", unitName(id))
		return nil
	case beside == 0:
		return nil
	}
	other, err := readUnit(ctx, o, beside)
	if err == nil && other.kind != u.kind {
		g.Wrong(at, "%s is of another kind than the unit in which the product is counted", unitName(id))
	}
	return err
}
