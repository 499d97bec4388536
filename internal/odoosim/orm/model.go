package orm

import (
	"sync/atomic"

	"odoomesh/internal/odoosim/schema"
)

// Model is one Odoo model: its fields as recorded and what it does with them.
type Model struct {
	Name    string
	Label   string // as in "You are not allowed to modify 'User'"
	Order   string // as Odoo's _order; empty means id
	RecName string // the field that name searches look at
	Parent  string // the many2one of the hierarchy for child_of, empty where there is none
	// ParentStored says that Odoo keeps the way up in the row (_parent_store).
	ParentStored bool
	// Inherits is the many2one through which fields of another model are read and
	// written (product.product: product_tmpl_id), empty where there is none.
	Inherits string
	Fields   map[string]*Field
	Names    []string // of all fields, sorted

	// Display is the record's display_name; nil takes RecName.
	Display func(e *Env, id int64) string
	// SearchNames are fields that a name search looks at beside RecName.
	SearchNames []string
	// BeforeCreate completes the values; the record gets what is in vals afterwards.
	BeforeCreate func(e *Env, vals map[string]any) error
	// BeforeWrite completes or refuses the values of a write.
	BeforeWrite func(e *Env, ids []int64, vals map[string]any) error
	// AfterWrite runs after creation (created true) and after a write of vals.
	AfterWrite func(e *Env, id int64, vals map[string]any, created bool) error
	// BeforeUnlink refuses a deletion, or answers what to do after it (nil: nothing).
	BeforeUnlink func(e *Env, ids []int64) (then func() error, err error)
	// Check holds the rules that a row must keep, at the end of a call and at commit.
	Check func(e *Env, id int64) error
	// Make replaces create where it does not always make a record.
	Make func(e *Env, vals map[string]any) (int64, error)
	// Actions are public methods that only this model has.
	Actions map[string]Action

	table *table
}

// Action is a public method beside those that every model has. A nil answer is
// Python's None.
type Action struct {
	// Params are its parameters after ids; a star marks those that must be given, an
	// equals sign those that are taken by name alone.
	Params []string
	// OnModel says that it runs on the model, and takes no ids.
	OnModel bool
	Do      func(e *Env, ids []int64, args map[string]any) (any, error)
}

// Act gives the model a public method that takes ids alone.
func (m *Model) Act(name string, do func(e *Env, ids []int64) (any, error)) {
	if m.Actions == nil {
		m.Actions = map[string]Action{}
	}
	m.Actions[name] = Action{Do: func(e *Env, ids []int64, _ map[string]any) (any, error) { return do(e, ids) }}
}

// ActOnModel gives the model a public method that takes nothing.
func (m *Model) ActOnModel(name string, do func(e *Env) (any, error)) {
	if m.Actions == nil {
		m.Actions = map[string]Action{}
	}
	m.Actions[name] = Action{OnModel: true, Do: func(e *Env, _ []int64, _ map[string]any) (any, error) { return do(e) }}
}

// Field is a recorded field with its behaviour.
type Field struct {
	schema.Field
	Name  string
	model *Model
	class class
	// Through is the many2one by which a delegated or related field is read and
	// written, Target the field there.
	Through *Field
	Target  *Field
	// Compute gives the value of a computed field, Inverse takes what is written to it.
	Compute func(e *Env, id int64) Value
	Inverse func(e *Env, id int64, v any) error
	Default func(e *Env) any
	// Index asks for a look-up by value: many2one and char fields.
	Index bool
	// Cascade deletes the record with the one that the many2one points at; a
	// required many2one does so anyway.
	Cascade bool
	// OwnedLines says that Odoo itself deletes the records with the one that the
	// many2one points at, and their external ids with them, where otherwise
	// PostgreSQL deletes the rows alone.
	OwnedLines bool
	// Restrict keeps the record from being deleted that the many2one points at.
	Restrict bool
	// Translate says that each language has a value of its own.
	Translate bool
	kept      bool

	// slot is the place in the row plus one; given with the first value, so that a
	// field which nobody uses costs no memory.
	slot  atomic.Int32
	index *index
}

// Field is the model's field of that name, nil where there is none.
func (m *Model) Field(name string) *Field { return m.Fields[name] }

// stored says whether values of the field live in the row of its own model.
func (f *Field) stored() bool {
	return (f.Store || f.kept) && f.class != none && f.Compute == nil && f.Through == nil
}

// Computed sets how the field is computed, if the model has it in this version.
func (m *Model) Computed(name string, compute func(e *Env, id int64) Value) {
	if f := m.Fields[name]; f != nil {
		f.Compute = compute
	}
}

// Kept stores a field that Odoo computes and keeps elsewhere.
func (m *Model) Kept(names ...string) {
	for _, name := range names {
		if f := m.Fields[name]; f != nil {
			f.kept = true
		}
	}
}

// Related reads and writes a field through a many2one.
func (db *DB) Related(model, name, through, target string) {
	m := db.models[model]
	f, by := m.Fields[name], m.Fields[through]
	if f == nil || by == nil {
		return
	}
	if t := db.models[by.Relation].Fields[target]; t != nil {
		f.Through, f.Target = by, t
	}
}

// Defaults sets the values a new record gets where none are given.
func (m *Model) Defaults(values map[string]any) {
	for name, v := range values {
		if f := m.Fields[name]; f != nil {
			f.Default = func(*Env) any { return v }
		}
	}
}

// Cascades sets Cascade for many2one fields.
func (m *Model) Cascades(names ...string) {
	for _, name := range names {
		if f := m.Fields[name]; f != nil {
			f.Cascade = true
		}
	}
}

// Indexed asks for a look-up by value.
func (m *Model) Indexed(names ...string) {
	for _, name := range names {
		if f := m.Fields[name]; f != nil {
			f.Index = true
		}
	}
}

// Restricts sets Restrict for many2one fields, and asks for their look-up.
func (m *Model) Restricts(names ...string) {
	for _, name := range names {
		if f := m.Fields[name]; f != nil {
			f.Restrict, f.Index = true, true
		}
	}
}
