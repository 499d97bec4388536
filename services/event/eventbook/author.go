package eventbook

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/services/event/rules"
)

// author tells what records mean, and each occurrence once.
type author struct {
	*Book
	rules       rules.Rules
	collections []string
	epoch       rules.Epoch
	told        *prometheus.CounterVec
	// waiting are the types of the events that wait to be recorded, takenBack is how
	// many conditions that hold no more do.
	waiting   []string
	takenBack int
}

// Begin implements journal.Author.
func (a *author) Begin() { a.waiting, a.takenBack = a.waiting[:0], 0 }

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

// Change tells what a record means after a change. A record that disappears takes
// nothing back: it may only be out of the user's sight, and come back as it was.
func (a *author) Change(ctx context.Context, w *journal.Writer, c *internalv1.ChangeRecord, by journal.Cause) error {
	if !slices.Contains(a.collections, c.GetCollection()) || c.GetKind() == internalv1.ChangeKind_CHANGE_KIND_DELETED {
		return nil
	}
	conditions, err := a.rules.Conditions(c.GetCollection(), c.GetAfter())
	for _, condition := range conditions {
		if err := a.look(ctx, w, condition, by); err != nil {
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

// TakeOver begins the epoch where there is none, takes back what the records do not say
// any more, and tells what they say and was not told, over all collections in the order
// of time. It keeps some thirty bytes for each event, not the events.
func (a *author) TakeOver(ctx context.Context, w *journal.Writer, s store.Snapshot, by journal.Cause) error {
	if err := a.look(ctx, w, rules.Begun(a.epoch, by.At), by); err != nil {
		return err
	}
	var all []happening
	if w.Base() == 0 {
		// Of a new book most is to be told; growing would take twice the memory.
		all = make([]happening, 0, a.Records())
	}
	for c, collection := range a.collections {
		for hit, err := range s.Records(collection, store.Range{}) {
			if err != nil {
				return fmt.Errorf("reading %s: %w", collection, err)
			}
			all, err = a.untold(ctx, w, all, uint8(c), hit)
			if err := w.Step(ctx, resource.NameOf(collection, hit.Key), err); err != nil {
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
		conditions, err := a.rules.Conditions(a.collections[h.collection], raw)
		if err != nil {
			return err
		}
		// A location that was renamed meanwhile may have made it fewer.
		if int(h.nth) < len(conditions) {
			if err := a.look(ctx, w, conditions[h.nth], by); err != nil {
				return err
			}
		}
		if err := w.Gathered(ctx); err != nil {
			return err
		}
	}
	return nil
}

// untold adds what a record says and was not told, and takes back what it does not say
// any more.
func (a *author) untold(ctx context.Context, w *journal.Writer, to []happening, collection uint8, hit store.Hit) ([]happening, error) {
	conditions, err := a.rules.Conditions(a.collections[collection], hit.Value)
	if err != nil {
		return to, err
	}
	for n, c := range conditions {
		if c.State == "" {
			if err := a.look(ctx, w, c, journal.Cause{}); err != nil {
				return to, err
			}
			continue
		}
		known, err := knownOf(w, c)
		if err != nil {
			return to, err
		}
		if known.GetState() != c.State {
			to = append(to, happening{micros: c.At.UnixMicro(), id: resource.KeyID(hit.Key), collection: collection, nth: uint8(n)})
		}
	}
	return to, nil
}
