package change

import (
	"context"
	"maps"
	"slices"
	"time"

	"odoomesh/internal/mapping"
)

const (
	// stampsAtOnce is how many pairs of id and stamp one page holds: Odoo answers
	// two thousand in some 40 ms.
	stampsAtOnce = 2000
	// youngFor is how long a row may be written again under the stamp that it
	// was seen with by a transaction of the same second.
	youngFor = 2 * time.Second
	// youngAtOnce bounds of how many such rows every look asks what they hold; where
	// there are more, they are read once more when they are no longer young.
	youngAtOnce = 200
)

// window is the look at one Odoo model's stamps.
//
// write_date is the start of the writing transaction and comes in whole seconds,
// so that neither a later nor an equal stamp says that nothing happened: a long
// transaction commits late under an old stamp, and two short ones share a
// second. A row is therefore read when its stamp is new, again while the second
// of its stamp may still bring another write, and a last time one overlap after
// that stamp was first seen: by then every transaction that could bear it has ended.
type window struct {
	model string
	// seldom says that it is looked at less often.
	seldom bool
	// shown are the fields that records are made from.
	shown []string
	seen  map[int64]sighting
	// young holds what the young rows held when they were last looked at; "" is not
	// known.
	young map[int64]string
	// dirty are the rows to be read. They stay until what shows them is noted: a
	// look that fails elsewhere must not lose what this one has found.
	dirty map[int64]bool
	// looked and reachedBack are when it was last looked at, near and wide.
	looked, reachedBack time.Time
	took                effort
	newest              time.Time
	// top is the greatest id met.
	top int64
	// stirred is when a look last found something.
	stirred time.Time
	// until is a time of Odoo's up to which the wide looks have come without a
	// gap, however long capture had stopped in between: the next one begins one
	// overlap before it.
	until time.Time
}

// sighting is a stamp that a row was seen with.
type sighting struct {
	written time.Time
	// at is Odoo's time when it was first seen.
	at time.Time
	// last says that the row was noted for its last reading under this stamp.
	last bool
}

func newWindow(model string) *window {
	return &window{model: model, seldom: true, seen: map[int64]sighting{}, young: map[int64]string{}, dirty: map[int64]bool{}}
}

// stampReader lists stamped rows and tells what they hold; a Source is one.
type stampReader interface {
	Stamps(ctx context.Context, model string, from time.Time, after int64, limit int) ([]mapping.Stamp, error)
	Contents(ctx context.Context, model string, fields []string, ids []int64) (map[int64]string, error)
}

// look notes the rows that have to be read: those with a stamp at or after from
// that was not seen before, and those that are still young at Odoo's time now.
func (w *window) look(ctx context.Context, r stampReader, from, now time.Time) error {
	met := map[int64]time.Time{}
	for after := int64(0); ; {
		page, err := r.Stamps(ctx, w.model, from, after, stampsAtOnce)
		if err != nil {
			return err
		}
		for _, s := range page {
			met[s.ID] = s.Written
			after = s.ID
		}
		if len(page) < stampsAtOnce {
			break
		}
	}
	for id, written := range met {
		w.top = max(w.top, id)
		if was, known := w.seen[id]; known && was.written.Equal(written) {
			continue
		}
		w.seen[id] = sighting{written: written, at: now}
		w.dirty[id] = true
		if now.Before(written.Add(youngFor)) {
			w.young[id] = ""
		}
		if written.After(w.newest) {
			w.newest = written
		}
	}
	return w.lookAtYoung(ctx, r, now)
}

// lookAtYoung notes the young rows that hold something else than at the look
// before, and those that are no longer young. What a new one holds is asked before
// it is read: what is written into it in between shows at the next look.
func (w *window) lookAtYoung(ctx context.Context, r stampReader, now time.Time) error {
	for id := range w.young {
		if !now.Before(w.seen[id].written.Add(youngFor)) {
			w.dirty[id] = true
			delete(w.young, id)
		}
	}
	if len(w.young) == 0 || len(w.young) > youngAtOnce {
		return nil
	}
	if len(w.shown) == 0 {
		for id := range w.young {
			w.dirty[id] = true
		}
		return nil
	}
	contents, err := r.Contents(ctx, w.model, w.shown, slices.Sorted(maps.Keys(w.young)))
	if err != nil {
		return err
	}
	for id, was := range w.young {
		if was != "" && was != contents[id] {
			w.dirty[id] = true
		}
		w.young[id] = contents[id]
	}
	return nil
}

// leave notes the rows for their last reading whose stamp was first seen one overlap
// ago, and forgets those whose stamp lies before from.
func (w *window) leave(from, now time.Time, overlap time.Duration) {
	for id, s := range w.seen {
		forget := s.written.Before(from)
		// A transaction can begin until the second of its stamp has ended.
		if over := now.Sub(s.at) > overlap+time.Second; !s.last && (over || forget) {
			w.dirty[id], s.last = true, true
			w.seen[id] = s
		}
		if forget {
			delete(w.seen, id)
			delete(w.young, id)
		}
	}
}
