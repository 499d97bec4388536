package product

import (
	"context"
	"fmt"

	"odoomesh/internal/command"
	"odoomesh/internal/resource"
)

// Models of Odoo's that commands about products read and write; no other file names one.
const (
	productModel       = "product.product"
	templateModel      = "product.template"
	priceModel         = "product.supplierinfo"
	noteModel          = "mail.message"
	stockModel         = "stock.quant"
	moveModel          = "stock.move"
	orderLineModel     = "purchase.order.line"
	partnerModel       = "res.partner"
	currencyModel      = "res.currency"
	companyModel       = "res.company"
	categoryModel      = "product.category"
	unitModel          = "uom.uom"
	packagingModel     = "product.packaging"
	packagingUnitModel = "product.uom"
)

// What the commands need to be let do. Up to 17 Odoo lets only administrators of the
// purchase or of the stock make products and prices.
var (
	createNeeds   = []command.Need{{Model: productModel, Operation: "create"}, {Model: templateModel, Operation: "create"}, {Model: productModel, Operation: "write"}}
	turnNeeds     = []command.Need{{Model: productModel, Operation: "write"}, {Model: templateModel, Operation: "write"}}
	updateNeeds   = append([]command.Need{{Model: noteModel, Operation: "create"}}, turnNeeds...)
	setNeeds      = append([]command.Need{{Model: priceModel, Operation: "create"}, {Model: priceModel, Operation: "write"}}, updateNeeds...)
	withdrawNeeds = append([]command.Need{{Model: priceModel, Operation: "unlink"}, {Model: priceModel, Operation: "write"}}, updateNeeds...)
)

// variant is what commands need of a product.
type variant struct {
	id, template int64
	active       bool
	// unit is that of its stock, and bought the one in which it is bought: from 19 on the
	// same, as prices name their own.
	unit, bought int64
	barcode      string
}

func readVariant(ctx context.Context, o *command.Odoo, id int64) (found variant, ok bool, err error) {
	bought := "uom_po_id"
	if o.Major() >= 19 {
		bought = "uom_id"
	}
	row, ok, err := o.Row(ctx, productModel, id, "active", "product_tmpl_id", "uom_id", bought, "barcode")
	if err != nil || !ok {
		return variant{}, ok, err
	}
	found.id = id
	if found.active, err = row.Bool("active"); err != nil {
		return variant{}, false, err
	}
	if found.barcode, err = row.String("barcode"); err != nil {
		return variant{}, false, err
	}
	if err := command.Refs(row, map[string]*int64{"product_tmpl_id": &found.template, "uom_id": &found.unit}); err != nil {
		return variant{}, false, err
	}
	return found, true, command.Refs(row, map[string]*int64{bought: &found.bought})
}

// siblings are the other variants of a product's template, archived ones too.
func siblings(ctx context.Context, o *command.Odoo, found variant) ([]variant, error) {
	rows, err := o.Rows(ctx, productModel, command.Where("product_tmpl_id", "=", found.template), "active", "product_tmpl_id")
	if err != nil {
		return nil, err
	}
	var others []variant
	for _, row := range rows {
		other := variant{id: row.ID(), template: found.template}
		if other.active, err = row.Bool("active"); err != nil {
			return nil, err
		}
		if other.id != found.id {
			others = append(others, other)
		}
	}
	return others, nil
}

// siblingNames are the names of the other variants.
func siblingNames(ctx context.Context, o *command.Odoo, found variant) (names []string, err error) {
	others, err := siblings(ctx, o, found)
	for _, other := range others {
		names = append(names, productName(other.id))
	}
	return names, err
}

// stockOf tells where a product lies in the house, or on the way within it.
func stockOf(ctx context.Context, o *command.Odoo, found variant) (places []string, err error) {
	rows, err := o.Rows(ctx, stockModel, command.Where("product_id", "=", found.id).And("location_id.usage", "in", []any{"internal", "transit"}).And("quantity", "!=", 0), "location_id", "quantity")
	for _, row := range rows {
		place, _, err := row.Many2One("location_id")
		if err != nil {
			return nil, err
		}
		quantity, err := row.Float("quantity")
		if err != nil {
			return nil, err
		}
		places = append(places, fmt.Sprintf("%s in %s (%s)", command.Float(quantity), resource.Name("locations", place.ID), place.Name))
	}
	return places, err
}

// movesOf tells which transfers are still to move a product.
func movesOf(ctx context.Context, o *command.Odoo, found variant) ([]string, error) {
	rows, err := o.Rows(ctx, moveModel, command.Where("product_id", "=", found.id).And("state", "not in", []any{"done", "cancel"}), "picking_id", "reference")
	if err != nil {
		return nil, err
	}
	return named(rows, "picking_id", "")
}

// draftsOf tells which orders that are not released name a product.
func draftsOf(ctx context.Context, o *command.Odoo, found variant) ([]string, error) {
	rows, err := o.Rows(ctx, orderLineModel, command.Where("product_id", "=", found.id).And("state", "in", []any{"draft", "sent", "to approve"}), "order_id")
	if err != nil {
		return nil, err
	}
	return named(rows, "order_id", "orders")
}

// named are the records that rows refer to, each once: by Odoo's name, with that of the
// mesh where it has one.
func named(rows []command.Row, field, collection string) (names []string, err error) {
	seen := map[int64]bool{}
	for _, row := range rows {
		ref, _, err := row.Many2One(field)
		if err != nil {
			return nil, err
		}
		if seen[ref.ID] {
			continue
		}
		seen[ref.ID] = true
		switch {
		case ref.ID == 0:
			names = append(names, fmt.Sprintf("%s %d", row.Model(), row.ID()))
		case collection == "":
			names = append(names, ref.Name)
		default:
			names = append(names, fmt.Sprintf("%s (%s)", resource.Name(collection, ref.ID), ref.Name))
		}
	}
	return names, nil
}

// activeRow tells whether a row is there, and is not archived.
func activeRow(ctx context.Context, o *command.Odoo, model string, id int64) (there, active bool, err error) {
	row, there, err := o.Row(ctx, model, id, "active")
	if err != nil || !there {
		return there, false, err
	}
	active, err = row.Bool("active")
	return true, active, err
}
