package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// A mass deletion is more often a lost access right than the truth: when more
// than deletionsAtLeast records and more than one in deletionsShare of the
// collection would go at once, they stay until an operator lets them go.
const (
	deletionsAtLeast = 100
	deletionsShare   = 4
)

// HeldError says that a mass deletion was not carried out.
type HeldError struct {
	Collection string
	Count      int
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("%d %s seem to be gone from Odoo at once: they are kept until an operator confirms the deletion", e.Count, e.Collection)
}

// Remove writes tombstones for records that Odoo no longer has. Unless accepted, a
// mass deletion is held back with a *HeldError. What is held already stays so, and
// does not count: a record that goes later is judged by what goes with it.
func (r *Reconciler) Remove(ctx context.Context, gone []string, accepted bool) (int, error) {
	if !accepted {
		gone = r.held.leaveOut(gone)
		if len(gone) > deletionsAtLeast && int64(len(gone))*deletionsShare > r.Cache.Count(r.Name) {
			r.held.add(gone)
			return 0, &HeldError{Collection: r.Name, Count: len(gone)}
		}
	}
	ctx, err := r.reading.take(ctx)
	if err != nil {
		return 0, err
	}
	defer r.reading.leave()
	if err := r.store(ctx); err != nil {
		return 0, err
	}
	defer r.stored()
	var payloads [][]byte
	for _, key := range gone {
		before, err := r.Cached(key)
		if err != nil {
			return 0, err
		}
		if before == nil {
			continue
		}
		payload, err := r.change([]byte(key), internalv1.ChangeKind_CHANGE_KIND_DELETED, before, nil)
		if err != nil {
			return 0, err
		}
		payloads = append(payloads, payload)
	}
	if err := r.append(ctx, payloads); err != nil {
		return 0, err
	}
	r.observer.Removed()
	return len(payloads), nil
}

// Held is how many records seem to be gone and wait for an operator.
func (r *Reconciler) Held() int64 { return r.held.count() }

// Hold keeps exactly these of the records although they seem to be gone: those that
// the cache has. It returns how many.
func (r *Reconciler) Hold(keys []string) (int, error) {
	var there []string
	for _, key := range keys {
		kept, err := r.Cached(key)
		if err != nil {
			return 0, err
		}
		if kept != nil {
			there = append(there, key)
		}
	}
	r.held.set(there)
	return len(there), nil
}

// Release lets go of the held records that are not gone after all.
func (r *Reconciler) Release(there func(key string) bool) { r.held.release(there) }

// held are the keys of records that seem to be gone and wait for an operator.
type held struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (h *held) count() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return int64(len(h.keys))
}

func (h *held) leaveOut(keys []string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return h.keys[key] })
}

func (h *held) set(keys []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.keys)
	for _, key := range keys {
		h.keys[key] = true
	}
}

func (h *held) add(keys []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, key := range keys {
		h.keys[key] = true
	}
}

func (h *held) release(there func(key string) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.keys, func(key string, _ bool) bool { return there(key) })
}
