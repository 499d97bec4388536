package models

import (
	"math"
	"time"

	"odoomesh/internal/odoosim/orm"
)

// unitOfLine and taxesOfLine are what an order line calls its unit and taxes.
func unitOfLine(e *orm.Env) string {
	if e.DB().Version >= 19 {
		return "product_uom_id"
	}
	return "product_uom"
}

func taxesOfLine(e *orm.Env) string {
	if e.DB().Version >= 19 {
		return "tax_ids"
	}
	return "taxes_id"
}

// orderLines describes purchase.order.line.
func orderLines(db *orm.DB) {
	m := db.Model("purchase.order.line")
	m.Label, m.Order = "Purchase Order Line", "order_id, sequence, id"
	m.Indexed("order_id", "product_id")
	m.Cascades("order_id")
	m.Restricts("product_id")
	m.Defaults(map[string]any{"company_id": 1, "sequence": 10, "product_qty": 1.0, "propagate_cancel": true})
	for _, name := range []string{"state", "currency_id", "date_order", "date_approve"} {
		db.Related(m.Name, name, "order_id", name)
	}
	db.Related(m.Name, "product_type", "product_id", "type")
	m.BeforeCreate = completeOrderLine
	m.BeforeWrite = func(e *orm.Env, _ []int64, vals map[string]any) error { return asStored(e, vals) }
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		l := rec(e, m.Name, id)
		if err := repriced(l, vals, created); err != nil {
			return err
		}
		if err := refreshOrderLine(l); err != nil {
			return err
		}
		order := l.to("order_id")
		if _, changed := vals["product_qty"]; (created || changed) && ordering(order) && l.int("product_id") != 0 {
			if err := mayWriteMail(e); err != nil {
				return err
			}
			if err := orderMore(l); err != nil {
				return err
			}
		}
		return refreshOrder(order)
	}
	m.BeforeUnlink = func(e *orm.Env, ids []int64) (func() error, error) {
		var orders []record
		for _, l := range recs(e, m.Name, ids) {
			if o := l.to("order_id"); o.exists() {
				if ordering(o) {
					return nil, orm.Rule("Cannot delete a purchase order line which is in state “%s”.", "Purchase Order")
				}
				orders = append(orders, o)
			}
		}
		return func() error {
			for _, o := range orders {
				if err := refreshOrder(o); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}
}

// completeOrderLine takes name, price, unit, taxes and date from the product and the
// supplier's price list, where they are not given.
func completeOrderLine(e *orm.Env, vals map[string]any) error {
	order, product := rec(e, "purchase.order", id(vals["order_id"])), rec(e, "product.product", id(vals["product_id"]))
	vals["partner_id"] = orNone(order.int("partner_id"))
	if product.id == 0 {
		if vals["product_qty"] == nil {
			vals["product_qty"] = 0.0
		}
		return nil
	}
	quantity := 1.0
	if v, ok := vals["product_qty"]; ok {
		quantity = toFloat(v)
	}
	offer := offerFor(product, order, quantity)
	if vals["name"] == nil {
		vals["name"] = e.DisplayName(product.m, product.id)
		if code := offer.text("product_code"); code != "" || offer.text("product_name") != "" {
			name := offer.text("product_name")
			if name == "" {
				name = product.text("name")
			}
			if code == "" {
				code = product.text("default_code")
			}
			vals["name"] = coded(code, name)
		}
	}
	if vals["price_unit"] == nil {
		vals["price_unit"] = product.num("standard_price")
		if offer.id != 0 {
			vals["price_unit"] = offer.num("price")
		}
	}
	if unit := unitOfLine(e); id(vals[unit]) == 0 {
		vals[unit] = product.int("uom_id")
		if po := product.int("uom_po_id"); po != 0 {
			vals[unit] = po
		}
	}
	if taxes := taxesOfLine(e); vals[taxes] == nil {
		vals[taxes] = e.Get(product.m, product.id, "supplier_taxes_id").L
	}
	if vals["date_planned"] == nil {
		from := order.at("date_order")
		if from.IsZero() {
			from = now(e)
		}
		vals["date_planned"] = from.Add(time.Duration(offer.int("delay")) * 24 * time.Hour)
	}
	return asStored(e, vals)
}

// repriced makes price and date of a line anew from the supplier's price list, where a
// quantity or a unit is written without a price, be it the one that is there.
func repriced(l record, vals map[string]any, created bool) error {
	_, quantity := vals["product_qty"]
	_, unit := vals[unitOfLine(l.e)]
	_, priced := vals["price_unit"]
	if created || priced || !quantity && !unit || l.int("product_id") == 0 {
		return nil
	}
	order := l.to("order_id")
	offer := offerFor(l.to("product_id"), order, l.num("product_qty"))
	if offer.id == 0 {
		return nil
	}
	from := order.at("date_order")
	if from.IsZero() {
		from = now(l.e)
	}
	return l.keep(map[string]any{"price_unit": offer.num("price"), "date_planned": from.Add(time.Duration(offer.int("delay")) * 24 * time.Hour)})
}

// asStored rounds a line's values to the digits that Odoo keeps, up to 18 the price too.
// Up to 17 PostgreSQL refuses a line without a date; from 18 on its check passes one.
func asStored(e *orm.Env, vals map[string]any) error {
	for name, until := range map[string]int{"product_qty": 99, "price_unit": 18} {
		if x, ok := vals[name].(float64); ok && e.DB().Version <= until {
			vals[name] = cents(x)
		}
	}
	if vals["date_planned"] == false && id(vals["product_id"]) != 0 && e.DB().Version < 18 {
		return orm.Rule(`new row for relation "purchase_order_line" violates check constraint "purchase_order_line_accountable_required_fields"` + "\n")
	}
	return nil
}

// offerFor is the price that Odoo takes for a product and a quantity (_select_seller): the
// first that fits says of which partner, the supplier or the one above it, and of that
// partner's the cheapest is taken.
func offerFor(product record, order record, quantity float64) record {
	e := product.e
	best := record{e: e, m: e.DB().Model("product.supplierinfo")}
	today, company := now(e), order.int("company_id")
	partner := order.int("partner_id")
	above := rec(e, "res.partner", partner).int("parent_id")
	for _, o := range product.to("product_tmpl_id").all("seller_ids") {
		start, end, only, of := o.at("date_start"), o.at("date_end"), o.int("product_id"), o.int("partner_id")
		if of != partner && (above == 0 || of != above) || o.num("min_qty") > quantity || only != 0 && only != product.id ||
			o.int("company_id") != 0 && company != 0 && o.int("company_id") != company ||
			!start.IsZero() && start.After(today) || !end.IsZero() && end.Before(today.Truncate(24*time.Hour)) {
			continue
		}
		if best.id == 0 || of == best.int("partner_id") && discounted(o) < discounted(best) {
			best = o
		}
	}
	return best
}

func discounted(o record) float64 {
	if o.e.DB().Version < 17 { // the list has no discounts
		return o.num("price")
	}
	return o.num("price_discounted")
}

// amounts are the net amount, the tax and the gross amount of a line.
func amounts(quantity, price, discount float64, taxes []record) (net, tax, gross float64) {
	net = cents(quantity * price * (1 - discount/100))
	for _, t := range taxes {
		tax += cents(net * t.num("amount") / 100)
	}
	return net, tax, cents(net + tax)
}

// refreshOrderLine recomputes amounts and what has been received and billed.
func refreshOrderLine(l record) error {
	if !l.exists() || l.text("display_type") != "" {
		return nil
	}
	net, tax, gross := amounts(l.num("product_qty"), l.num("price_unit"), l.num("discount"), l.all(taxesOfLine(l.e)))
	if l.e.DB().Version >= 18 {
		tax = gross - net // with the noise that the subtraction has
	} else {
		tax = math.Round(tax*100) * 0.01
	}
	unit, product := l.to(unitOfLine(l.e)), l.to("product_id")
	received, invoiced := receivedOn(l), invoicedOn(l)
	ordered, open := l.num("product_qty"), 0.0
	if ordering(l.to("order_id")) {
		open = received - invoiced
		if product.text("purchase_method") == "purchase" {
			open = ordered - invoiced
		}
	}
	vals := map[string]any{"price_subtotal": net, "price_tax": tax, "price_total": gross, "price_total_cc": net,
		"product_uom_qty": inUnit(ordered, unit, product.to("uom_id")), "qty_invoiced": invoiced, "qty_to_invoice": cents(open),
		"qty_received_method": "manual"}
	if product.text("type") != "service" && product.id != 0 {
		vals["qty_received"], vals["qty_received_method"] = received, "stock_moves"
	}
	return l.keep(vals)
}

// receivedOn is what has come less what has gone back, in the line's unit.
func receivedOn(l record) float64 {
	if l.to("product_id").text("type") == "service" || l.int("product_id") == 0 {
		return l.num("qty_received")
	}
	if parts := partsOf(l); len(parts) > 0 {
		return kitsReceived(l, parts)
	}
	sum, unit := 0.0, l.to(unitOfLine(l.e))
	for _, move := range l.all("move_ids") {
		if move.text("state") != "done" {
			continue
		}
		q := inUnit(sumLines(move, doneField(l.e)), move.to("product_uom"), unit)
		if move.to("location_dest_id").text("usage") == "supplier" {
			if move.is("to_refund") || move.int("origin_returned_move_id") == 0 {
				sum -= q
			}
			continue
		}
		sum += q
	}
	return cents(sum)
}

// invoicedOn is what has been billed less what has been credited.
func invoicedOn(l record) float64 {
	sum, unit := 0.0, l.to(unitOfLine(l.e))
	for _, line := range l.all("invoice_lines") {
		bill := line.to("move_id")
		if bill.text("state") == "cancel" {
			continue
		}
		q := inUnit(line.num("quantity"), line.to("product_uom_id"), unit)
		if bill.text("move_type") == "in_refund" {
			q = -q
		}
		sum += q
	}
	return cents(sum)
}
