package flat

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/export"
	"odoomesh/internal/record"
)

// Table is one table of a collection.
type Table struct {
	// Name is that of the collection, such as stock_positions, and for a list in its records
	// the list's behind it: orders_lines.
	Name string
	// Collection is whose records it has, such as stockPositions.
	Collection string
	Columns    []export.Column
}

// The tables that records of all collections share: maps and faults would otherwise make two
// more of each, which are mostly empty.
const (
	Attributes = "attributes"
	Faults     = "faults"
)

// Shared are the tables of what all records have.
func Shared() []*Table {
	whose := []export.Column{
		{Name: "collection", Kind: export.Word, Required: true}, {Name: "record", Kind: export.Text, Required: true},
	}
	texts := func(names ...string) []export.Column {
		all := slices.Clone(whose)
		for _, name := range names {
			all = append(all, export.Column{Name: name, Kind: export.Text})
		}
		return all
	}
	faults := texts("field", "odoo_model", "odoo_id", "odoo_field", "problem")
	faults[4].Kind = export.Integer
	return []*Table{{Name: Attributes, Columns: texts("key", "value")}, {Name: Faults, Columns: faults}}
}

// Schema is how the records of one collection become rows.
type Schema struct {
	// Tables are the record's own first, then those of its lists.
	Tables []*Table
	// root says how the record's own row is made.
	root *plan
}

// plan is how a message becomes a row of a table.
type plan struct {
	table int
	// path is where the message is in the record; empty for the record itself.
	path string
	// keys are the columns before the message's own: the record's name, and a number for
	// each list that leads there.
	keys  int
	steps []step
	// record says that the message is the record itself.
	record bool
	// id is the column of the number in a record's name; -1 for none.
	id int
}

// step is what becomes of one field.
type step struct {
	field protoreflect.FieldDescriptor
	// column is the first of its columns.
	column int
	// value makes the value of one column, and values those of several.
	value  func(protoreflect.Value) export.Value
	values func(v protoreflect.Value, into []export.Value)
	// part says that it holds a message, inside are the steps of that, and list is the plan
	// of the elements of a list of messages.
	part   bool
	inside []step
	list   *plan
}

// New reads the schema of a collection off its record. hidden are the paths of the fields
// that a caller does not meet; numbered says that the names of the records end in one number.
func New(collection string, of protoreflect.MessageDescriptor, hidden []string, numbered bool) (*Schema, error) {
	b := &builder{schema: &Schema{}, collection: collection, hidden: hidden}
	p := b.begin(snake(collection), "", nil)
	p.record = true
	if numbered {
		p.id = b.column(0, export.Column{Name: "id", Kind: export.Integer})
	}
	var err error
	if p.steps, err = b.steps(p, of, "", ""); err != nil {
		return nil, err
	}
	return b.schema, b.schema.check()
}

// check refuses columns of one name, which no format could tell apart.
func (s *Schema) check() error {
	for _, t := range s.Tables {
		met := map[string]bool{}
		for _, c := range t.Columns {
			if met[c.Name] {
				return fmt.Errorf("the table %s would have two columns %s", t.Name, c.Name)
			}
			met[c.Name] = true
		}
	}
	return nil
}

// builder puts a schema together.
type builder struct {
	schema     *Schema
	collection string
	hidden     []string
}

// begin adds a table for the message on a path.
func (b *builder) begin(name, path string, keys []export.Column) *plan {
	p := &plan{table: len(b.schema.Tables), keys: len(keys), id: -1, path: path}
	b.schema.Tables = append(b.schema.Tables, &Table{Name: name, Collection: b.collection, Columns: slices.Clone(keys)})
	if b.schema.root == nil {
		b.schema.root = p
	}
	return p
}

// column adds a column, and tells its place.
func (b *builder) column(table int, c export.Column) int {
	t := b.schema.Tables[table]
	t.Columns = append(t.Columns, c)
	return len(t.Columns) - 1
}

// isHidden tells whether the caller does not meet a path.
func (b *builder) isHidden(path string) bool { return slices.Contains(b.hidden, path) }

// leftOut are what each record has and no row: an etag is for writes, what is shared has
// tables of its own, and what people call other records stands in the tables of these.
func leftOut(m protoreflect.MessageDescriptor, f protoreflect.FieldDescriptor) bool {
	if m.FullName() == "mesh.types.v1.Provenance" {
		switch f.Name() {
		case "odoo_instance", "company", "verified_time", "faults":
			return true
		}
	}
	return f.Name() == "etag" || f.IsMap() && (f.Name() == Attributes || f.Name() == record.References)
}

// steps reads the fields of a message, whose columns begin with a prefix.
func (b *builder) steps(p *plan, m protoreflect.MessageDescriptor, prefix, path string) ([]step, error) {
	var all []step
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		at := strings.TrimPrefix(path+"."+string(f.Name()), ".")
		if leftOut(m, f) || b.isHidden(at) {
			continue
		}
		s, err := b.step(p, f, prefix, at)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.FullName(), err)
		}
		all = append(all, s)
	}
	return all, nil
}

func (b *builder) step(p *plan, f protoreflect.FieldDescriptor, prefix, path string) (step, error) {
	s := step{field: f}
	name := prefix + string(f.Name())
	var err error
	switch {
	case f.IsList() && isPart(f):
		s.list, err = b.list(p, f, path)
	case f.IsList(), f.IsMap():
		if s.value, err = jsonOf(f); err == nil {
			s.column = b.column(p.table, export.Column{Name: name, Kind: export.JSON})
		}
	case isPart(f):
		if len(prefix) > 200 {
			return s, fmt.Errorf("messages lie in each other without an end")
		}
		inner := name + "_"
		if f.Message().FullName() == "mesh.types.v1.Provenance" {
			inner = "provenance_"
		}
		s.part = true
		s.inside, err = b.steps(p, f.Message(), inner, path)
	case f.Message() != nil && f.Message().FullName() == "google.type.Money":
		s.values = money
		s.column = b.column(p.table, export.Column{Name: name, Kind: export.Amount})
		b.column(p.table, export.Column{Name: name + "_currency", Kind: export.Word})
	default:
		var kind export.Kind
		if kind, s.value, err = leaf(f); err == nil {
			s.column = b.column(p.table, export.Column{Name: name, Kind: kind, Required: p.record && prefix == "" && name == "name"})
		}
	}
	return s, err
}

// list makes the table of a list of messages.
func (b *builder) list(p *plan, f protoreflect.FieldDescriptor, path string) (*plan, error) {
	parent := b.schema.Tables[p.table]
	keys := []export.Column{{Name: "record", Kind: export.Text, Required: true}}
	if !p.record {
		keys = slices.Clone(parent.Columns[:p.keys])
	}
	number := one(string(f.Name())) + "_number"
	if slices.ContainsFunc(keys, func(c export.Column) bool { return c.Name == number }) {
		number = strings.ReplaceAll(path, ".", "_") + "_number"
	}
	keys = append(keys, export.Column{Name: number, Kind: export.Integer, Required: true})
	below := strings.TrimPrefix(strings.TrimPrefix(path, p.path), ".")
	inner := b.begin(parent.Name+"_"+strings.ReplaceAll(below, ".", "_"), path, keys)
	var err error
	inner.steps, err = b.steps(inner, f.Message(), "", path)
	return inner, err
}
