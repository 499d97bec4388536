package change

import (
	"sync"
	"time"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/resource"
)

// What was read from Odoo may be deleted there before it is stored here, by a live
// read beside capture or because its transaction committed between two counts; no
// count falls for what it never counted. So whatever comes into the cache is read
// once more when all its models have been counted since: from then on its deletion
// makes a number fall.
type arrivals struct {
	mu sync.Mutex
	// noted is when each record came, or got other rows, by its key.
	noted map[string]time.Time
}

func (a *arrivals) note(keys []string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range keys {
		a.noted[key] = now
	}
}

// any tells whether there are some.
func (a *arrivals) any() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.noted) > 0
}

// before takes out those that came before a time.
func (a *arrivals) before(t time.Time) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var keys []string
	for key, at := range a.noted {
		if at.Before(t) {
			keys = append(keys, key)
			delete(a.noted, key)
		}
	}
	return keys
}

// tops are the greatest ids of models that were met, by looks and in records.
type tops struct {
	mu sync.Mutex
	of map[string]int64
}

func (t *tops) meet(model string, id int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of[model] = max(t.of[model], id)
}

func (t *tops) top(model string) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of[model]
}

// meetRows notes the rows that a record is made of: they have to be counted, even
// if they go before any look has met them.
func (e *Engine) meetRows(d *domain, key []byte, record *internalv1.CacheRecord) {
	if !d.source().Grouped() {
		e.tops.meet(d.source().Model(), resource.KeyID(key))
	}
	for _, rows := range record.GetRows() {
		for _, id := range rows.GetIds() {
			e.tops.meet(rows.GetModel(), id)
		}
	}
}

// reviewArrivals notes what has come and was counted since.
func (e *Engine) reviewArrivals() {
	for _, d := range e.domains {
		if !d.arrivals.any() {
			continue // as mostly, and every turn asks
		}
		for _, key := range d.arrivals.before(e.countedSince(d)) {
			d.pending[key] = true
		}
	}
}

// countedSince is when the last turn began since which all that a domain's records
// are made of has been counted.
func (e *Engine) countedSince(d *domain) time.Time {
	least := e.stepped
	for _, t := range e.tallies {
		if t.concerns(d) && t.counted.Before(least) {
			least = t.counted
		}
	}
	return least
}
