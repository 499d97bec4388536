package invoice

import (
	"context"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"odoomesh/internal/command"
)

// Models of Odoo's that commands about invoices read and write; no other file names one.
const (
	invoiceModel     = "account.move"
	invoiceLineModel = "account.move.line"
	orderLineModel   = "purchase.order.line"
	orderModel       = "purchase.order"
	productModel     = "product.product"
	partnerModel     = "res.partner"
	currencyModel    = "res.currency"
	accountModel     = "account.account"
	taxModel         = "account.tax"
)

// What the commands need to be let do.
var (
	createNeeds = []command.Need{{Model: invoiceModel, Operation: "create"}, {Model: invoiceLineModel, Operation: "create"}}
	postNeeds   = []command.Need{{Model: invoiceModel, Operation: "write"}}
	// Reversing makes a refund and posts it.
	reverseNeeds = append([]command.Need{{Model: invoiceModel, Operation: "write"}}, createNeeds...)
)

// order is what a bill needs of its order.
type order struct {
	number, currencyCode       string
	partner, currency, company int64
	released                   bool
}

func readOrder(ctx context.Context, o *command.Odoo, id int64) (found order, ok bool, err error) {
	row, ok, err := o.Row(ctx, orderModel, id, "name", "state", "partner_id", "currency_id", "company_id")
	if err != nil || !ok {
		return order{}, ok, err
	}
	state, err := row.String("state")
	if err != nil {
		return order{}, false, err
	}
	// Up to 18 a locked order is in a state of its own.
	found.released = state == "purchase" || state == "done"
	if found.number, err = row.String("name"); err != nil {
		return order{}, false, err
	}
	for field, to := range map[string]*int64{"partner_id": &found.partner, "currency_id": &found.currency, "company_id": &found.company} {
		ref, _, err := row.Many2One(field)
		if err != nil {
			return order{}, false, err
		}
		if *to = ref.ID; field == "currency_id" {
			found.currencyCode = ref.Name
		}
	}
	return found, true, nil
}

// orderLine is what a bill needs of a line of its order.
type orderLine struct {
	id, product, unit                          int64
	text                                       string
	ordered, received, billed, price, discount float64
	taxes                                      []int64
	// asOrdered says that it is billed by what was ordered, and not by what has come.
	asOrdered bool
	// billing is how much of it is billed; asked is the price, empty for the order's.
	billing, asked string
}

// billable is how much of the line is to be billed.
func (l orderLine) billable() *big.Rat {
	due := l.received
	if l.asOrdered {
		due = l.ordered
	}
	return new(big.Rat).Sub(command.Rat(due), command.Rat(l.billed))
}

func orderLines(ctx context.Context, o *command.Odoo, id int64) (map[int64]orderLine, error) {
	unit, taxes := "product_uom", "taxes_id"
	if o.Major() >= 19 {
		unit, taxes = "product_uom_id", "tax_ids"
	}
	fields := []string{"name", "product_id", unit, taxes, "product_qty", "qty_received", "qty_invoiced", "price_unit"}
	if o.Major() >= 17 {
		fields = append(fields, "discount")
	}
	rows, err := o.Rows(ctx, orderLineModel, command.Where("order_id", "=", id).And("display_type", "=", false), fields...)
	if err != nil {
		return nil, err
	}
	lines := map[int64]orderLine{}
	var products []any
	for _, row := range rows {
		l := orderLine{id: row.ID()}
		if l.text, err = row.String("name"); err != nil {
			return nil, err
		}
		if err := command.Refs(row, map[string]*int64{"product_id": &l.product, unit: &l.unit}); err != nil {
			return nil, err
		}
		numbers := map[string]*float64{"product_qty": &l.ordered, "qty_received": &l.received, "qty_invoiced": &l.billed, "price_unit": &l.price}
		if o.Major() >= 17 {
			numbers["discount"] = &l.discount
		}
		if err := command.Numbers(row, numbers); err != nil {
			return nil, err
		}
		if l.taxes, err = row.IDs(taxes); err != nil {
			return nil, err
		}
		lines[l.id] = l
		products = append(products, l.product)
	}
	return lines, billedAsOrdered(ctx, o, lines, products)
}

func billedAsOrdered(ctx context.Context, o *command.Odoo, lines map[int64]orderLine, products []any) error {
	rows, err := o.Rows(ctx, productModel, command.Where("id", "in", products), "purchase_method")
	if err != nil {
		return err
	}
	asOrdered := map[int64]bool{}
	for _, row := range rows {
		method, err := row.String("purchase_method")
		if err != nil {
			return err
		}
		asOrdered[row.ID()] = method == "purchase"
	}
	for id, l := range lines {
		l.asOrdered = asOrdered[l.product]
		lines[id] = l
	}
	return nil
}

// billedLine is what a bill says of a line of its order.
type billedLine struct{ quantity, price float64 }

