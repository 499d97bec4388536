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
	// outer is the one2many whose lines are being read.
	outer *Field
	// fault is what Python raised while it read a cell: it ends the call.
	fault error
	// named are the external ids given so far.
	named []externalName
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
	msg := xmlrpc.Struct{l.rows(), {Name: "record", Value: l.record}, {Name: "type", Value: "error"}}
	if f.missing != nil {
		l.messages = append(l.messages, append(msg, xmlrpc.Member{Name: "message", Value: l.e.missingText(f.missing)},
			xmlrpc.Member{Name: "field", Value: f.missing.Name}))
		return
	}
	l.messages = append(l.messages, append(msg, xmlrpc.Member{Name: "message", Value: text}))
}

// complain notes what is wrong with a value. What is wrong in a line is said of the
// one2many, with the line's field behind it.
func (l *loader) complain(f *Field, more any, format string, args ...any) {
	label := fieldLabel(f)
	if l.outer != nil {
		label = fieldLabel(l.outer) + "/" + label
		f = l.outer
	}
	msg := xmlrpc.Struct{
		l.rows(), {Name: "type", Value: "error"}, {Name: "record", Value: l.record}, {Name: "field", Value: f.Name},
		{Name: "message", Value: fmt.Sprintf(format, args...) + " '" + label + "'"},
	}
	if more != nil {
		msg = append(msg, xmlrpc.Member{Name: "moreinfo", Value: more})
	}
	l.messages = append(l.messages, append(msg, xmlrpc.Member{Name: "field_name", Value: fieldLabel(f)}))
}

// draft is a record as its rows say it is to be.
type draft struct {
	m     *Model
	xid   string
	dbID  int64
	vals  map[string]any
	names []string // of the one2many fields, in the order of their columns
	lines map[string][]draft
}

// one loads the rows of one record: found by its external or database id it is
// written again, otherwise created. A value that is refused is complained about, and
// the record is tried without it, as Odoo does to find more that is wrong.
func (l *loader) one(m *Model, paths [][]string, rows [][]Cell) (int64, error) {
	d, err := l.draft(m, paths, rows)
	if err != nil || l.fault != nil {
		return 0, err
	}
	for _, name := range d.names {
		lines, err := l.lines(m.Fields[name], paths, rows)
		if err != nil || l.fault != nil {
			return 0, err
		}
		d.lines[name] = lines
	}
	return l.save(d)
}

func (l *loader) draft(m *Model, paths [][]string, rows [][]Cell) (draft, error) {
	d := draft{m: m, vals: map[string]any{}, lines: map[string][]draft{}}
	for i, p := range paths {
		cell := Cell{}
		if i < len(rows[0]) {
			cell = rows[0][i]
		}
		f := m.Fields[p[0]]
		switch {
		case len(p) == 1 && p[0] == "id":
			d.xid = cell.Text
		case len(p) == 1 && p[0] == ".id":
			d.dbID, _ = asInt(cell.Text)
		case f.Type == "one2many" && len(p) > 1:
			if !slices.Contains(d.names, p[0]) {
				d.names = append(d.names, p[0])
			}
		default:
			if v, ok := l.value(f, p[1:], cell); ok {
				d.vals[p[0]] = v
			}
		}
	}
	return d, nil
}

// save writes a draft with its lines.
func (l *loader) save(d draft) (int64, error) {
	id, err := l.put(d)
	if err != nil {
		return 0, err
	}
	for _, name := range d.names {
		back := d.m.Fields[name].RelationField
		for _, line := range d.lines[name] {
			line.vals[back] = id
			if _, err := l.put(line); err != nil {
				return 0, err
			}
		}
	}
	return id, nil
}

// put writes a draft without its lines.
func (l *loader) put(d draft) (int64, error) {
	e := l.e
	if d.dbID != 0 {
		return d.dbID, l.rewrite(d, d.dbID)
	}
	if d.xid == "" {
		return e.Create(d.m, d.vals)
	}
	module, name := splitExternalID(d.xid)
	dataID, model, id, known := e.externalID(module, name)
	if known && model == d.m.Name && e.Exists(d.m, id) {
		return id, l.rewrite(d, id)
	}
	if known {
		e.tx.remove(e.db.models[modelData], dataID)
	}
	id, err := e.Create(d.m, d.vals)
	if err != nil {
		return 0, err
	}
	l.named = append(l.named, externalName{module, name, d.m.Name})
	return id, e.NameRecord(d.m, id, module, name)
}

// rewrite changes a record that is there. The lines are written apart, but the model's
// rules see that some come.
func (l *loader) rewrite(d draft, id int64) error {
	for _, name := range d.names {
		d.vals[name] = false // no command
	}
	return l.e.Write(d.m, []int64{id}, d.vals)
}

// lines reads a one2many's columns, each row one line. After the first value that is
// refused Odoo drops the whole field.
func (l *loader) lines(f *Field, paths [][]string, rows [][]Cell) ([]draft, error) {
	other := l.e.db.models[f.Relation]
	if other == nil || other.Fields[f.RelationField] == nil {
		return nil, Unforeseen("KeyError", "%s", quote(f.Relation))
	}
	var sub [][]string
	var columns []int
	for i, p := range paths {
		if p[0] == f.Name && len(p) > 1 {
			if err := l.e.knownColumn(other, p[1]); err != nil {
				return nil, err
			}
			sub, columns = append(sub, p[1:]), append(columns, i)
		}
	}
	l.outer = f
	defer func() { l.outer = nil }()
	var out []draft
	for _, row := range rows {
		cells := make([]Cell, len(columns))
		for j, i := range columns {
			if i < len(row) {
				cells[j] = row[i]
			}
		}
		if !slices.ContainsFunc(cells, func(c Cell) bool { return c.Text != "" }) {
			continue
		}
		said := len(l.messages)
		d, err := l.draft(other, sub, [][]Cell{cells})
		if err != nil {
			return nil, err
		}
		if len(l.messages) > said {
			l.messages = l.messages[:said+1]
			return nil, nil
		}
		out = append(out, d)
	}
	return out, nil
}
