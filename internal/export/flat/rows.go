package flat

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/export"
	"odoomesh/internal/resource"
)

// Sink takes rows. Row begins the next row of one of a schema's tables, or of the shared one
// with a name: as many empty values as it has columns, which are filled before the next row
// of that table is begun.
type Sink interface {
	Row(t *Table) ([]export.Value, error)
	Shared(name string) ([]export.Value, error)
}

// common is what the records of Odoo have.
type common interface {
	GetName() string
	GetAttributes() map[string]string
	GetProvenance() *typesv1.Provenance
}

// Rows makes the rows of a record.
func (s *Schema) Rows(record protoreflect.Message, to Sink) error {
	c, ok := record.Interface().(common)
	name := ""
	if ok {
		name = c.GetName()
	} else if f := record.Descriptor().Fields().ByName("name"); f != nil {
		name = record.Get(f).String()
	}
	w := &writing{schema: s, sink: to, keys: []export.Value{{Set: true, Text: name}}}
	if err := w.row(s.root, record, nil); err != nil || !ok {
		return err
	}
	return s.shared(c, to)
}

// shared makes the rows of what all records have.
func (s *Schema) shared(c common, to Sink) error {
	collection := s.Tables[0].Collection
	begin := func(table string, values ...string) ([]export.Value, error) {
		row, err := to.Shared(table)
		if err != nil {
			return nil, err
		}
		row[0], row[1] = export.Value{Set: true, Text: collection}, export.Value{Set: true, Text: c.GetName()}
		for i, v := range values {
			row[2+i] = textOf(v)
		}
		return row, nil
	}
	for _, key := range slices.Sorted(maps.Keys(c.GetAttributes())) {
		if _, err := begin(Attributes, key, c.GetAttributes()[key]); err != nil {
			return err
		}
	}
	for _, f := range c.GetProvenance().GetFaults() {
		row, err := begin(Faults, f.GetField(), f.GetOdooModel(), "", f.GetOdooField(), f.GetProblem())
		if err != nil {
			return err
		}
		row[4] = export.Value{Set: f.GetOdooId() != 0, Number: f.GetOdooId()}
	}
	return nil
}

// writing is a record that becomes rows.
type writing struct {
	schema *Schema
	sink   Sink
	// keys are the record's name, and the numbers in the lists that lead to where it is.
	keys []export.Value
}

// row makes the row of a message, and those of the lists in it.
func (w *writing) row(p *plan, m protoreflect.Message, keys []export.Value) error {
	row, err := w.sink.Row(w.schema.Tables[p.table])
	if err != nil {
		return err
	}
	copy(row, keys)
	if p.id >= 0 {
		key, err := resource.KeyOf(w.schema.Tables[0].Collection, w.keys[0].Text)
		if err != nil {
			return err
		}
		row[p.id] = export.Value{Set: true, Number: resource.KeyID(key)}
	}
	return w.steps(p, p.steps, m, row, keys)
}

func (w *writing) steps(p *plan, steps []step, m protoreflect.Message, row, keys []export.Value) error {
	for i := range steps {
		s := &steps[i]
		if s.field.HasPresence() && !m.Has(s.field) {
			continue
		}
		v := m.Get(s.field)
		switch {
		case s.list != nil:
			if err := w.list(p, s.list, v.List(), keys); err != nil {
				return err
			}
		case s.part:
			if err := w.steps(p, s.inside, v.Message(), row, keys); err != nil {
				return err
			}
		case s.values != nil:
			s.values(v, row[s.column:])
		case s.field.IsList() && v.List().Len() == 0, s.field.IsMap() && v.Map().Len() == 0:
		default:
			row[s.column] = s.value(v)
		}
	}
	return nil
}

func (w *writing) list(p, inner *plan, all protoreflect.List, keys []export.Value) error {
	if p.record {
		keys = w.keys
	}
	for i := range all.Len() {
		at := append(slices.Clone(keys), export.Value{Set: true, Number: int64(i) + 1})
		if err := w.row(inner, all.Get(i).Message(), at); err != nil {
			return err
		}
	}
	return nil
}
