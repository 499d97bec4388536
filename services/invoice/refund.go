package invoice

import (
	"context"
	"math/big"
	"strings"

	"odoomesh/internal/command"
	"odoomesh/internal/resource"
)

// line is what a refund needs of a line of its bill.
type line struct {
	id, product, unit, account, orderLine int64
	text                                  string
	quantity, price, discount             float64
	taxes                                 []int64
	// reversing is how much of it is taken back.
	reversing string
}

// same tells what a line bills: refunds name no line of their bill.
type same struct {
	product, orderLine int64
	price              float64
}

func (l line) what() same { return same{l.product, l.orderLine, l.price} }

// linesOf are the lines of a bill that bill something, in their order.
func linesOf(ctx context.Context, o *command.Odoo, id int64) ([]line, error) {
	rows, err := o.Rows(ctx, invoiceLineModel, command.Where("move_id", "=", id).And("display_type", "=", "product"),
		"product_id", "product_uom_id", "account_id", "purchase_line_id", "name", "quantity", "price_unit", "discount", "tax_ids")
	if err != nil {
		return nil, err
	}
	lines := make([]line, len(rows))
	for i, row := range rows {
		l := &lines[i]
		l.id = row.ID()
		if l.text, err = row.String("name"); err != nil {
			return nil, err
		}
		if err := command.Refs(row, map[string]*int64{"product_id": &l.product, "product_uom_id": &l.unit, "account_id": &l.account, "purchase_line_id": &l.orderLine}); err != nil {
			return nil, err
		}
		if err := command.Numbers(row, map[string]*float64{"quantity": &l.quantity, "price_unit": &l.price, "discount": &l.discount}); err != nil {
			return nil, err
		}
		if l.taxes, err = row.IDs("tax_ids"); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// taken is what refunds of a bill have taken back, drafts too.
type taken struct {
	quantities map[same]*big.Rat
	names      []string
	total      float64
}

func takenBack(ctx context.Context, o *command.Odoo, id int64) (t taken, err error) {
	t.quantities = map[same]*big.Rat{}
	rows, err := o.Rows(ctx, invoiceModel, command.Where("reversed_entry_id", "=", id).And("state", "!=", "cancel"), "amount_total")
	if err != nil {
		return t, err
	}
	for _, row := range rows {
		t.names = append(t.names, resource.Name("invoices", row.ID()))
		total, err := row.Float("amount_total")
		if err != nil {
			return t, err
		}
		t.total += total
		lines, err := linesOf(ctx, o, row.ID())
		if err != nil {
			return t, err
		}
		for _, l := range lines {
			sum := t.quantities[l.what()]
			if sum == nil {
				sum = new(big.Rat)
			}
			t.quantities[l.what()] = sum.Add(sum, command.Rat(l.quantity))
		}
	}
	return t, nil
}

// open is how much of each line of the bill can be taken back: what refunds have taken of
// lines that bill the same is taken from the first of them. A line that takes something
// off the bill has a quantity below 0, and so has what is open of it.
func (t taken) open(lines []line) []*big.Rat {
	left := map[same]*big.Rat{}
	for what, quantity := range t.quantities {
		left[what] = new(big.Rat).Set(quantity)
	}
	open := make([]*big.Rat, len(lines))
	for i, l := range lines {
		open[i] = command.Rat(l.quantity)
		gone := left[l.what()]
		if gone == nil || gone.Sign() != open[i].Sign() {
			continue
		}
		part := new(big.Rat).Set(gone)
		if new(big.Rat).Abs(gone).Cmp(new(big.Rat).Abs(open[i])) > 0 {
			part.Set(open[i])
		}
		open[i].Sub(open[i], part)
		gone.Sub(gone, part)
	}
	return open
}

// billHead is what a refund takes over from its bill.
type billHead struct {
	company, partner, currency, journal int64
	origin                              string
}

func headOf(ctx context.Context, o *command.Odoo, id int64) (h billHead, err error) {
	row, ok, err := o.Row(ctx, invoiceModel, id, "company_id", "partner_id", "currency_id", "journal_id", "invoice_origin")
	if err != nil || !ok {
		return h, err
	}
	if h.origin, err = row.String("invoice_origin"); err != nil {
		return h, err
	}
	return h, command.Refs(row, map[string]*int64{"company_id": &h.company, "partner_id": &h.partner, "currency_id": &h.currency, "journal_id": &h.journal})
}

// refundOf is a refund as load takes it. Accounts and taxes are the bill's: Odoo would put
// in others where none are given.
func refundOf(w *command.Work, c *reverse, h billHead, lines []line) (columns []string, rows [][]string) {
	columns = []string{"id", "move_type", "company_id/.id", "journal_id/.id", "partner_id/.id", "currency_id/.id", "reversed_entry_id/.id", "invoice_date", "invoice_origin", "ref", "narration"}
	head := []string{w.External(0), "in_refund", command.Cell(h.company), command.Cell(h.journal), command.Cell(h.partner), command.Cell(h.currency), command.Cell(c.id), c.day, h.origin, c.reference, command.Rich(strings.TrimSpace(c.reason)).HTML()}
	columns = append(columns, "invoice_line_ids/id", "invoice_line_ids/product_id/.id", "invoice_line_ids/name", "invoice_line_ids/quantity", "invoice_line_ids/price_unit",
		"invoice_line_ids/discount", "invoice_line_ids/product_uom_id/.id", "invoice_line_ids/purchase_line_id/.id", "invoice_line_ids/account_id/.id", "invoice_line_ids/tax_ids/.id")
	for i, l := range lines {
		row := make([]string, len(head), len(columns))
		if i == 0 {
			copy(row, head)
		}
		taxes := make([]string, len(l.taxes))
		for j, id := range l.taxes {
			taxes[j] = command.Cell(id)
		}
		rows = append(rows, append(row, w.External(int(l.id)), command.Cell(l.product), l.text, l.reversing, command.Float(l.price),
			command.Float(l.discount), command.Cell(l.unit), command.Cell(l.orderLine), command.Cell(l.account), strings.Join(taxes, ",")))
	}
	return columns, rows
}

// unlike refuses a document that has the number of another one that is posted.
func unlike(ctx context.Context, o *command.Odoo, b bill) error {
	twin, err := twinOf(ctx, o, b)
	if err != nil || twin == 0 {
		return err
	}
	return entered(twin, b.reference)
}
