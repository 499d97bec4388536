package eventbook

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/business"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// author tells what records mean, and each occurrence once.
type author struct {
	*Book
	rules       business.Rules
	collections []string
	told        *prometheus.CounterVec
	// waiting are the types of the events that wait to be recorded.
	waiting []string
}

// Begin implements journal.Author.
func (a *author) Begin() { a.waiting = a.waiting[:0] }

// Recorded implements journal.Author.
func (a *author) Recorded() {
	for _, kind := range a.waiting {
		a.told.WithLabelValues(kind).Inc()
	}
}

// Records implements journal.Author.
func (a *author) Records() (sum int64) {
	for _, c := range a.collections {
		sum += a.Cache.Count(c)
	}
	return sum
}

// Change tells what a record means after a change.
func (a *author) Change(_ context.Context, w *journal.Writer, c *internalv1.ChangeRecord, by journal.Cause) error {
	if !slices.Contains(a.collections, c.GetCollection()) || c.GetKind() == internalv1.ChangeKind_CHANGE_KIND_DELETED {
		return nil
	}
	events, err := a.rules.Imply(c.GetCollection(), c.GetAfter())
	for _, e := range events {
		if err := a.tell(w, e, by); err != nil {
			return err
		}
	}
	return err
}

// happening is an event that is still to be told, by what it is found again with.
type happening struct {
	micros     int64
	id         int64
	collection uint8
	nth        uint8
}

// TakeOver tells what the records mean and was not told, over all collections in the
// order of time. It keeps some thirty bytes for each event, not the events.
func (a *author) TakeOver(ctx context.Context, w *journal.Writer, s store.Snapshot, by journal.Cause) error {
	var all []happening
	for c, collection := range a.collections {
		for hit, err := range s.Records(collection, store.Range{}) {
			if err != nil {
				return fmt.Errorf("reading %s: %w", collection, err)
			}
			if all, err = a.untold(w, all, uint8(c), hit); err != nil {
				return fmt.Errorf("%s: %w", resource.NameOf(collection, hit.Key), err)
			}
			if err := w.Step(ctx); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(all, func(x, y happening) int {
		return cmp.Or(cmp.Compare(x.micros, y.micros), cmp.Compare(x.collection, y.collection), cmp.Compare(x.id, y.id), cmp.Compare(x.nth, y.nth))
	})
	for _, h := range all {
		raw, err := s.Get(a.collections[h.collection], resource.Key(h.id))
		if err != nil {
			return err
		}
		events, err := a.rules.Imply(a.collections[h.collection], raw)
		if err != nil {
			return err
		}
		// A location that was renamed meanwhile may have made it fewer.
		if int(h.nth) < len(events) {
			if err := a.tell(w, events[h.nth], by); err != nil {
				return err
			}
		}
		if err := w.Gathered(ctx); err != nil {
			return err
		}
	}
	return nil
}

// untold adds what a record means and was not told.
func (a *author) untold(w *journal.Writer, to []happening, collection uint8, hit store.Hit) ([]happening, error) {
	events, err := a.rules.Imply(a.collections[collection], hit.Value)
	if err != nil {
		return nil, err
	}
	for n, e := range events {
		known, err := isKnown(w, e)
		if err != nil {
			return nil, err
		}
		if !known {
			to = append(to, happening{micros: e.GetTime().AsTime().UnixMicro(), id: resource.KeyID(hit.Key), collection: collection, nth: uint8(n)})
		}
	}
	return to, nil
}

// tell keeps an event unless it was told.
func (a *author) tell(w *journal.Writer, e *eventv1.CloudEvent, by journal.Cause) error {
	known, err := isKnown(w, e)
	if err != nil || known {
		return err
	}
	a.waiting = append(a.waiting, e.GetType())
	// What is told and that it was told become durable together.
	w.Put(toldKey(e), []byte{1})
	return w.Keep(e, e.GetTime().AsTime(), by)
}

func isKnown(w *journal.Writer, e *eventv1.CloudEvent) (bool, error) {
	known, err := w.Get(toldKey(e))
	return known != nil, err
}

// toldTag marks the facts of what was told, by the ids.
const toldTag = 't'

func toldKey(e *eventv1.CloudEvent) []byte {
	id := uuid.MustParse(e.GetId()) // business makes nothing else
	return append([]byte{toldTag}, id[:]...)
}
