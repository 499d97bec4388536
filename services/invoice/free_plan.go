package invoice

import (
	"context"
	"fmt"
	"strings"

	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

// freePlan is what Odoo has of what such a bill names.
type freePlan struct {
	// legal is the company that the supplier belongs to; currency is 0 where none was said.
	legal, currency int64
	accounts        map[string]int64
	products        map[int64]article
}

// article is what a line needs of its product.
type article struct {
	text string
	unit int64
}

// plan finds what the bill names, and refuses what is not there.
func (c *free) plan(ctx context.Context, o *command.Odoo) (p freePlan, err error) {
	row, ok, err := o.Row(ctx, partnerModel, c.supplier, "commercial_partner_id")
	switch {
	case err != nil:
		return p, err
	case !ok:
		return p, fault.NotFound(c.supplierName)
	}
	if err := command.Refs(row, map[string]*int64{"commercial_partner_id": &p.legal}); err != nil {
		return p, err
	}
	var g command.Given
	for _, find := range []func(context.Context, *command.Odoo, *command.Given, *freePlan) error{c.findCurrency, c.findAccounts, c.findProducts, c.findTaxes} {
		if err := find(ctx, o, &g, &p); err != nil {
			return p, err
		}
	}
	if err := g.Err(); err != nil {
		return p, err
	}
	return p, unentered(ctx, o, p.legal, c.reference)
}

func (c *free) findCurrency(ctx context.Context, o *command.Odoo, g *command.Given, p *freePlan) error {
	if c.currency == "" {
		return nil
	}
	rows, err := o.Rows(ctx, currencyModel, command.Where("name", "=", c.currency).And("active", "=", true), "name")
	if err == nil && len(rows) != 1 {
		g.Wrong("invoice.currency_code", "Odoo has no currency %q in use", c.currency)
		return nil
	}
	if err == nil {
		p.currency = rows[0].ID()
	}
	return err
}

func (c *free) findAccounts(ctx context.Context, o *command.Odoo, g *command.Given, p *freePlan) error {
	var codes []any
	for _, l := range c.lines {
		if l.account != "" {
			codes = append(codes, l.account)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	// An account that is out of use is archived from 19 on, and marked before.
	domain := command.Where("code", "in", codes)
	if o.Major() < 19 {
		domain = domain.And("deprecated", "=", false)
	} else {
		domain = domain.And("active", "=", true)
	}
	rows, err := o.Rows(ctx, accountModel, domain, "code")
	if err != nil {
		return err
	}
	p.accounts = map[string]int64{}
	several := map[string]bool{}
	for _, row := range rows {
		code, err := row.String("code")
		if err != nil {
			return err
		}
		several[code] = p.accounts[code] != 0
		p.accounts[code] = row.ID()
	}
	for n, l := range c.lines {
		switch at := fmt.Sprintf("invoice.lines[%d].account_code", n); {
		case l.account == "":
		case several[l.account]:
			g.Wrong(at, "there are several accounts %s that the mesh's user sees, of several companies", l.account)
		case p.accounts[l.account] == 0:
			g.Wrong(at, "Odoo has no account %s in use", l.account)
		}
	}
	return nil
}

func (c *free) findProducts(ctx context.Context, o *command.Odoo, g *command.Given, p *freePlan) error {
	var ids []any
	for _, l := range c.lines {
		if l.product != 0 {
			ids = append(ids, l.product)
		}
	}
	p.products = map[int64]article{}
	if len(ids) == 0 {
		return nil
	}
	rows, err := o.Rows(ctx, productModel, command.Where("id", "in", ids), "display_name", "uom_id")
	if err != nil {
		return err
	}
	for _, row := range rows {
		var a article
		if a.text, err = row.String("display_name"); err != nil {
			return err
		}
		if err := command.Refs(row, map[string]*int64{"uom_id": &a.unit}); err != nil {
			return err
		}
		p.products[row.ID()] = a
	}
	for n, l := range c.lines {
		if _, there := p.products[l.product]; l.product != 0 && !there {
			g.Wrong(fmt.Sprintf("invoice.lines[%d].product", n), "there is no products/%d", l.product)
		}
	}
	return nil
}

func (c *free) findTaxes(ctx context.Context, o *command.Odoo, g *command.Given, _ *freePlan) error {
	var ids []any
	for _, l := range c.lines {
		for _, id := range l.taxes {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := o.Rows(ctx, taxModel, command.Where("id", "in", ids).And("active", "=", true), "type_tax_use")
	if err != nil {
		return err
	}
	buys := map[int64]bool{}
	for _, row := range rows {
		use, err := row.String("type_tax_use")
		if err != nil {
			return err
		}
		buys[row.ID()] = use != "sale"
	}
	for n, l := range c.lines {
		for k, id := range l.taxes {
			if !buys[id] {
				g.Wrong(fmt.Sprintf("invoice.lines[%d].taxes[%d].id", n, k), "Odoo has no tax %d of purchases in use", id)
			}
		}
	}
	return nil
}

// rows is the bill as load takes it. An empty cell empties a field, so that what is left to
// Odoo has no column. No taxes are none: Odoo would put in others.
func (c *free) rows(w *command.Work, p freePlan) (columns []string, rows [][]string) {
	columns = []string{"id", "move_type", "partner_id/.id", "ref", "invoice_date"}
	head := []string{w.External(0), "in_invoice", command.Cell(c.supplier), c.reference, c.day}
	if p.currency != 0 {
		columns, head = append(columns, "currency_id/.id"), append(head, command.Cell(p.currency))
	}
	columns = append(columns, "invoice_line_ids/id", "invoice_line_ids/product_id/.id", "invoice_line_ids/product_uom_id/.id", "invoice_line_ids/name", "invoice_line_ids/quantity",
		"invoice_line_ids/price_unit", "invoice_line_ids/discount", "invoice_line_ids/tax_ids/.id")
	if len(p.accounts) > 0 {
		columns = append(columns, "invoice_line_ids/account_id/.id")
	}
	for n, l := range c.lines {
		row := make([]string, len(head), len(columns))
		if n == 0 {
			copy(row, head)
		}
		article := p.products[l.product]
		if l.text == "" {
			l.text = article.text
		}
		taxes := make([]string, len(l.taxes))
		for k, id := range l.taxes {
			taxes[k] = command.Cell(id)
		}
		row = append(row, w.External(n+1), command.Cell(l.product), command.Cell(article.unit), l.text, l.quantity, l.price, l.discount, strings.Join(taxes, ","))
		if len(p.accounts) > 0 {
			row = append(row, command.Cell(p.accounts[l.account]))
		}
		rows = append(rows, row)
	}
	return columns, rows
}
