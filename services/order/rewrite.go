package order

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/command"
)

// Look tells by the note whether the write was done, whatever people have changed since,
// and by their external ids whether lines were added.
func (u *update) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := u.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := u.standing(found)
	lines, err := everyLineOf(ctx, w.Odoo, u.id)
	if err != nil {
		return s, err
	}
	if s.Noted, err = w.Noted(ctx, orderModel, u.id); err != nil {
		return s, err
	}
	added, err := u.addedIDs(ctx, w, lines)
	if err != nil {
		return s, err
	}
	switch {
	case s.Noted:
		s.Stage = command.Done
		s.Evidence += ", and the note of this intent stands on it"
		s.Deviations = u.deviations(lines, added)
	case len(added) > 0:
		s.Stage = command.Begun
		s.Evidence += fmt.Sprintf(", and %s %d was added", lineModel, added[0])
	}
	return s, nil
}

// addedIDs are the new lines that are there: all of them or none, as they are made in one
// call. A line that somebody has deleted since has the id 0. Each is a question to Odoo:
// none is asked where this attempt has made them, or no line is there but the request's.
func (u *update) addedIDs(ctx context.Context, w *command.Work, lines []line) ([]int64, error) {
	stays := func(is line) bool {
		return slices.ContainsFunc(u.lines, func(l changedLine) bool { return l.id == is.id })
	}
	if u.made != nil || !slices.ContainsFunc(lines, func(is line) bool { return !stays(is) }) {
		return u.made, nil
	}
	ids := make([]int64, len(u.added))
	for i := range u.added {
		id, err := w.Odoo.Find(ctx, w.External(i+1))
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	if !slices.ContainsFunc(ids, func(id int64) bool { return id != 0 }) {
		return nil, nil
	}
	return ids, nil
}

// writes are the values that the order is to be written with to say what was asked for.
// The price is given with whatever changes in a line: Odoo makes price, date and text
// anew where a quantity comes without it.
func (u *update) writes(says head, lines []line, added []int64) map[string]any {
	values := map[string]any{}
	is := map[string]string{"partner_ref": says.reference, "origin": says.origin}
	for field, text := range u.references {
		switch {
		case text == is[field]:
		case text == "":
			values[field] = false
		default:
			values[field] = text
		}
	}
	if !u.whole {
		return values
	}
	var commands []any
	for _, is := range lines {
		i := slices.IndexFunc(u.lines, func(l changedLine) bool { return l.id == is.id })
		if i >= 0 {
			if change := u.lines[i].changes(is); len(change) > 0 {
				commands = append(commands, []any{1, is.id, change})
			}
		} else if !slices.Contains(added, is.id) {
			commands = append(commands, []any{2, is.id, 0})
		}
	}
	if len(commands) > 0 {
		values["order_line"] = commands
	}
	return values
}

// changes are the values that a line is to be written with; none where it says already
// what was asked for.
func (l changedLine) changes(is line) map[string]any {
	change := map[string]any{}
	if l.quantity != "" && !command.Same(l.quantity, is.quantity) {
		change["product_qty"] = float(l.quantity)
	}
	if l.price != "" && !command.Same(l.price, is.price) {
		change["price_unit"] = float(l.price)
	}
	if l.description != "" && l.description != is.text {
		change["name"] = l.description
	}
	if l.requested != "" && l.requested != is.requested {
		change["date_planned"] = l.requested
	}
	if _, priced := change["price_unit"]; !priced && !is.heading && len(change) > 0 {
		change["price_unit"] = is.price
	}
	return change
}

func float(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// deviations are what the lines say otherwise than they were asked.
func (u *update) deviations(lines []line, added []int64) (all []*commandv1.Deviation) {
	byID := map[int64]line{}
	for _, l := range lines {
		byID[l.id] = l
	}
	for _, l := range u.lines {
		is, there := byID[l.id]
		asked := newLine{product: is.product, quantity: l.quantity, price: l.price, discount: is.discount, requested: l.requested}
		if asked.quantity == "" {
			asked.quantity = command.Float(is.quantity)
		}
		if asked.price == "" {
			asked.price = command.Float(is.price)
		}
		all = append(all, deviating(l.at, asked, is, there)...)
	}
	for i, id := range added {
		is, there := byID[id]
		all = append(all, deviating(u.added[i].at, u.added[i], is, there)...)
	}
	return all
}

func deviating(at string, asked newLine, is line, there bool) []*commandv1.Deviation {
	if !there {
		return []*commandv1.Deviation{{Field: at, Asked: "a line", Found: "none: it was deleted"}}
	}
	return deviationsOf(asked, is, at+".")
}

// Do adds the new lines, and then writes all else at once.
func (u *update) Do(ctx context.Context, w *command.Work) error {
	if _, err := u.draft(ctx, w.Odoo); err != nil {
		return err
	}
	lines, err := everyLineOf(ctx, w.Odoo, u.id)
	if err != nil {
		return err
	}
	if err := u.stays(lines); err != nil {
		return err
	}
	added, err := u.addedIDs(ctx, w, lines)
	if err != nil {
		return err
	}
	if len(added) > 0 {
		if err := u.untouched(lines, added); err != nil {
			return err
		}
	} else if len(u.added) > 0 {
		if added, err = u.add(ctx, w); err != nil {
			return err
		}
	}
	says, err := readHead(ctx, w.Odoo, u.id)
	if err != nil {
		return err
	}
	values := u.writes(says, lines, added)
	if values["message_ids"], err = w.Note(ctx, orderModel, u.id); err != nil {
		return err
	}
	_, err = w.Odoo.Do(ctx, orderModel, "write", []int64{u.id}, map[string]any{"vals": values})
	return err
}

// stays refuses to go on where a line that was to be changed has been deleted meanwhile.
func (u *update) stays(lines []line) error {
	for _, l := range u.lines {
		if !slices.ContainsFunc(lines, func(is line) bool { return is.id == l.id }) {
			return command.Refused("Line %d of %s, which %s is about, was deleted in Odoo.", l.id, u.name, l.at)
		}
	}
	return nil
}

// add loads the new lines: each is made once, however often it is sent.
func (u *update) add(ctx context.Context, w *command.Work) ([]int64, error) {
	columns, rows, err := cells(ctx, w, u.added)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i] = append(rows[i], strconv.FormatInt(u.id, 10))
	}
	made, err := w.Odoo.Load(ctx, lineModel, append(columns, "order_id/.id"), rows)
	if err != nil || w.Odoo.Dry() {
		return made, err
	}
	// The note, which is written next, says that all is done.
	ids := make([]any, len(made))
	for i, id := range made {
		ids[i] = id
	}
	there, err := w.Odoo.Rows(ctx, lineModel, command.Where("id", "in", ids), "id")
	if err == nil && len(there) != len(made) {
		err = command.NotSeen("Odoo said that it had added the new lines, and does not hold them.")
	}
	if err == nil {
		u.made = made
	}
	return made, err
}

// untouched asks a person where somebody has changed a line after the new ones were added
// by an earlier attempt: that is not written over.
func (u *update) untouched(lines []line, added []int64) error {
	since := ""
	for _, is := range lines {
		if slices.Contains(added, is.id) {
			since = is.made
		}
	}
	for _, is := range lines {
		if !slices.Contains(added, is.id) && is.written > since {
			return &command.Question{Text: fmt.Sprintf("New lines were added to %s, and then the mesh was interrupted. Since then somebody has changed its line %d in Odoo: see there what the order is to say, or send another update under a new request_id.", u.name, is.id)}
		}
	}
	return nil
}
