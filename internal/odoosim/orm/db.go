package orm

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"odoomesh/internal/odoosim/schema"
)

// DB is one Odoo database.
type DB struct {
	Version int
	Now     func() time.Time
	// OnCommit, if set, sees each transaction that has stored something before its
	// changes become visible, and answers what to do right after.
	OnCommit func(tx *Tx) (after func())
	models   map[string]*Model
	// refs are, for each model, the many2one fields of others that point at it.
	refs map[string][]*Field

	// mu guards the tables: readers hold it for one query, a commit while it applies.
	mu sync.RWMutex
	// commit is held by whoever commits, and during the whole of an exclusive
	// transaction, so that such a transaction never conflicts.
	commit sync.Mutex

	// numbers are the sequences; as in PostgreSQL a rollback leaves a gap.
	numbers map[string]int64
	numberM sync.Mutex
	// stale are the external ids of refused loads, with their models; numberM guards it.
	stale map[string]string
}

// Next is the next number of a sequence, which begins with 1.
func (db *DB) Next(sequence string) int64 {
	db.numberM.Lock()
	defer db.numberM.Unlock()
	db.numbers[sequence]++
	return db.numbers[sequence]
}

// Given is the last number that a sequence has given.
func (db *DB) Given(sequence string) int64 {
	db.numberM.Lock()
	defer db.numberM.Unlock()
	return db.numbers[sequence]
}

// NewDB makes an empty database with the recorded fields of a version. Behaviour
// is added with Model and Ready before first use.
func NewDB(version int, now func() time.Time) (*DB, error) {
	recorded, err := schema.Load(version)
	if err != nil {
		return nil, err
	}
	db := &DB{Version: version, Now: now, models: map[string]*Model{}, refs: map[string][]*Field{}, numbers: map[string]int64{}, stale: map[string]string{}}
	for name, fields := range recorded {
		m := &Model{Name: name, Label: name, RecName: "name", Fields: map[string]*Field{}, table: &table{}}
		m.Names = slices.Sorted(maps.Keys(fields))
		for n, f := range fields {
			// Up to 17 a company-dependent field says that it is not stored: it is, elsewhere.
			m.Fields[n] = &Field{Field: f, Name: n, model: m, class: classOf(f.Type), kept: f.CompanyDependent}
		}
		db.models[name] = m
	}
	return db, nil
}

// Model is the model of that name, nil where the simulation has none.
func (db *DB) Model(name string) *Model { return db.models[name] }

// Ready links the models after their behaviour has been set: delegated fields,
// inverse fields, indexes.
func (db *DB) Ready() error {
	for _, m := range db.models {
		if m.Inherits != "" {
			if err := db.delegate(m); err != nil {
				return err
			}
		}
		m.Fields["id"].Compute = func(_ *Env, id int64) Value { return Int(id) }
		m.Fields["display_name"].Compute = func(e *Env, id int64) Value { return Text(e.DisplayName(m, id)) }
		if f := m.Fields["__last_update"]; f != nil {
			f.Compute = func(e *Env, id int64) Value { return e.Get(m, id, "write_date") }
		}
	}
	for _, m := range db.models {
		for _, f := range m.Fields {
			if f.Type == "one2many" && f.Store {
				db.indexInverse(f)
			}
			if f.Type == "many2one" && f.stored() && db.models[f.Relation] != nil {
				db.refs[f.Relation] = append(db.refs[f.Relation], f)
			}
		}
	}
	for _, m := range db.models {
		for _, f := range m.Fields {
			if f.Index && f.stored() {
				f.index = newIndex(f)
				m.table.indexes = append(m.table.indexes, f.index)
			}
		}
	}
	return nil
}

// delegate lets fields that only the inherited model stores be read and written
// through the many2one.
func (db *DB) delegate(m *Model) error {
	through := m.Fields[m.Inherits]
	if through == nil || db.models[through.Relation] == nil {
		return fmt.Errorf("%s cannot inherit by %s", m.Name, m.Inherits)
	}
	for name, f := range m.Fields {
		if f.Store || f.kept || f.Compute != nil || f.Through != nil || name == "display_name" {
			continue
		}
		if target := db.models[through.Relation].Fields[name]; target != nil {
			f.Through, f.Target = through, target
		}
	}
	return nil
}

func (db *DB) indexInverse(f *Field) {
	other := db.models[f.Relation]
	if other == nil || f.RelationField == "" {
		return
	}
	if inverse := other.Fields[f.RelationField]; inverse != nil && inverse.stored() && inverse.Type == "many2one" {
		inverse.Index = true
	}
}

// References are the many2one fields that point at records of a model.
func (db *DB) References(model string) []*Field { return db.refs[model] }

// Model is the model that has the field.
func (f *Field) Model() *Model { return f.model }

// Models are all models, in no order.
func (db *DB) Models() []*Model { return slices.Collect(maps.Values(db.models)) }
