package mapping

import (
	"sync"

	"odoomesh/internal/odoo"
)

// referencesKept bounds the rows that are kept of one model.
const referencesKept = 20_000

// references keeps rows of reference data, such as units and categories, so that
// a record costs no more calls than it has rows of its own. Whoever watches the
// models forgets what has changed.
type references struct {
	mu     sync.Mutex
	tables map[string]map[int64]reference
	// ages counts how often a model was forgotten: what was asked for before that
	// and answered after it must not be kept.
	ages map[string]int
}

// reference is a kept row. shown says that all records that show the row show it as it
// is kept: those that are older than the keeping may show it as it was before.
type reference struct {
	row   odoo.Row
	shown bool
}

// newReferences keeps rows of the models that are reached as reference data only.
func newReferences(watches []WatchedModel) *references {
	r := &references{tables: map[string]map[int64]reference{}, ages: map[string]int{}}
	for _, w := range watches {
		if w.Reference {
			r.tables[w.Model] = map[int64]reference{}
		}
	}
	for _, w := range watches {
		if !w.Reference {
			delete(r.tables, w.Model)
		}
	}
	return r
}

// take copies the rows that are kept, and lists the ids of the others.
func (r *references) take(to tables, model string, ids []int64) (missing []int64, age int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.tables[model]
	for _, id := range ids {
		if one, ok := kept[id]; ok {
			to[model][id] = one.row
		} else {
			missing = append(missing, id)
		}
	}
	return missing, r.ages[model]
}

// put keeps rows that were read at an age; shown says that the records that show them
// are read again, or need not be.
func (r *references) put(model string, rows []odoo.Row, age int, shown bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, isReference := r.tables[model]
	if !isReference || age != r.ages[model] || len(kept)+len(rows) > referencesKept {
		return
	}
	for _, row := range rows {
		kept[row.ID()] = reference{row, shown}
	}
}

// renew gives what is kept of some rows and shown by their records, and whether anything
// of their model ever is, and lets no row be kept that somebody else has asked for
// before now.
func (r *references) renew(model string, ids []int64) (was map[int64]odoo.Row, keeps bool, age int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ages[model]++
	kept, keeps := r.tables[model]
	was = map[int64]odoo.Row{}
	for _, id := range ids {
		if one := kept[id]; one.shown {
			was[id] = one.row
		}
	}
	return was, keeps, r.ages[model]
}

// forget drops what is kept of a model. All of it goes: a category shows the names
// of others, and such changes are rare.
func (r *references) forget(model string) (age int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.tables[model])
	r.ages[model]++
	return r.ages[model]
}

// Forget drops what is remembered of a model whose rows have changed.
func (s *Reader) Forget(model string) { s.references.forget(model) }
