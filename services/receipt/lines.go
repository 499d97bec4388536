package receipt

import (
	"context"
	"fmt"
	"strconv"

	"odoomesh/internal/command"
)

// lineThere is a line of a transfer as Odoo has it.
type lineThere struct {
	id, move, lot int64
	quantity      float64
	// byHand says that somebody has said that it was done.
	byHand bool
}

func linesThere(ctx context.Context, o *command.Odoo, transfer int64) ([]lineThere, error) {
	quantity, fields := "quantity", []string{"move_id", "lot_id", "lot_name", "quantity", "picked"}
	if o.Major() < 17 {
		quantity, fields = "qty_done", []string{"move_id", "lot_id", "lot_name", "qty_done"}
	}
	rows, err := o.Rows(ctx, moveLineModel, command.Where("picking_id", "=", transfer), fields...)
	if err != nil {
		return nil, err
	}
	returned, err := returnedIn(ctx, o, transfer)
	if err != nil {
		return nil, err
	}
	lines := make([]lineThere, len(rows))
	for i, row := range rows {
		l := lineThere{id: row.ID()}
		if err := command.Refs(row, map[string]*int64{"move_id": &l.move, "lot_id": &l.lot}); err != nil {
			return nil, err
		}
		if l.quantity, err = row.Float(quantity); err != nil {
			return nil, err
		}
		l.byHand = l.quantity != 0
		if o.Major() >= 17 {
			if l.byHand, err = row.Bool("picked"); err != nil {
				return nil, err
			}
		}
		// Odoo proposes lines without lots: who has typed one in has counted, also where the
		// line is not ticked as picked yet.
		typed, err := row.String("lot_name")
		if err != nil {
			return nil, err
		}
		l.byHand = l.byHand || typed != "" || l.lot != 0 && !returned[l.move]
		lines[i] = l
	}
	return lines, nil
}

// returnedIn are the lines of a transfer that bring back what has gone out: of these
// Odoo proposes the lots itself.
func returnedIn(ctx context.Context, o *command.Odoo, transfer int64) (map[int64]bool, error) {
	rows, err := o.Rows(ctx, moveModel, command.Where("picking_id", "=", transfer).And("move_orig_ids", "!=", false), "id")
	if err != nil {
		return nil, err
	}
	moves := map[int64]bool{}
	for _, row := range rows {
		moves[row.ID()] = true
	}
	return moves, nil
}

// there is what a transfer has before it is booked.
type there struct {
	// prepared says that the request's lines are in it.
	prepared bool
	// others are lines that Odoo proposes.
	others []int64
}

// proposed tells the request's lines in a transfer from those that Odoo proposes. What
// people have entered is not taken away, and what they have made of the request's lines
// is not written over: somebody has to decide.
func (c *receive) proposed(ctx context.Context, w *command.Work, lines []booked) (t there, err error) {
	own := map[int64]int{}
	for i := range lines {
		id, err := w.Odoo.Find(ctx, w.External(i+1))
		if err != nil {
			return t, err
		}
		if id != 0 {
			own[id] = i
		}
		if i == 0 && id == 0 {
			break // they are made at once, the first of them too
		}
	}
	all, err := linesThere(ctx, w.Odoo, c.id)
	if err != nil {
		return t, err
	}
	same := 0
	for _, l := range all {
		i, ours := own[l.id]
		switch {
		case ours && l.move == lines[i].move && command.Same(lines[i].quantity, l.quantity) && (lines[i].lot == 0 || l.lot == lines[i].lot):
			same++
		case ours:
			return t, &command.Question{Text: fmt.Sprintf("Somebody has changed line %d of the request in Odoo (stock.move.line %d): finish the transfer there, or put it back.", i+1, l.id)}
		case l.byHand:
			return t, &command.Question{Text: fmt.Sprintf("Somebody has entered goods by hand in Odoo (stock.move.line %d): finish the transfer there, or take them out again.", l.id)}
		default:
			t.others = append(t.others, l.id)
		}
	}
	if len(own) > 0 && same != len(lines) {
		return t, &command.Question{Text: "Somebody has deleted lines of the request in Odoo: finish the transfer there, or give this up and send what has come under another request_id."}
	}
	t.prepared = len(own) > 0
	return t, nil
}

// loadLots makes the lots that are new, each once, whoever else receives the same lot at
// the same time: the external id is that of product and number. What stands under that id
// already is never written over: people may have corrected it. Up to 17 a lot has a
// company; from 18 on Odoo makes the lots of a receipt without one.
func loadLots(ctx context.Context, o *command.Odoo, lines []booked) error {
	for i := range lines {
		l := &lines[i]
		if l.received.lot == "" || l.lot != 0 {
			continue
		}
		external := externalOf(o, l.demand, l.received.lot)
		known, err := o.Find(ctx, external)
		if err != nil {
			return err
		}
		if known != 0 {
			// A call whose answer was lost has made it since the lots were looked for; else
			// somebody has given it another number.
			lots, err := lotsOf(ctx, o, l.demand, l.received.lot)
			if err != nil {
				return err
			}
			if len(lots) == 1 && lots[0].id == known && (l.expires == nil || lots[0].day(o.Zone()) == dayText(l.expires)) {
				l.lot = known
				continue
			}
			return command.Refused("Lot %q of %s was received before and has another number in Odoo now (stock.lot %d): correct one of the two.", l.received.lot, productName(l.demand.product), known)
		}
		columns := []string{"id", "name", "product_id/.id"}
		row := []string{external, l.received.lot, strconv.FormatInt(l.demand.product, 10)}
		if o.Major() < 18 {
			columns, row = append(columns, "company_id/.id"), append(row, strconv.FormatInt(l.demand.company, 10))
		}
		if l.expires != nil {
			columns, row = append(columns, "expiration_date"), append(row, endOfDay(l.expires, o.Zone()))
		}
		ids, err := o.Load(ctx, lotModel, columns, [][]string{row})
		if err != nil {
			return err
		}
		l.lot = ids[0]
	}
	return nil
}

func (c *receive) loadLines(ctx context.Context, w *command.Work, lines []booked) error {
	columns := []string{"id", "picking_id/.id", "move_id/.id", "product_id/.id", "product_uom_id/.id", "location_id/.id", "location_dest_id/.id", "lot_id/.id"}
	if w.Odoo.Major() < 17 {
		columns = append(columns, "qty_done")
	} else {
		columns = append(columns, "quantity", "picked")
	}
	text := func(id int64) string { return strconv.FormatInt(id, 10) }
	rows := make([][]string, len(lines))
	for i, l := range lines {
		lot := ""
		if l.lot != 0 {
			lot = text(l.lot)
		}
		rows[i] = []string{w.External(i + 1), text(c.id), text(l.move), text(l.demand.product), text(l.demand.unit), text(l.demand.from), text(l.demand.to), lot, l.quantity}
		if w.Odoo.Major() >= 17 {
			rows[i] = append(rows[i], "1")
		}
	}
	_, err := w.Odoo.Load(ctx, moveLineModel, columns, rows)
	return err
}
