package change

import (
	"time"

	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// rereadAtOnce is how many records are read again together: a change waits for no
// more than these.
const rereadAtOnce = 50

// reading walks through a domain's records, reads them again some at a time, and
// begins anew: what Odoo changes by SQL, without a stamp and without a row less,
// is healed in this way alone. Quants are merged so: their domain is read once
// between two censuses, the others once a day.
type reading struct {
	domain *domain
	asked  time.Time
	after  []byte
}

// rereadPace is the pause between two parts.
func (e *Engine) rereadPace(r *reading) time.Duration {
	whole := e.Reread
	if r.domain.source().Grouped() {
		whole = e.Census
	}
	parts := 1 + e.cache.Count(r.domain.Name)/rereadAtOnce
	return whole / time.Duration(parts)
}

// reread notes the next part of a domain's records.
func (e *Engine) reread(r *reading, now time.Time) error {
	r.asked = now
	snapshot := e.cache.Snapshot()
	defer snapshot.Close()
	n := 0
	for hit, err := range snapshot.Records(r.domain.Name, store.Range{AfterKey: r.after, KeysOnly: true}) {
		if err != nil {
			return err
		}
		if n == rereadAtOnce {
			return nil
		}
		n++
		r.after = append([]byte(nil), hit.Key...)
		r.domain.pending[string(hit.Key)] = true
	}
	r.after = nil
	return nil
}

// forsaken notes that a record is gone: what points at it is to be read again. Odoo
// empties such links by SQL, and stamps nothing.
func (e *Engine) forsaken(d *domain, key []byte) {
	e.orphans.Lock()
	defer e.orphans.Unlock()
	e.orphans.names = append(e.orphans.names, resource.NameOf(d.Name, key))
}

// touchForsaken notes the records that the indexes know to name one that is gone.
func (e *Engine) touchForsaken() error {
	e.orphans.Lock()
	names := e.orphans.names
	e.orphans.names = nil
	e.orphans.Unlock()
	if len(names) == 0 {
		return nil
	}
	snapshot := e.cache.Snapshot()
	defer snapshot.Close()
	for _, d := range e.domains {
		for _, f := range d.fields {
			if !f.IsText() {
				continue
			}
			for _, name := range names {
				for hit, err := range snapshot.Index(d.Name, f.Path, store.Range{Prefix: f.Text(name), Exact: true, KeysOnly: true}) {
					if err != nil {
						return err
					}
					d.pending[string(hit.Key)] = true
				}
			}
		}
	}
	return nil
}
