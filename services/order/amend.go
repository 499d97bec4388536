package order

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	"odoomesh/internal/command"
)

// amend changes an order that is released. It goes the way of an update: lines are added
// first, by load, and all else is one write, with the note of who asked for it. Odoo lets
// its receipts follow.
type amend struct {
	update
	policy policy
}

func (s *Service) beginAmend(request proto.Message) (command.Command, error) {
	r := request.(*orderv1.AmendOrderRequest)
	var g command.Given
	a := &amend{policy: s.policy(), update: update{
		existing: existing{name: r.GetName(), etag: r.GetEtag(), id: g.ID("name", orderservice.Orders, r.GetName()), live: s.live},
		sourced:  s.sourced(), given: &orderv1.Order{Lines: r.GetLines()}, whole: true,
	}}
	a.readLines(&g, g.Count)
	return a, g.Err()
}

// Check refuses what does not fit the order, or how far it is.
func (a *amend) Check(ctx context.Context, w *command.Work) error {
	now, err := a.live(ctx, a.name)
	if err != nil {
		return err
	}
	if !command.Seen(a.etag, now) {
		return command.Stale(a.name)
	}
	var g command.Given
	a.fit(&g, now)
	if len(a.added) > 0 {
		if err := orderable(ctx, w.Odoo, &g, a.added); err != nil {
			return err
		}
	}
	if err := g.Err(); err != nil {
		return err
	}
	lines, err := everyLineOf(ctx, w.Odoo, a.id)
	if err != nil {
		return err
	}
	if err := a.possible(ctx, w.Odoo, lines, nil); err != nil {
		return err
	}
	return a.judgeAmended(ctx, w, idIn("suppliers", now.GetSupplier()), lines)
}

// possible refuses what Odoo takes, and must not be: less than has come, from 19 on, what
// is locked, what Odoo would miscount, and what raises an order beyond the company's limit
// of approval. Added are the new lines that are there already.
func (a *amend) possible(ctx context.Context, o *command.Odoo, lines []line, added []int64) error {
	found, err := a.read(ctx, o)
	switch {
	case err != nil:
		return err
	case found.locked:
		return command.Refused("%s is locked: unlock it in Odoo first.", a.name)
	case found.draft():
		return command.Refused("%s is not released yet: a draft is changed by orders.update.", a.name)
	case !found.released():
		return command.Refused("%s is not released: in Odoo it is in state %q.", a.name, found.state)
	}
	if err := a.stays(lines); err != nil {
		return err
	}
	var g command.Given
	for _, l := range a.lines {
		is := lineOf(lines, l.id)
		if l.quantity != "" && command.Float(is.received) != "0" && float(l.quantity) < is.received-1e-9 {
			g.Wrong(l.at+".quantity", "%s have been received already: no less can be ordered", command.Float(is.received))
		}
	}
	if err := g.Err(); err != nil {
		return err
	}
	if err := a.goesOn(ctx, o, lines); err != nil {
		return err
	}
	return a.withinLimit(ctx, o, lines, added)
}

func lineOf(lines []line, id int64) line {
	if i := slices.IndexFunc(lines, func(l line) bool { return l.id == id }); i >= 0 {
		return lines[i]
	}
	return line{}
}

// Do adds the new lines, and then writes all else at once, while nobody receives something
// of the order through the mesh.
func (a *amend) Do(ctx context.Context, w *command.Work) error {
	receipts, err := receiptsOf(ctx, w.Odoo, a.id)
	if err != nil {
		return err
	}
	leave, err := w.Alone(ctx, receipts...)
	if err != nil {
		return err
	}
	defer leave()
	lines, err := everyLineOf(ctx, w.Odoo, a.id)
	if err != nil {
		return err
	}
	added, err := a.addedIDs(ctx, w, lines)
	if err != nil {
		return err
	}
	if err := a.possible(ctx, w.Odoo, lines, added); err != nil {
		return err
	}
	if len(added) > 0 {
		err = a.untouched(lines, added)
	} else if len(a.added) > 0 {
		_, err = a.add(ctx, w)
	}
	if err != nil {
		return err
	}
	values, err := a.changed(ctx, w.Odoo, lines)
	if err != nil {
		return err
	}
	if values["message_ids"], err = w.Note(ctx, orderModel, a.id); err != nil {
		return err
	}
	_, err = w.Odoo.Do(ctx, orderModel, "write", []int64{a.id}, map[string]any{"vals": values})
	return err
}

