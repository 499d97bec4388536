package torture

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"odoomesh/internal/command"
	"odoomesh/internal/odoo"
)

// house is an Odoo: orders that are pressed or made, receipts that are filled and then
// booked. Its state changes with the lock of the history held.
type house struct {
	*history
	pressed, booked, gone map[string]bool
	// filled are who put lines on a receipt.
	filled map[string][]string
	// counted are for whom a place was counted.
	counted map[string][]string
	// made are the orders that were made, by their external ids; ever is never forgotten.
	made map[string]int64
	ever map[string]bool
	ids  int64
	// rows are those that were added to records, by their external ids.
	added map[string]int64
	// kept are the intents for which the mesh keeps something itself, and followed those from
	// which something follows that the ledger knows.
	kept, followed map[string]bool
	// revisions are how often it has kept something of a record.
	revisions map[string]int
	// notes are on documents.
	notes []string
	// locked is a rule that is in force now and then.
	locked bool
}

func newHouse(h *history) *house {
	return &house{history: h, pressed: map[string]bool{}, booked: map[string]bool{}, gone: map[string]bool{}, filled: map[string][]string{}, counted: map[string][]string{}, made: map[string]int64{}, ever: map[string]bool{}, added: map[string]int64{}, kept: map[string]bool{}, followed: map[string]bool{}, revisions: map[string]int{}, ids: 1000}
}

// documentOf is a record's name.
func documentOf(model string, id int64) string { return fmt.Sprintf("%ss/%d", model, id) }

// rows answers what is read.
func (h *house) rows(model string, domain odoo.Domain) []odoo.Row {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := domain[0].([]any)[2].(int64)
	name := documentOf(model, id)
	if h.gone[name] {
		return nil
	}
	if len(domain) > 1 { // looks for a note
		about := domain[1].([]any)[2].(string)
		if !slices.ContainsFunc(h.notes, func(n string) bool { return strings.Contains(n, about) }) {
			return nil
		}
	}
	return []odoo.Row{odoo.NewRow(model, map[string]any{"id": id, "pressed": h.pressed[name], "booked": h.booked[name], "filled": strings.Join(h.filled[name], " "), "counted": strings.Join(h.counted[name], " ")})}
}

// find answers what has an external id.
func (h *house) find(external string) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := h.made[external] + h.added[external]
	if id == 0 {
		return nil, &odoo.Fault{Code: 2, Kind: odoo.Missing, Message: "No record found for unique ID " + external}
	}
	return []any{"order", id}, nil
}

// held tells whether Odoo holds, or has ever held, what an intent asks for. The lock is
// held.
func (h *house) held(intent, body string) bool {
	verb, name, _ := strings.Cut(body, " ")
	switch verb {
	case "press":
		return h.pressed[name]
	case "say":
		return slices.Contains(h.notes, written(intent))
	case "amend":
		return slices.Contains(h.notes, written(intent)) && h.added["x_"+intent+"_1"] != 0
	case "count":
		return slices.Contains(h.counted[name], intent)
	case "announce":
		return h.kept[intent]
	case "hold":
		return h.kept[intent] && h.followed[intent]
	case "book":
		return h.booked[name] && slices.Contains(h.filled[name], intent)
	}
	return h.ever["x_"+intent]
}

// keeps tells whether the mesh keeps something for an intent.
func (h *house) keeps(intent string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept[intent]
}

// written is the note that stands on a record with what was written.
func written(intent string) string { return "written for intents/" + intent }

// begins is what Odoo checks when it begins with a call: rules as they are then. The lock
// is held.
func (h *house) begins(document string) error {
	switch {
	case h.locked:
		return &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "The period is locked."}
	case document != "" && h.gone[document]:
		return &odoo.Fault{Code: 2, Kind: odoo.Missing, Message: "Record does not exist or has been deleted."}
	}
	return nil
}

