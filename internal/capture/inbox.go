package capture

import (
	"sync"
	"time"
)

// inbox holds what detectors have told a collection since its worker last looked. It
// loses nothing and needs no bound: it holds each row and record once.
type inbox struct {
	mu     sync.Mutex
	rows   map[string]map[int64]Cause
	keys   map[string]Cause
	probed map[detector]time.Time
	until  map[string]time.Time
	wake   chan struct{}
}

func newInbox() *inbox {
	b := &inbox{wake: make(chan struct{}, 1)}
	b.empty()
	return b
}

func (b *inbox) empty() {
	b.rows, b.keys = map[string]map[int64]Cause{}, map[string]Cause{}
	b.probed, b.until = map[detector]time.Time{}, map[string]time.Time{}
}

func (b *inbox) ring() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

func (b *inbox) suspectRows(s suspectRows) {
	b.mu.Lock()
	defer b.mu.Unlock()
	addRows(b.rows, s.model, s.ids, s.cause)
	b.ring()
}

func addRows(to map[string]map[int64]Cause, model string, ids []int64, cause Cause) {
	if to[model] == nil {
		to[model] = map[int64]Cause{}
	}
	for _, id := range ids {
		to[model][id] = cause
	}
}

func (b *inbox) suspectKeys(cause Cause, keys []string) {
	if len(keys) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range keys {
		b.keys[key] = cause
	}
	b.ring()
}

// mark says that a probe that began at a time has told all it found.
func (b *inbox) mark(d detector, began, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probed[d] = began
	if !until.IsZero() {
		b.until[d.model()] = until
	}
	b.ring()
}
