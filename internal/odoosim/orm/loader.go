package orm

import (
	"fmt"
	"slices"

	"odoomesh/internal/odoosim/xmlrpc"
)

// loader is one run of load with the place at which it is.
type loader struct {
	e                *Env
	messages         []any
	record, from, to int
}

func (l *loader) rows() xmlrpc.Member {
	return xmlrpc.Member{Name: "rows", Value: xmlrpc.Struct{{Name: "from", Value: l.from}, {Name: "to", Value: l.to}}}
}

// refuse notes what the record as a whole was refused for.
func (l *loader) refuse(f *Fault) {
	text := f.Text
	if f.Code == 1 {
		text = "Unknown error during import: " + f.Text
	}
	l.messages = append(l.messages, xmlrpc.Struct{
		l.rows(), {Name: "record", Value: l.record}, {Name: "type", Value: "error"}, {Name: "message", Value: text},
	})
}

// complain notes what is wrong with a value.
func (l *loader) complain(f *Field, more xmlrpc.Struct, format string, args ...any) {
	label := fieldLabel(f)
	msg := xmlrpc.Struct{
		l.rows(), {Name: "type", Value: "error"}, {Name: "record", Value: l.record}, {Name: "field", Value: f.Name},
		{Name: "message", Value: fmt.Sprintf(format, args...) + " '" + label + "'"},
	}
	if more != nil {
		msg = append(msg, xmlrpc.Member{Name: "moreinfo", Value: more})
	}
	l.messages = append(l.messages, append(msg, xmlrpc.Member{Name: "field_name", Value: label}))
}

// one loads the rows of one record: found by its external or database id it is
// written again, otherwise created.
func (l *loader) one(m *Model, paths [][]string, rows [][]string) (int64, error) {
	vals, xid, dbID, lines := map[string]any{}, "", int64(0), map[string]bool{}
	for i, p := range paths {
		cell := ""
		if i < len(rows[0]) {
			cell = rows[0][i]
		}
		f := m.Fields[p[0]]
		switch {
		case len(p) == 1 && p[0] == "id":
			xid = cell
		case len(p) == 1 && p[0] == ".id":
			dbID, _ = asInt(cell)
		case f.Type == "one2many" && len(p) > 1:
			lines[p[0]] = true
		default:
			if v, ok := l.value(f, p[1:], cell); ok {
				vals[p[0]] = v
			}
		}
	}
	if len(l.messages) > 0 {
		return 0, nil
	}
	id, err := l.save(m, xid, dbID, vals)
	if err != nil {
		return 0, err
	}
	for name := range lines {
		if err := l.lines(m.Fields[name], id, paths, rows); err != nil {
			return 0, err
		}
	}
	return id, nil
}

func (l *loader) save(m *Model, xid string, dbID int64, vals map[string]any) (int64, error) {
	e := l.e
	if dbID != 0 {
		return dbID, e.Write(m, []int64{dbID}, vals)
	}
	if xid == "" {
		return e.Create(m, vals)
	}
	module, name := splitExternalID(xid)
	dataID, model, id, known := e.externalID(module, name)
	if known && model == m.Name && e.Exists(m, id) {
		return id, e.Write(m, []int64{id}, vals)
	}
	if known {
		e.tx.remove(e.db.models[modelData], dataID)
	}
	id, err := e.Create(m, vals)
	if err != nil {
		return 0, err
	}
	return id, e.NameRecord(m, id, module, name)
}

// lines loads a one2many's columns, each row one line.
func (l *loader) lines(f *Field, parent int64, paths [][]string, rows [][]string) error {
	other := l.e.db.models[f.Relation]
	if other == nil || other.Fields[f.RelationField] == nil {
		return Unforeseen("KeyError", "%s", quote(f.Relation))
	}
	var sub [][]string
	var columns []int
	for i, p := range paths {
		if p[0] == f.Name && len(p) > 1 {
			if err := l.e.knownColumn(other, p[1]); err != nil {
				return err
			}
			sub, columns = append(sub, p[1:]), append(columns, i)
		}
	}
	for _, row := range rows {
		cells := make([]string, len(columns))
		for j, i := range columns {
			if i < len(row) {
				cells[j] = row[i]
			}
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return s != "" }) {
			continue
		}
		back := append(slices.Clone(sub), []string{f.RelationField, ".id"})
		cells = append(cells, fmt.Sprint(parent))
		if _, err := l.one(other, back, [][]string{cells}); err != nil {
			return err
		}
	}
	return nil
}
