package order

import (
	"context"
	"slices"
	"strconv"

	"odoomesh/internal/command"
)

// line is what commands need of a line.
type line struct {
	id, product, unit, sequence       int64
	quantity, price, received, billed float64
	// discount is in percent; up to 16 Odoo has none.
	discount float64
	// total is with taxes.
	total float64
	// text, requested, made and written are in Odoo's form.
	text, requested, made, written string
	// heading says that it orders nothing: a heading, or a note.
	heading bool
}

// linesOf reads the lines that order something, in the order in which they were made.
func linesOf(ctx context.Context, o *command.Odoo, id int64) ([]line, error) {
	all, err := everyLineOf(ctx, o, id)
	return slices.DeleteFunc(all, func(l line) bool { return l.heading }), err
}

// everyLineOf reads headings and notes, too.
func everyLineOf(ctx context.Context, o *command.Odoo, id int64) ([]line, error) {
	fields := []string{"display_type", "sequence", "product_id", unitField(o), "product_qty", "price_unit", "price_total", "qty_received", "qty_invoiced", "name", "date_planned", "create_date", "write_date"}
	if discounts(o) {
		fields = append(fields, "discount")
	}
	rows, err := o.Rows(ctx, lineModel, command.Where("order_id", "=", id), fields...)
	if err != nil {
		return nil, err
	}
	lines := make([]line, len(rows))
	for i, row := range rows {
		if lines[i], err = lineIn(row, unitField(o)); err == nil && discounts(o) {
			lines[i].discount, err = row.Float("discount")
		}
		if err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func lineIn(row command.Row, unit string) (l line, err error) {
	l.id = row.ID()
	var kind string
	for field, into := range map[string]*string{"display_type": &kind, "name": &l.text, "date_planned": &l.requested, "create_date": &l.made, "write_date": &l.written} {
		if *into, err = row.String(field); err != nil {
			return l, err
		}
	}
	l.heading = kind != ""
	if l.sequence, err = row.Int("sequence"); err != nil {
		return l, err
	}
	for field, into := range map[string]*int64{"product_id": &l.product, unit: &l.unit} {
		to, _, err := row.Many2One(field)
		if err != nil {
			return l, err
		}
		*into = to.ID
	}
	return l, command.Numbers(row, map[string]*float64{
		"product_qty": &l.quantity, "price_unit": &l.price, "price_total": &l.total, "qty_received": &l.received, "qty_invoiced": &l.billed,
	})
}

// discounts tells whether Odoo has discounts on lines.
func discounts(o *command.Odoo) bool { return o.Major() >= 17 }

// cells are new lines as load takes them. Price and unit are always given: Odoo makes
// them anew where they are not, at the next change of a quantity. So is that there is no
// discount: 17 takes that of the price list, and the price would be less than was asked.
// Without a description Odoo writes the supplier's own.
func cells(ctx context.Context, w *command.Work, lines []newLine) (columns []string, rows [][]string, err error) {
	products, err := productsOf(ctx, w.Odoo, lines)
	if err != nil {
		return nil, nil, err
	}
	described := slices.ContainsFunc(lines, func(l newLine) bool { return l.description != "" })
	scheduled := slices.ContainsFunc(lines, func(l newLine) bool { return l.requested != "" })
	columns = []string{"id", "product_id/.id", "product_qty", unitField(w.Odoo) + "/.id", "price_unit"}
	if described {
		columns = append(columns, "name")
	}
	if scheduled {
		columns = append(columns, "date_planned")
	}
	if discounts(w.Odoo) {
		columns = append(columns, "discount")
	}
	for i, l := range lines {
		p := products[l.product]
		if l.unit == 0 {
			l.unit = p.unit
		}
		if l.description == "" {
			l.description = p.name
		}
		row := []string{w.External(i + 1), strconv.FormatInt(l.product, 10), l.quantity, strconv.FormatInt(l.unit, 10), l.price}
		if described {
			row = append(row, l.description)
		}
		if scheduled {
			row = append(row, l.requested)
		}
		if discounts(w.Odoo) {
			row = append(row, "0")
		}
		rows = append(rows, row)
	}
	return columns, rows, nil
}

// unitField is what Odoo calls the unit of a line.
func unitField(o *command.Odoo) string {
	if o.Major() >= 19 {
		return "product_uom_id"
	}
	return "product_uom"
}
