package order

import (
	"context"

	"odoomesh/internal/command"
)

// onward is what the movements of a line bring, and what those that follow them, or wait
// for them, take from there; in the unit of the product.
type onward struct {
	brings, takes float64
	follow        []any
}

// goesOn refuses to change how much a line orders where Odoo would then have more come than
// is ordered: a line whose goods go on Odoo counts by what is planned to go on
// (purchase_stock's _prepare_stock_moves, 16 to 19), and from 18 on that is what has come
// where goods are received in several steps.
func (a *amend) goesOn(ctx context.Context, o *command.Odoo, lines []line) error {
	var ids []any
	for _, l := range a.lines {
		if l.quantity != "" && !command.Same(l.quantity, lineOf(lines, l.id).quantity) {
			ids = append(ids, l.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	of, err := onwards(ctx, o, ids)
	if err != nil {
		return err
	}
	for _, l := range a.lines {
		is := of[l.id]
		if is == nil || len(is.follow) == 0 {
			continue
		}
		rows, err := o.Rows(ctx, moveModel, command.Where("id", "in", is.follow).And("state", "!=", "cancel").And("location_dest_id.usage", "!=", "supplier"), "product_qty")
		if err != nil {
			return err
		}
		for _, row := range rows {
			n, err := row.Float("product_qty")
			if err != nil {
				return err
			}
			is.takes += n
		}
		if excess := is.brings - is.takes; len(rows) > 0 && excess > 1e-9 {
			return command.Refused("Odoo would have %s more come of %s than it orders, because that many are not planned to go on from where they come: order what is to come besides with a line of its own, or cancel in Odoo what is not to come.",
				command.Float(excess), l.at)
		}
	}
	return nil
}

// onwards reads what lines bring, less what is taken back and off the order, and what
// follows: of a line that others wait for, those; else what its own movements go on to.
func onwards(ctx context.Context, o *command.Odoo, ids []any) (map[int64]*onward, error) {
	of, waited := map[int64]*onward{}, map[int64]bool{}
	lines, err := o.Rows(ctx, lineModel, command.Where("id", "in", ids), "move_dest_ids")
	if err != nil {
		return nil, err
	}
	for _, row := range lines {
		follow, err := row.IDs("move_dest_ids")
		if err != nil {
			return nil, err
		}
		of[row.ID()], waited[row.ID()] = &onward{follow: idsOf(follow)}, len(follow) > 0
	}
	moves := command.Where("purchase_line_id", "in", ids).And("state", "!=", "cancel")
	for _, way := range []struct {
		domain command.Domain
		sign   float64
	}{
		{moves.And("location_dest_id.usage", "!=", "supplier"), 1},
		{moves.And("location_dest_id.usage", "=", "supplier").And("to_refund", "=", true), -1},
	} {
		fields := []string{"purchase_line_id", "product_qty", "origin_returned_move_id", "to_refund", "move_dest_ids"}
		if o.Major() >= 17 {
			fields = append(fields, "state", "product_uom_qty", "quantity")
		}
		rows, err := o.Rows(ctx, moveModel, way.domain, fields...)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			line, n, follow, err := steps(row, o.Major())
			if err != nil {
				return nil, err
			}
			if is := of[line]; is != nil {
				is.brings += way.sign * n
				if !waited[line] {
					is.follow = append(is.follow, idsOf(follow)...)
				}
			}
		}
	}
	return of, nil
}

// steps reads a movement of a line: how much it counts of it, and what follows it. From 17
// on Odoo counts of what is done what has come, and not what was planned
// (_get_qty_procurement).
func steps(row command.Row, major int) (line int64, quantity float64, follow []int64, err error) {
	of, _, err := row.Many2One("purchase_line_id")
	if err != nil {
		return 0, 0, nil, err
	}
	_, back, err := row.Many2One("origin_returned_move_id")
	if err != nil {
		return 0, 0, nil, err
	}
	refunded, err := row.Bool("to_refund")
	if err != nil {
		return 0, 0, nil, err
	}
	if quantity, err = row.Float("product_qty"); err != nil {
		return 0, 0, nil, err
	}
	if major >= 17 {
		if quantity, err = counted(row, quantity); err != nil {
			return 0, 0, nil, err
		}
	}
	if back && !refunded { // it came back, or goes back, and the order says what it said
		quantity = 0
	}
	follow, err = row.IDs("move_dest_ids")
	return of.ID, quantity, follow, err
}

// counted is how much a movement counts, in the unit of the product, in which it is planned
// to bring some.
func counted(row command.Row, planned float64) (float64, error) {
	state, err := row.String("state")
	if err != nil || state != "done" {
		return planned, err
	}
	var demand, came float64
	if err := command.Numbers(row, map[string]*float64{"product_uom_qty": &demand, "quantity": &came}); err != nil {
		return 0, err
	}
	if demand == 0 { // nothing was planned, so that nothing tells the units apart
		return came, nil
	}
	return came * planned / demand, nil
}

// idsOf are ids as a search takes them.
func idsOf(ids []int64) []any {
	all := make([]any, len(ids))
	for i, id := range ids {
		all[i] = id
	}
	return all
}
