package capture

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

func (a *arrivals) note(key string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.noted[key] = now
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

// Stored implements reconcile.Observer: the rows that a record is made of have to be
// counted, even if they go before any look has met them, and the record be read once
// more after that.
func (e *Engine) Stored(collection string, key []byte, record *internalv1.CacheRecord) {
	c := e.byName[collection]
	if !c.records().Grouped() {
		e.tops.meet(c.records().Model(), resource.KeyID(key))
	}
	for _, rows := range record.GetRows() {
		for _, id := range rows.GetIds() {
			e.tops.meet(rows.GetModel(), id)
		}
	}
	if c.loaded.Load() {
		// Before that, the first comparison of all ids is still to come.
		c.arrivals.note(string(key), e.clock.Now())
	}
}

// recheck suspects what has come and was counted since.
func (c *collection) recheck() {
	if !c.arrivals.any() {
		return // as mostly
	}
	c.suspect(CauseRecheck, c.arrivals.before(c.engine.countedSince(c)))
}

// countedSince is when the last counts began since which all that a collection's
// records are made of has been counted.
func (e *Engine) countedSince(c *collection) time.Time {
	least := e.clock.Now()
	for _, t := range e.plan().counts {
		if at := t.state.lastAsked(); t.feeds(c) && at.Before(least) {
			least = at
		}
	}
	return least
}
