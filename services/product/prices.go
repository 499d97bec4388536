package product

import (
	"context"
	"fmt"
	"slices"

	"odoomesh/internal/command"
)

// listed is a row of the suppliers' price list.
type listed struct {
	id, supplier int64
	// variant is the one that it is for; 0: all.
	variant        int64
	from, until    string
	minimum, price float64
	currencyCode   string
	row            command.Row
}

// priceUnit is what Odoo calls the unit of a price; empty where it has none of its own.
func priceUnit(o *command.Odoo) string {
	if o.Major() >= 19 {
		return "product_uom_id"
	}
	return ""
}

// pricesOf are the prices of a product: its own and those of all variants.
func pricesOf(ctx context.Context, o *command.Odoo, found variant) ([]listed, error) {
	fields := []string{"partner_id", "product_tmpl_id", "product_id", "min_qty", "price", "currency_id", "date_start", "date_end", "delay", "product_code", "product_name"}
	if o.Major() >= 17 {
		fields = append(fields, "discount")
	}
	if unit := priceUnit(o); unit != "" {
		fields = append(fields, unit)
	}
	rows, err := o.Rows(ctx, priceModel, command.Where("product_tmpl_id", "=", found.template), fields...)
	if err != nil {
		return nil, err
	}
	var prices []listed
	for _, row := range rows {
		l, err := listedIn(row)
		if err != nil {
			return nil, err
		}
		if l.variant == 0 || l.variant == found.id {
			prices = append(prices, l)
		}
	}
	return prices, nil
}

func listedIn(row command.Row) (l listed, err error) {
	l.id, l.row = row.ID(), row
	for field, to := range map[string]*string{"date_start": &l.from, "date_end": &l.until} {
		if *to, err = row.String(field); err != nil {
			return l, err
		}
	}
	if err := command.Refs(row, map[string]*int64{"partner_id": &l.supplier, "product_id": &l.variant}); err != nil {
		return l, err
	}
	currency, _, err := row.Many2One("currency_id")
	if err != nil {
		return l, err
	}
	l.currencyCode = currency.Name
	return l, command.Numbers(row, map[string]*float64{"min_qty": &l.minimum, "price": &l.price})
}

// overlaps tells whether two prices hold on one day.
func (l listed) overlaps(other listed) bool {
	return (l.until == "" || other.from == "" || other.from <= l.until) && (other.until == "" || l.from == "" || l.from <= other.until)
}

// rivals tells which other prices of a supplier hold on the same days and from about the
// same quantity on: Odoo takes the one of the lower sequence, then the one that is for
// more, then the lower.
func rivals(prices []listed, of listed) (warnings []string) {
	for _, other := range prices {
		// Odoo gives 1 to the prices that it learns from orders.
		near := other.minimum == of.minimum || max(other.minimum, of.minimum) <= 1
		if other.id != of.id && other.supplier == of.supplier && near && other.overlaps(of) && (other.variant == of.variant || other.variant == 0) {
			warnings = append(warnings, fmt.Sprintf("Price %d of the same supplier, %s %s from %s on, holds on the same days, too, and Odoo may take that one: end it by products.withdrawSupplierPrice.",
				other.id, command.Float(other.price), other.currencyCode, command.Float(other.minimum)))
		}
	}
	return warnings
}

func priceByID(prices []listed, id int64) (listed, bool) {
	i := slices.IndexFunc(prices, func(l listed) bool { return l.id == id })
	if i < 0 {
		return listed{}, false
	}
	return prices[i], true
}

// currencyID is that of an active currency; 0 where there is none.
func currencyID(ctx context.Context, o *command.Odoo, code string) (int64, error) {
	rows, err := o.Rows(ctx, currencyModel, command.Where("name", "=", code).And("active", "=", true), "name")
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID(), nil
}

// changePrice writes a row of the price list by its product, and in the same transaction
// who asked for it: prices have no notes of their own.
func changePrice(ctx context.Context, w *command.Work, product int64, change []any) error {
	return noted(ctx, w, product, map[string]any{"seller_ids": []any{change}})
}
