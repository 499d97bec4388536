package order

import (
	"context"
	"fmt"
	"strconv"

	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// This file alone knows what Odoo calls things that commands about orders need.

const (
	orderModel = "purchase.order"
	lineModel  = "purchase.order.line"
)

// What the commands need to be let do.
var (
	createNeeds = []command.Need{{Model: orderModel, Operation: "create"}, {Model: lineModel, Operation: "create"}}
	changeNeeds = []command.Need{{Model: orderModel, Operation: "write"}}
)

// order is what commands need of a purchase order.
type order struct {
	id              int64
	state, approved string
	locked          bool
}

// draft tells whether it can be confirmed.
func (o order) draft() bool { return o.state == "draft" || o.state == "sent" }

// released tells whether it is ordered; up to 18, a locked order is in a state of its
// own.
func (o order) released() bool { return o.state == "purchase" || o.state == "done" }

func readOrder(ctx context.Context, o *command.Odoo, id int64) (found order, ok bool, err error) {
	fields := []string{"state", "date_approve"}
	if o.Major() >= 19 {
		fields = append(fields, "locked")
	}
	row, ok, err := o.Row(ctx, orderModel, id, fields...)
	if err != nil || !ok {
		return order{}, ok, err
	}
	found.id = id
	if found.state, err = row.String("state"); err != nil {
		return order{}, false, err
	}
	if found.approved, err = row.String("date_approve"); err != nil {
		return order{}, false, err
	}
	if found.locked = found.state == "done"; o.Major() >= 19 {
		found.locked, err = row.Bool("locked")
	}
	return found, true, err
}

// head is what a new order says beside its lines.
type head struct {
	supplier                           int64
	state, reference, origin, currency string
}

func readHead(ctx context.Context, o *command.Odoo, id int64) (h head, err error) {
	row, ok, err := o.Row(ctx, orderModel, id, "state", "partner_id", "partner_ref", "origin", "currency_id")
	if err == nil && !ok {
		err = fault.NotFound(resource.Name("orders", id))
	}
	if err != nil {
		return head{}, err
	}
	for field, to := range map[string]*string{"state": &h.state, "partner_ref": &h.reference, "origin": &h.origin} {
		if *to, err = row.String(field); err != nil {
			return head{}, err
		}
	}
	if err := command.Refs(row, map[string]*int64{"partner_id": &h.supplier}); err != nil {
		return head{}, err
	}
	currency, _, err := row.Many2One("currency_id")
	h.currency = currency.Name
	return h, err
}

// line is what commands need of a line that orders something.
type line struct {
	id, product, unit                 int64
	quantity, price, received, billed float64
	// requested is when it is wanted, in Odoo's form.
	requested string
}

// linesOf reads the lines that order something, in the order in which they were made.
func linesOf(ctx context.Context, o *command.Odoo, id int64) ([]line, error) {
	unit := "product_uom"
	if o.Major() >= 19 {
		unit = "product_uom_id"
	}
	rows, err := o.Rows(ctx, lineModel, command.Where("order_id", "=", id).And("display_type", "=", false),
		"product_id", unit, "product_qty", "price_unit", "qty_received", "qty_invoiced", "date_planned")
	if err != nil {
		return nil, err
	}
	lines := make([]line, len(rows))
	for i, row := range rows {
		lines[i] = line{id: row.ID()}
		if err := command.Refs(row, map[string]*int64{"product_id": &lines[i].product, unit: &lines[i].unit}); err != nil {
			return nil, err
		}
		if lines[i].requested, err = row.String("date_planned"); err != nil {
			return nil, err
		}
		if err := command.Numbers(row, map[string]*float64{
			"product_qty": &lines[i].quantity, "price_unit": &lines[i].price, "qty_received": &lines[i].received, "qty_invoiced": &lines[i].billed,
		}); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// receiptsOf are the names of the transfers that are to bring an order.
func receiptsOf(ctx context.Context, o *command.Odoo, id int64) (names []string, err error) {
	rows, err := o.Rows(ctx, "stock.picking", command.Where("move_ids.purchase_line_id.order_id", "=", id), "id")
	for _, row := range rows {
		names = append(names, resource.Name("receipts", row.ID()))
	}
	return names, err
}

func confirm(ctx context.Context, o *command.Odoo, id int64) error {
	_, err := o.Do(ctx, orderModel, "button_confirm", []int64{id}, nil)
	return err
}

// pricesOf are the rows of the suppliers' price list of an order's products.
func pricesOf(ctx context.Context, o *command.Odoo, id int64, field, operator string, value any) ([]command.Row, error) {
	lines, err := linesOf(ctx, o, id)
	if err != nil {
		return nil, err
	}
	products := make([]any, len(lines))
	for i, l := range lines {
		products[i] = l.product
	}
	return o.Rows(ctx, "product.supplierinfo", command.Where("product_tmpl_id.product_variant_ids", "in", products).And(field, operator, value), "price", "product_tmpl_id")
}

// lastPrice is the newest row of the list; 0 where there is none.
func lastPrice(ctx context.Context, o *command.Odoo, id int64) (last int64, err error) {
	rows, err := pricesOf(ctx, o, id, "id", ">", 0)
	for _, row := range rows {
		last = max(last, row.ID())
	}
	return last, err
}

// pricesSince are the supplier's prices of an order's products that were made after one,
// or where that is below 0 since the order was confirmed.
func pricesSince(ctx context.Context, o *command.Odoo, found order, last int64) ([]string, error) {
	var rows []command.Row
	var err error
	switch {
	case last >= 0:
		rows, err = pricesOf(ctx, o, found.id, "id", ">", last)
	case found.approved != "":
		rows, err = pricesOf(ctx, o, found.id, "create_date", ">=", found.approved)
	}
	if err != nil {
		return nil, err
	}
	var prices []string
	for _, row := range rows {
		price, err := row.Float("price")
		if err != nil {
			return nil, err
		}
		template, _, err := row.Many2One("product_tmpl_id")
		if err != nil {
			return nil, err
		}
		prices = append(prices, template.Name+" "+command.Float(price))
	}
	return prices, nil
}

// product is what a line needs of what it orders.
type product struct {
	name string
	// unit is the one that it is bought in: from 19 on that of its stock.
	unit   int64
	active bool
}

// Check looks for whom and what is ordered.
func (c *create) Check(ctx context.Context, w *command.Work) error {
	var g command.Given
	supplier, ok, err := w.Odoo.Row(ctx, "res.partner", c.supplier, "active")
	if err != nil {
		return err
	}
	if active, _ := supplier.Bool("active"); !ok {
		return fault.NotFound(supplierName(c.supplier))
	} else if !active {
		g.Wrong("order.supplier", "it is archived in Odoo")
	}
	products, err := c.products(ctx, w.Odoo)
	if err != nil {
		return err
	}
	units, err := c.units(ctx, w.Odoo, products)
	if err != nil {
		return err
	}
	for i, l := range c.lines {
		checkUnit(&g, fmt.Sprintf("order.lines[%d]", i), l, units, products[l.product].unit)
		switch p, ok := products[l.product]; {
		case !ok:
			g.Wrong(fmt.Sprintf("order.lines[%d].product", i), "there is no %s", productName(l.product))
		case !p.active:
			g.Wrong(fmt.Sprintf("order.lines[%d].product", i), "%s is archived in Odoo", productName(l.product))
		}
	}
	if c.currency != "" {
		if _, err := c.currencyID(ctx, w.Odoo, &g); err != nil {
			return err
		}
	}
	return g.Err()
}

func (c *create) currencyID(ctx context.Context, o *command.Odoo, g *command.Given) (int64, error) {
	rows, err := o.Rows(ctx, "res.currency", command.Where("name", "=", c.currency).And("active", "=", true), "name")
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		g.Wrong("order.currency_code", "%s is not active in Odoo", c.currency)
		return 0, nil
	}
	return rows[0].ID(), nil
}

func (c *create) products(ctx context.Context, o *command.Odoo) (map[int64]product, error) {
	ids := make([]any, len(c.lines))
	for i, l := range c.lines {
		ids[i] = l.product
	}
	unit := "uom_po_id"
	if o.Major() >= 19 {
		unit = "uom_id"
	}
	rows, err := o.Rows(ctx, "product.product", command.Where("id", "in", ids), "display_name", "active", unit)
	if err != nil {
		return nil, err
	}
	products := map[int64]product{}
	for _, row := range rows {
		var p product
		if p.name, err = row.String("display_name"); err != nil {
			return nil, err
		}
		if p.active, err = row.Bool("active"); err != nil {
			return nil, err
		}
		ref, _, err := row.Many2One(unit)
		if err != nil {
			return nil, err
		}
		p.unit = ref.ID
		products[row.ID()] = p
	}
	return products, nil
}

// Do loads the order with all its lines. Price and unit are always given: Odoo makes
// them anew where they are not, at the next change of a quantity. Without a description
// Odoo writes the supplier's own.
func (c *create) Do(ctx context.Context, w *command.Work) error {
	products, err := c.products(ctx, w.Odoo)
	if err != nil {
		return err
	}
	columns := []string{"id", "partner_id/.id", "partner_ref", "origin"}
	head := []string{w.External(0), strconv.FormatInt(c.supplier, 10), c.reference, c.origin}
	if c.currency != "" {
		var g command.Given
		currency, err := c.currencyID(ctx, w.Odoo, &g)
		if err == nil {
			err = g.Err()
		}
		if err != nil {
			return err
		}
		columns, head = append(columns, "currency_id/.id"), append(head, strconv.FormatInt(currency, 10))
	}
	unit := "order_line/product_uom/.id"
	if w.Odoo.Major() >= 19 {
		unit = "order_line/product_uom_id/.id"
	}
	columns = append(columns, "order_line/id", "order_line/product_id/.id", "order_line/product_qty", unit, "order_line/price_unit")
	if c.described {
		columns = append(columns, "order_line/name")
	}
	if c.scheduled {
		columns = append(columns, "order_line/date_planned")
	}
	rows := make([][]string, len(c.lines))
	for i, l := range c.lines {
		if rows[i] = make([]string, len(head), len(columns)); i == 0 {
			copy(rows[i], head)
		}
		p := products[l.product]
		if l.unit == 0 {
			l.unit = p.unit
		}
		if l.description == "" {
			l.description = p.name
		}
		rows[i] = append(rows[i], w.External(i+1), strconv.FormatInt(l.product, 10), l.quantity, strconv.FormatInt(l.unit, 10), l.price)
		if c.described {
			rows[i] = append(rows[i], l.description)
		}
		if c.scheduled {
			rows[i] = append(rows[i], l.requested)
		}
	}
	_, err = w.Odoo.Load(ctx, orderModel, columns, rows)
	return err
}
