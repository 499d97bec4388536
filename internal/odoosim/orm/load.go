package orm

import (
	"strings"

	"odoomesh/internal/odoosim/xmlrpc"
)

// Cell is one value of a row: its text, and the Python class in which it came where
// that was no text. Python's false, None and zero are the empty cell.
type Cell struct{ Text, Class string }

// Load imports rows by column names as Odoo's load does. Its answer has the ids, or
// false with messages that say what was refused; then nothing has been changed.
func (e *Env) Load(m *Model, columns []string, rows [][]Cell) (xmlrpc.Struct, error) {
	paths := make([][]string, len(columns))
	for i, c := range columns {
		paths[i] = strings.Split(c, "/")
		if err := e.knownColumn(m, paths[i][0]); err != nil {
			return nil, err
		}
	}
	l := &loader{e: e}
	var ids []int64
	for from := 0; from < len(rows); {
		to := nextRecord(m, paths, rows, from)
		l.record, l.from, l.to = len(ids), from, to-1
		id, err := l.one(m, paths, rows[from:to])
		if l.fault != nil {
			return nil, l.fault
		}
		if err != nil {
			l.refuse(asFault(err))
		}
		ids = append(ids, id)
		from = to
	}
	if len(l.messages) > 0 {
		e.tx.Reset()
		e.db.remember(l.named)
		return answerLoad(false, l.messages), nil
	}
	return answerLoad(ids, []any{}), nil
}

func answerLoad(ids any, messages []any) xmlrpc.Struct {
	return xmlrpc.Struct{{Name: "ids", Value: ids}, {Name: "messages", Value: messages}, {Name: "nextrow", Value: 0}}
}

// ConflictedLoad is what load answers when it loses against another transaction:
// no fault but a message, and nothing changed.
func ConflictedLoad() xmlrpc.Struct {
	l := &loader{}
	l.refuse(Rule("could not serialize access due to concurrent update\n"))
	return answerLoad(false, l.messages)
}

func (e *Env) knownColumn(m *Model, name string) error {
	if name == ".id" || name == "id" || m.Fields[name] != nil {
		return nil
	}
	if e.db.Version >= 18 {
		return Unforeseen("ValueError", "Invalid field name %s", quote(name))
	}
	return Unforeseen("KeyError", "%s", quote(name))
}

// nextRecord is the row at which the next record begins: the rows between hold only
// lines of this one.
func nextRecord(m *Model, paths [][]string, rows [][]Cell, from int) int {
	to := from + 1
	for ; to < len(rows); to++ {
		lines := false
		for i, p := range paths {
			if i >= len(rows[to]) || rows[to][i].Text == "" {
				continue
			}
			f := m.Fields[p[0]]
			if f == nil || f.Type != "one2many" {
				return to
			}
			lines = true
		}
		if !lines {
			return to
		}
	}
	return to
}