// billedBy are the lines of a bill by those of its order, and how many it has beside
// them.
func billedBy(ctx context.Context, o *command.Odoo, id int64) (lines map[int64]billedLine, others int, err error) {
	rows, err := o.Rows(ctx, invoiceLineModel, command.Where("move_id", "=", id).And("display_type", "=", "product"), "purchase_line_id", "quantity", "price_unit")
	if err != nil {
		return nil, 0, err
	}
	lines = map[int64]billedLine{}
	for _, row := range rows {
		of, bills, err := row.Many2One("purchase_line_id")
		if err != nil {
			return nil, 0, err
		}
		if _, twice := lines[of.ID]; twice || !bills {
			others++
			continue
		}
		var l billedLine
		if err := command.Numbers(row, map[string]*float64{"quantity": &l.quantity, "price_unit": &l.price}); err != nil {
			return nil, 0, err
		}
		lines[of.ID] = l
	}
	return lines, others, nil
}

// Do loads the bill with all its lines. The taxes are the order's: Odoo would put in
// others where none are given.
func (c *create) Do(ctx context.Context, w *command.Work) error {
	found, lines, err := c.plan(ctx, w.Odoo)
	if err != nil {
		return err
	}
	c.planned = nil
	for _, l := range lines {
		c.planned = append(c.planned, newLine{orderLine: l.id, quantity: l.billing, price: command.Float(l.price)})
	}
	text := func(id int64) string { return strconv.FormatInt(id, 10) }
	columns := []string{
		"id", "move_type", "company_id/.id", "partner_id/.id", "ref", "invoice_date", "currency_id/.id", "invoice_origin",
		"invoice_line_ids/id", "invoice_line_ids/product_id/.id", "invoice_line_ids/name", "invoice_line_ids/quantity", "invoice_line_ids/price_unit",
		"invoice_line_ids/discount", "invoice_line_ids/product_uom_id/.id", "invoice_line_ids/purchase_line_id/.id", "invoice_line_ids/tax_ids/.id",
	}
	head := []string{w.External(0), "in_invoice", text(found.company), text(found.partner), c.reference, c.day, text(found.currency), found.number}
	rows := make([][]string, len(lines))
	for i, l := range lines {
		if rows[i] = make([]string, len(head), len(columns)); i == 0 {
			copy(rows[i], head)
		}
		price := l.asked
		if price == "" {
			price = command.Float(l.price)
		}
		taxes := make([]string, len(l.taxes))
		for j, id := range l.taxes {
			taxes[j] = text(id)
		}
		// The external id is that of the order's line, so that it does not depend on
		// which lines are open when it is sent once more.
		rows[i] = append(rows[i], w.External(int(l.id)), text(l.product), l.text, l.billing, price,
			command.Float(l.discount), text(l.unit), text(l.id), strings.Join(taxes, ","))
	}
	_, err = w.Odoo.Load(ctx, invoiceModel, columns, rows)
	return err
}

// bill is what commands need of a bill, or of a refund.
type bill struct {
	id, supplier, reverses, journal     int64
	kind, state, number, reference, day string
	total, residual                     float64
	// postedBefore says that it was in the books at some time.
	postedBefore bool
}

func readBill(ctx context.Context, o *command.Odoo, id int64) (found bill, ok bool, err error) {
	row, ok, err := o.Row(ctx, invoiceModel, id, "state", "name", "ref", "invoice_date", "commercial_partner_id", "move_type", "reversed_entry_id", "amount_total", "amount_residual", "posted_before", "journal_id")
	if err != nil || !ok {
		return bill{}, ok, err
	}
	found.id = id
	// Entries of other kinds, such as customers' invoices, are none of the domain.
	kind, err := row.String("move_type")
	if err != nil || !slices.Contains([]string{"in_invoice", "in_refund", "in_receipt"}, kind) {
		return bill{}, false, err
	}
	for field, to := range map[string]*string{"state": &found.state, "name": &found.number, "ref": &found.reference, "invoice_date": &found.day} {
		if *to, err = row.String(field); err != nil {
			return bill{}, false, err
		}
	}
	found.kind = kind
	if found.postedBefore, err = row.Bool("posted_before"); err != nil {
		return bill{}, false, err
	}
	if err := command.Numbers(row, map[string]*float64{"amount_total": &found.total, "amount_residual": &found.residual}); err != nil {
		return bill{}, false, err
	}
	return found, true, command.Refs(row, map[string]*int64{"commercial_partner_id": &found.supplier, "reversed_entry_id": &found.reverses, "journal_id": &found.journal})
}

// twinOf is a posted bill, or of a refund another one, of the same supplier with the same
// number, whatever its date, its capitals and the white space around it; 0 where there is
// none.
func twinOf(ctx context.Context, o *command.Odoo, b bill) (int64, error) {
	id, _, err := namesakeOf(ctx, o, b, "posted")
	return id, err
}

// namesakeOf is such a document in one of some states, and which it is in.
func namesakeOf(ctx context.Context, o *command.Odoo, b bill, states ...any) (id int64, state string, err error) {
	number, kind := strings.TrimSpace(b.reference), "in_invoice"
	if b.kind == "in_refund" {
		kind = b.kind
	}
	rows, err := o.Rows(ctx, invoiceModel, command.Where("commercial_partner_id", "=", b.supplier).And("move_type", "=", kind).
		And("state", "in", states).And("id", "!=", b.id).And("ref", "ilike", command.Like(number)), "ref", "state")
	if err != nil {
		return 0, "", err
	}
	for _, row := range rows {
		other, err := row.String("ref")
		if err != nil {
			return 0, "", err
		}
		if strings.EqualFold(strings.TrimSpace(other), number) {
			state, err := row.String("state")
			return row.ID(), state, err
		}
	}
	return 0, "", nil
}
