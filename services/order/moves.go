package order

import (
	"context"

	"odoomesh/internal/command"
	"odoomesh/internal/resource"
)

// move is what an amendment needs of a movement that brings goods of a line.
type move struct {
	id, line int64
	state    string
	receipt  string
	product  string
	unit     string
	planned  string
	quantity float64
}

// open tells whether it is still to be done.
func (m move) open() bool { return m.state != "done" && m.state != "cancel" }

// linesIn are their ids, as a search takes them.
func linesIn(lines []line) []any {
	ids := make([]any, len(lines))
	for i, l := range lines {
		ids[i] = l.id
	}
	return ids
}

// movesOf are the movements that bring goods of an order's lines.
func (a *amend) movesOf(ctx context.Context, o *command.Odoo, lines []line) ([]move, error) {
	rows, err := o.Rows(ctx, moveModel, command.Where("purchase_line_id", "in", linesIn(lines)).And("location_dest_id.usage", "!=", "supplier"),
		"purchase_line_id", "state", "picking_id", "product_id", "product_uom", "product_uom_qty", "date")
	if err != nil {
		return nil, err
	}
	moves := make([]move, len(rows))
	for i, row := range rows {
		m := move{id: row.ID()}
		for field, into := range map[string]*string{"state": &m.state, "date": &m.planned} {
			if *into, err = row.String(field); err != nil {
				return nil, err
			}
		}
		if m.quantity, err = row.Float("product_uom_qty"); err != nil {
			return nil, err
		}
		line, _, err := row.Many2One("purchase_line_id")
		if err != nil {
			return nil, err
		}
		m.line = line.ID
		picking, there, err := row.Many2One("picking_id")
		if err != nil {
			return nil, err
		}
		if m.receipt = "a movement without a receipt"; there {
			m.receipt = resource.Name("receipts", picking.ID)
		}
		product, _, err := row.Many2One("product_id")
		if err != nil {
			return nil, err
		}
		unit, _, err := row.Many2One("product_uom")
		if err != nil {
			return nil, err
		}
		m.product, m.unit = productName(product.ID), unit.Name
		moves[i] = m
	}
	return moves, nil
}

// backTo are the transfers, by their numbers, that are to take goods of an order's lines to
// the supplier, and return nothing that has come: Odoo makes one where a line has become
// less and its movements do not fit it.
func backTo(ctx context.Context, o *command.Odoo, lines []line) (numbers []string, err error) {
	rows, err := o.Rows(ctx, moveModel, command.Where("purchase_line_id", "in", linesIn(lines)).And("location_dest_id.usage", "=", "supplier").
		And("origin_returned_move_id", "=", false).And("state", "not in", []any{"done", "cancel"}), "picking_id")
	for _, row := range rows {
		picking, there, err := row.Many2One("picking_id")
		if err != nil {
			return nil, err
		}
		if there {
			numbers = append(numbers, picking.Name)
		}
	}
	return numbers, err
}