// commit does what a call asks for. The lock is held.
func (h *house) commit(c call) (any, error) {
	if err := h.begins(c.document); err != nil && !h.locked {
		return nil, err
	}
	effect := happening{what: committed, intent: c.intent, body: c.body, document: c.document}
	switch c.method {
	case "press":
		if !h.pressed[c.document] {
			h.pressed[c.document] = true
			h.add(effect)
		}
		return true, nil
	case "write":
		// Of two that arrive the second finds what it writes, and notes it once more.
		if note := written(c.intent); !slices.Contains(h.notes, note) {
			h.notes = append(h.notes, note)
			h.add(effect)
		}
		return true, nil
	case "count": // again and again
		h.counted[c.document] = append(h.counted[c.document], c.intent)
		h.add(effect)
		return int64(1), nil
	case "fill":
		if h.booked[c.document] {
			return nil, &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "It is booked."}
		}
		if !slices.Contains(h.filled[c.document], c.intent) {
			h.filled[c.document] = append(h.filled[c.document], c.intent)
		}
		return true, nil
	case "book":
		if h.booked[c.document] {
			return nil, &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "It is booked already."}
		}
		if !slices.Contains(h.filled[c.document], c.intent) {
			return nil, &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "There is nothing to book."}
		}
		h.booked[c.document] = true
		h.add(effect)
		return true, nil
	}
	if len(c.rows) > 0 {
		return h.loads(c.rows)
	}
	if strings.HasPrefix(c.body, "amend ") { // what it is for is done by the write behind it
		if h.added[c.external] == 0 {
			h.ids++
			h.added[c.external] = h.ids
		}
		return map[string]any{"ids": []any{h.added[c.external]}}, nil
	}
	if h.made[c.external] == 0 {
		h.ids++
		h.made[c.external], h.ever[c.external] = h.ids, true
		h.add(effect)
	}
	return map[string]any{"ids": []any{h.made[c.external]}}, nil
}

// loads makes all rows of a call, or none where one of them is wrong. The lock is held.
func (h *house) loads(rows []call) (any, error) {
	if slices.ContainsFunc(rows, call.isWrong) {
		return map[string]any{"ids": false, "messages": []any{map[string]any{"message": missing}}}, nil
	}
	var ids []any
	for _, row := range rows {
		made, err := h.commit(row)
		if err != nil {
			return nil, err
		}
		ids = append(ids, made.(map[string]any)["ids"].([]any)...)
	}
	return map[string]any{"ids": ids}, nil
}

// call is one that changes something.
type call struct {
	method, intent, body, document, external string
	// rows are those of a load; what belongs to a row stands there alone.
	rows []call
}

// each are the rows of a load, or the call itself.
func (c call) each() []call {
	if len(c.rows) > 0 {
		return c.rows
	}
	return []call{c}
}

// loadOf is a load, as command.Odoo sends it.
func loadOf(args []any) call {
	c := call{method: "load"}
	for _, one := range args[1].([]any) {
		row := one.([]any)
		external := strings.TrimPrefix(row[0].(string), command.Module+".")
		c.rows = append(c.rows, call{method: "load", external: external, intent: row[1].(string), body: row[2].(string)})
	}
	return c
}

// people do by hand what is asked for, delete it, get in the way, and lock the books.
func (h *house) people(ctx context.Context, w *world) {
	for w.rest(ctx, 20) {
		h.mu.Lock()
		order, receipt := fmt.Sprint("orders/", 1+w.below(orders)), fmt.Sprint("receipts/", 1+w.below(receipts))
		switch w.below(8) {
		case 0:
			h.pressed[order] = true
		case 1:
			h.filled[receipt] = append(h.filled[receipt], "people")
		case 2:
			h.booked[receipt] = len(h.filled[receipt]) > 0
		case 3:
			h.gone[order] = true
		case 4:
			h.gone[receipt] = true
		case 5:
			h.locked = !h.locked
		default:
			for external, id := range h.made {
				delete(h.made, external)
				h.gone[fmt.Sprint("orders/", id)] = true
				h.add(happening{what: removed, intent: strings.TrimPrefix(external, "x_")})
				break
			}
		}
		h.mu.Unlock()
	}
	h.mu.Lock()
	h.locked = false
	h.mu.Unlock()
}