// changed are the values that the order is to be written with. Odoo moves with a line's
// date what its movements are due by, and not when they are planned: that is written in
// the same call.
func (a *amend) changed(ctx context.Context, o *command.Odoo, lines []line) (map[string]any, error) {
	moves, err := a.movesOf(ctx, o, lines)
	if err != nil {
		return nil, err
	}
	var commands []any
	for _, l := range a.lines {
		change := l.changes(lineOf(lines, l.id))
		if len(change) == 0 {
			continue
		}
		if at, moved := change["date_planned"]; moved {
			var planned []any
			for _, m := range moves {
				if m.line == l.id && m.open() {
					planned = append(planned, []any{1, m.id, map[string]any{"date": at}})
				}
			}
			if len(planned) > 0 {
				change["move_ids"] = planned
			}
		}
		commands = append(commands, []any{1, l.id, change})
	}
	values := map[string]any{}
	if len(commands) > 0 {
		values["order_line"] = commands
	}
	return values, nil
}

// Look tells as of an update; where it is done, also what the receipts of its lines are to
// bring now.
func (a *amend) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	s, err := a.update.Look(ctx, w)
	if err != nil || s.Stage != command.Done {
		return s, err
	}
	lines, err := everyLineOf(ctx, w.Odoo, a.id)
	if err != nil {
		return s, err
	}
	added, err := a.addedIDs(ctx, w, lines)
	if err != nil {
		return s, err
	}
	moves, err := a.movesOf(ctx, w.Odoo, lines)
	if err != nil {
		return s, err
	}
	for _, l := range a.lines {
		s.Deviations = append(s.Deviations, follows(l.at, l.id, moves)...)
		s.Warnings = append(s.Warnings, beyond(l.at, lineOf(lines, l.id))...)
	}
	for i, id := range added {
		s.Deviations = append(s.Deviations, follows(a.added[i].at, id, moves)...)
	}
	back, err := backTo(ctx, w.Odoo, lines)
	for _, transfer := range back {
		s.Warnings = append(s.Warnings, fmt.Sprintf("Odoo has made %s, which takes goods back to the supplier: cancel it in Odoo unless they are to go.", transfer))
	}
	return s, err
}

// follows tells what is to come of a line now, in the units of its stock; nothing of a line
// that nothing comes of, such as that of a service.
func follows(at string, id int64, moves []move) []*commandv1.Deviation {
	found, known := "", false
	for _, m := range moves {
		if m.line != id {
			continue
		}
		known = true
		if m.open() {
			if found != "" {
				found += ", "
			}
			found += fmt.Sprintf("%s brings %s %s of %s by %s", m.receipt, command.Float(m.quantity), m.unit, m.product, m.planned)
		}
	}
	if !known {
		return nil
	}
	if found == "" {
		found = "nothing more is to come"
	}
	return []*commandv1.Deviation{{Field: at + ".receipts", Found: found}}
}

// beyond warns of a line of which more has been received or billed than is ordered now.
func beyond(at string, l line) (warnings []string) {
	if l.received > l.quantity+1e-9 {
		warnings = append(warnings, fmt.Sprintf("Of %s, %s have been received and %s are ordered: somebody has received it in the same instant.", at, command.Float(l.received), command.Float(l.quantity)))
	}
	if l.billed > l.quantity+1e-9 {
		warnings = append(warnings, fmt.Sprintf("Of %s, %s are billed and %s are ordered: a refund is to be expected.", at, command.Float(l.billed), command.Float(l.quantity)))
	}
	return warnings
}
