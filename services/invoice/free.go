package invoice

import (
	"context"
	"fmt"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// free makes a draft of a bill that belongs to no order, such as for rent: all of it in one
// call, which makes bill and lines once however often it is sent.
type free struct {
	supplier       int64
	supplierName   string
	reference, day string
	// currency is the one that all prices are in; empty for that of Odoo's journal.
	currency string
	lines    []freeLine
}

// freeLine is a line of such a bill. It names a product, an account, or both.
type freeLine struct {
	product                   int64
	account, text             string
	quantity, price, discount string
	taxes                     []int64
}

// mostTaxes bounds the taxes of one line.
const mostTaxes = 20

func beginFree(i *invoicev1.Invoice) (command.Command, error) {
	var g command.Given
	g.Only("invoice", i, "supplier", "supplier_reference", "invoice_date", "currency_code", "lines")
	c := &free{reference: g.Text("invoice.supplier_reference", i.GetSupplierReference(), 500), supplierName: i.GetSupplier(), currency: i.GetCurrencyCode()}
	c.supplier = g.ID("invoice.supplier", "suppliers", i.GetSupplier())
	if c.day = g.Day("invoice.invoice_date", i.GetInvoiceDate()); i.GetInvoiceDate() == nil {
		g.Wrong("invoice.invoice_date", "give the day that stands on the bill")
	}
	if n := len(i.GetLines()); n == 0 || n > 1000 {
		g.Wrong("invoice.lines", "1 to 1000 lines")
	}
	for n, l := range i.GetLines() {
		c.line(&g, fmt.Sprintf("invoice.lines[%d]", n), l, i.GetLines()[0])
	}
	return c, g.Err()
}

// line adds a line; first is the first one of the bill.
func (c *free) line(g *command.Given, at string, l, first *invoicev1.InvoiceLine) {
	g.Only(at, l, "product", "account_code", "description", "quantity", "unit_price", "discount_percent", "taxes")
	line := freeLine{
		account: g.Code(at+".account_code", l.GetAccountCode(), 64), text: g.Text(at+".description", l.GetDescription(), 2000),
		quantity: g.Quantity(at+".quantity", l.GetQuantity()), price: g.Price(at+".unit_price", l.GetUnitPrice(), ""), discount: "0",
	}
	switch currency := l.GetUnitPrice().GetCurrencyCode(); {
	case currency == "":
	case c.currency == "":
		c.currency = currency
	case c.currency != currency:
		g.Wrong(at+".unit_price.currency_code", "the bill is in %s", c.currency)
	}
	if l.GetProduct() != "" {
		line.product = g.ID(at+".product", "products", l.GetProduct())
	}
	switch {
	case l.GetProduct() == "" && l.GetAccountCode() == "":
		g.Wrong(at+".account_code", "give an account, or a product")
	case (l.GetAccountCode() == "") != (first.GetAccountCode() == ""):
		g.Wrong(at+".account_code", "give it on all lines, or on none: without, Odoo takes the accounts of the products")
	}
	if l.GetProduct() == "" && l.GetDescription() == "" {
		g.Wrong(at+".description", "say what is billed, or give a product")
	}
	if l.GetDiscountPercent() != nil {
		if line.discount = g.Count(at+".discount_percent", l.GetDiscountPercent()); line.discount != "" && command.Exact(line.discount).Cmp(command.Exact("100")) > 0 {
			g.Wrong(at+".discount_percent", "from 0 to 100")
		}
	}
	if len(l.GetTaxes()) > mostTaxes {
		g.Wrong(at+".taxes", "up to %d", mostTaxes)
	}
	for k, tax := range l.GetTaxes() {
		in := fmt.Sprintf("%s.taxes[%d]", at, k)
		if g.Only(in, tax, "id"); tax.GetId() < 1 || tax.GetId() > 1<<31-1 {
			g.Wrong(in+".id", "give Odoo's id of the tax")
		}
		line.taxes = append(line.taxes, tax.GetId())
	}
	c.lines = append(c.lines, line)
}

// Document is none: nothing is there before.
func (c *free) Document() string { return "" }

// Look finds the bill by its external id.
func (c *free) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil {
		return command.Standing{}, err
	}
	if id == 0 {
		return command.Standing{Evidence: "Odoo has nothing under the external id " + w.External(0)}, nil
	}
	s := command.Standing{
		Stage: command.Done, Document: resource.Name(invoiceservice.Invoices, id), Model: invoiceModel, ID: id,
		Evidence: fmt.Sprintf("%s %d has the external id %s", invoiceModel, id, w.External(0)),
	}
	s.Deviations, err = c.differences(ctx, w, id)
	return s, err
}

