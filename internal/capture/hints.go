package capture

import (
	"sync"
	"time"
)

// A hint says that something is about to change or has just changed: Odoo 17 and
// 18 send their webhooks before the transaction commits, 19 after it. So the
// model is looked at now and again in short steps for a moment; the hint itself
// is never taken for the change.
const (
	hintFollow = 600 * time.Millisecond
	hintPause  = 30 * time.Millisecond
)

// hints remembers which models are worth a look, and until when.
type hints struct {
	mu    sync.Mutex
	until map[string]time.Time
	wake  chan struct{}
}

func newHints() *hints {
	return &hints{until: map[string]time.Time{}, wake: make(chan struct{}, 1)}
}

// Hint brings the next look at an Odoo model forward. It never blocks, and takes
// any name: a model that is not watched is ignored.
func (e *Engine) Hint(model string) {
	if e.plan().stamps[model] == nil {
		return
	}
	e.hints.mu.Lock()
	defer e.hints.mu.Unlock()
	e.hints.until[model] = e.clock.Now().Add(hintFollow)
	select {
	case e.hints.wake <- struct{}{}:
	default:
	}
}

// models lists the models that hints are fresh for.
func (h *hints) models(now time.Time) map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	fresh := map[string]bool{}
	for model, until := range h.until {
		if now.Before(until) {
			fresh[model] = true
		} else {
			delete(h.until, model)
		}
	}
	return fresh
}
