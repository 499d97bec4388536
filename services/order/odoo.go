package order

import (
	"cmp"
	"context"
	"strconv"

	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// Models of Odoo's that commands about orders read and write; no other file names one.
const (
	orderModel     = "purchase.order"
	lineModel      = "purchase.order.line"
	priceModel     = "product.supplierinfo"
	moveModel      = "stock.move"
	noteModel      = "mail.message"
	transferModel  = "stock.picking"
	operationModel = "stock.picking.type"
	warehouseModel = "stock.warehouse"
	locationModel  = "stock.location"
	productModel   = "product.product"
	partnerModel   = "res.partner"
	companyModel   = "res.company"
	currencyModel  = "res.currency"
	taxModel       = "account.tax"
	unitModel      = "uom.uom"
)

// mayApprove is the group of those who may approve orders in Odoo.
const mayApprove = "purchase.group_purchase_manager"

// What the commands need to be let do.
var (
	createNeeds = []command.Need{{Model: orderModel, Operation: "create"}, {Model: lineModel, Operation: "create"}}
	changeNeeds = []command.Need{{Model: orderModel, Operation: "write"}}
	updateNeeds = []command.Need{
		{Model: orderModel, Operation: "write"}, {Model: lineModel, Operation: "create"}, {Model: lineModel, Operation: "write"},
		{Model: lineModel, Operation: "unlink"}, {Model: noteModel, Operation: "create"},
	}
)

var amendNeeds = []command.Need{
	{Model: orderModel, Operation: "write"}, {Model: lineModel, Operation: "create"}, {Model: lineModel, Operation: "write"},
	{Model: moveModel, Operation: "write"}, {Model: noteModel, Operation: "create"},
}

// order is what commands need of a purchase order.
type order struct {
	id, supplier    int64
	state, approved string
	locked          bool
}

// draft tells whether it can be confirmed.
func (o order) draft() bool { return o.state == "draft" || o.state == "sent" }

// released tells whether it is ordered; up to 18, a locked order is in a state of its
// own.
func (o order) released() bool { return o.state == "purchase" || o.state == "done" }

func readOrder(ctx context.Context, o *command.Odoo, id int64) (found order, ok bool, err error) {
	fields := []string{"state", "date_approve", "partner_id"}
	if o.Major() >= 19 {
		fields = append(fields, "locked")
	}
	row, ok, err := o.Row(ctx, orderModel, id, fields...)
	if err != nil || !ok {
		return order{}, ok, err
	}
	found.id = id
	if err = command.Refs(row, map[string]*int64{"partner_id": &found.supplier}); err != nil {
		return order{}, false, err
	}
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
	supplier, company                  int64
	state, reference, origin, currency string
}

func readHead(ctx context.Context, o *command.Odoo, id int64) (h head, err error) {
	row, ok, err := o.Row(ctx, orderModel, id, "state", "partner_id", "partner_ref", "origin", "currency_id", "company_id")
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
	if err := command.Refs(row, map[string]*int64{"partner_id": &h.supplier, "company_id": &h.company}); err != nil {
		return head{}, err
	}
	currency, _, err := row.Many2One("currency_id")
	h.currency = currency.Name
	return h, err
}

// receiptsOf are the names of the transfers that are to bring an order.
func receiptsOf(ctx context.Context, o *command.Odoo, id int64) (names []string, err error) {
	rows, err := o.Rows(ctx, transferModel, command.Where("move_ids.purchase_line_id.order_id", "=", id), "id")
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
	return o.Rows(ctx, priceModel, command.Where("product_tmpl_id.product_variant_ids", "in", products).And(field, operator, value), "price", "product_tmpl_id")
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
	var supplier partner
	found := command.Beside(func() (err error) {
		supplier, err = partnerOf(ctx, w.Odoo, c.supplier)
		return err
	})
	err := orderable(ctx, w.Odoo, &g, c.lines)
	if err := cmp.Or(<-found, err); err != nil {
		return err
	}
	if !supplier.active {
		g.Wrong("order.supplier", "it is archived in Odoo")
	}
	if c.company != 0 {
		if err := w.Odoo.Company(ctx, &g, "company_id", c.company); err != nil {
			return err
		}
	}
	if c.currency != "" {
		if _, err := c.currencyID(ctx, w.Odoo, &g); err != nil {
			return err
		}
	}
	if err := g.Err(); err != nil {
		return err
	}
	return c.judgeNew(ctx, w)
}

// orderable refuses new lines of what Odoo does not have, or does not order so.
func orderable(ctx context.Context, o *command.Odoo, g *command.Given, lines []newLine) error {
	products, err := productsOf(ctx, o, lines)
	if err != nil {
		return err
	}
	units, err := unitsOf(ctx, o, lines, products)
	if err != nil {
		return err
	}
	for _, l := range lines {
		checkUnit(g, l, units, products[l.product].unit)
		switch p, ok := products[l.product]; {
		case !ok:
			g.Wrong(l.at+".product", "there is no %s", productName(l.product))
		case !p.active:
			g.Wrong(l.at+".product", "%s is archived in Odoo", productName(l.product))
		}
	}
	return nil
}

func (c *create) currencyID(ctx context.Context, o *command.Odoo, g *command.Given) (int64, error) {
	rows, err := o.Rows(ctx, currencyModel, command.Where("name", "=", c.currency).And("active", "=", true), "name")
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		g.Wrong("order.currency_code", "%s is not active in Odoo", c.currency)
		return 0, nil
	}
	return rows[0].ID(), nil
}

// productsOf are those of new lines; without lines Odoo is not asked.
func productsOf(ctx context.Context, o *command.Odoo, lines []newLine) (map[int64]product, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	ids := make([]any, len(lines))
	for i, l := range lines {
		ids[i] = l.product
	}
	unit := "uom_po_id"
	if o.Major() >= 19 {
		unit = "uom_id"
	}
	rows, err := o.Rows(ctx, productModel, command.Where("id", "in", ids), "display_name", "active", unit)
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

// Do loads the order with all its lines.
func (c *create) Do(ctx context.Context, w *command.Work) error {
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
	ofLines, lines, err := cells(ctx, w, c.lines)
	if err != nil {
		return err
	}
	for _, column := range ofLines {
		columns = append(columns, "order_line/"+column)
	}
	for i := range lines {
		lines[i] = append(head, lines[i]...)
		head = make([]string, len(head)) // the other rows are further lines of the same order
	}
	_, err = w.Odoo.LoadWith(ctx, orderModel, columns, lines, command.OfCompany(c.company))
	return err
}