// differences are what the bill says otherwise than it was asked, because somebody has
// changed it since.
func (c *free) differences(ctx context.Context, w *command.Work, id int64) (all []*commandv1.Deviation, err error) {
	compare := func(field, asked, found string) {
		if asked != found {
			all = append(all, &commandv1.Deviation{Field: field, Asked: asked, Found: found})
		}
	}
	bill, _, err := readBill(ctx, w.Odoo, id)
	if err != nil {
		return nil, err
	}
	compare("state", "draft", bill.state)
	compare("supplier_reference", c.reference, bill.reference)
	compare("invoice_date", c.day, bill.day)
	lines, err := linesOf(ctx, w.Odoo, id)
	if err != nil {
		return nil, err
	}
	found := map[int64]line{}
	for _, l := range lines {
		found[l.id] = l
	}
	for n, asked := range c.lines {
		at := fmt.Sprintf("lines[%d]", n)
		made, err := w.Odoo.Find(ctx, w.External(n+1))
		if err != nil {
			return nil, err
		}
		is, there := found[made]
		if !there {
			compare(at, "a line", "none: it was deleted")
			continue
		}
		if !command.Same(asked.quantity, is.quantity) {
			compare(at+".quantity", asked.quantity, command.Float(is.quantity))
		}
		if !command.Same(asked.price, is.price) {
			compare(at+".unit_price", asked.price, command.Float(is.price))
		}
		if !command.Same(asked.discount, is.discount) {
			compare(at+".discount_percent", asked.discount, command.Float(is.discount))
		}
		delete(found, made)
	}
	if len(found) > 0 {
		compare("lines", "no others", fmt.Sprintf("%d others", len(found)))
	}
	return all, nil
}

// Check refuses what Odoo has no place for, and what is entered already.
func (c *free) Check(ctx context.Context, w *command.Work) error {
	_, err := c.plan(ctx, w.Odoo)
	return err
}

// Do loads the bill with all its lines. One bill of a supplier is entered at a time: of two
// with one number the second has to see the first.
func (c *free) Do(ctx context.Context, w *command.Work) error {
	p, err := c.plan(ctx, w.Odoo)
	if err != nil {
		return err
	}
	leave, err := w.Alone(ctx, resource.Name("suppliers", p.legal))
	if err != nil {
		return err
	}
	defer leave()
	if err := unentered(ctx, w.Odoo, p.legal, c.reference); err != nil {
		return err
	}
	columns, rows := c.rows(w, p)
	_, err = w.Odoo.Load(ctx, invoiceModel, columns, rows)
	return err
}

// unentered refuses a bill of the supplier's whose number another one has that is posted,
// or a draft, whatever its date, its capitals and the white space around it.
func unentered(ctx context.Context, o *command.Odoo, legal int64, reference string) error {
	if reference == "" {
		return nil
	}
	twin, state, err := namesakeOf(ctx, o, bill{supplier: legal, reference: reference, kind: "in_invoice"}, "posted", "draft")
	if err != nil || twin == 0 {
		return err
	}
	if state == "posted" {
		return entered(twin, reference)
	}
	return drafted(twin, reference)
}

// drafted is the refusal of a document whose number a draft has.
func drafted(twin int64, reference string) error {
	name := resource.Name(invoiceservice.Invoices, twin)
	return fault.New(alreadyExists, fmt.Sprintf("%s of the same supplier is a draft with the number %q: post it, or cancel it.", name, reference), fault.Resource("mesh/Invoice", name))
}
