package capture

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

const (
	// stampsAtOnce is how many pairs of id and stamp one page holds: Odoo answers
	// two thousand in some 40 ms.
	stampsAtOnce = 2000
	// nearFor is how far back the frequent look reaches: as long as an ordinary
	// request of Odoo takes. The wide look sees what commits later.
	nearFor = 10 * time.Second
	// youngFor is how long a row may be written again under the stamp that it
	// was seen with by a transaction of the same second.
	youngFor = 2 * time.Second
	// youngAtOnce bounds of how many such rows every look asks what they hold; where
	// there are more, they are read once more when they are no longer young.
	youngAtOnce = 200
	// restlessFor is how long a model that has changed keeps its quick pace. Others are
	// asked half as often. For lively after a change its turn comes before all others:
	// who has changed something changes more of it.
	restlessFor = time.Minute
	lively      = 10 * time.Second
)

// epoch lies before every stamp of an Odoo.
var epoch = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

// stamps finds written rows of one Odoo model by their stamps, in windows.
//
// write_date is the start of the writing transaction and comes in whole seconds,
// so that neither a later nor an equal stamp says that nothing happened: a long
// transaction commits late under an old stamp, and two short ones share a
// second. A row is therefore read when its stamp is new, again while the second
// of its stamp may still bring another write, and a last time one overlap after
// that stamp was first seen: by then every transaction that could bear it has ended.
//
// No stamp moves a window. Where a window begins follows from the time of Odoo's
// database alone; all other times are the mesh's own.
type stamps struct {
	engine *Engine
	of     string
	state  health
	// seldom says that it is looked at less often.
	seldom bool
	// shown are the fields that records are made from.
	shown []string
	seen  map[int64]sighting
	// young holds what the young rows held when they were last looked at; "" is not
	// known.
	young map[int64]string
	// reachedBack is when it was last looked at wide, and until a time of the
	// database's up to which the wide looks have come without a gap, however long
	// capture had stopped in between: the next one begins one overlap before it.
	reachedBack time.Time
	until       time.Time
	// stirred is when a look last found something, in nanoseconds of Unix time.
	stirred atomic.Int64
	// rewound counts the rewinds of the database's clock that were heeded.
	rewound int
}

// sighting is a stamp that a row was seen with.
type sighting struct {
	written time.Time
	// at is when it was first seen.
	at time.Time
	// last says that the row was noted for its last reading under this stamp.
	last bool
}

func newStamps(e *Engine, model string) *stamps {
	return &stamps{engine: e, of: model, seldom: true, seen: map[int64]sighting{}, young: map[int64]string{}}
}

func (w *stamps) kind() string    { return "stamps" }
func (w *stamps) model() string   { return w.of }
func (w *stamps) health() *health { return &w.state }

func (w *stamps) feeds(c *collection) bool { return len(c.watches(w.of)) > 0 }

func (w *stamps) stir(now time.Time) { w.stirred.Store(now.UnixNano()) }

func (w *stamps) sinceStirred(now time.Time) time.Duration {
	return now.Sub(time.Unix(0, w.stirred.Load()))
}

func (w *stamps) restless(now time.Time) bool { return w.sinceStirred(now) < restlessFor }

// weight lets the looks come first that somebody waits for most likely.
func (w *stamps) weight(now time.Time) float64 {
	switch since := w.sinceStirred(now); {
	case since < lively:
		return 4
	case since < restlessFor:
		return 2
	}
	return 1
}

func (w *stamps) pace(now time.Time) time.Duration {
	pace := 2 * w.engine.Poll
	switch {
	case w.seldom:
		pace = w.engine.Seldom
	case w.restless(now):
		pace = w.engine.Poll
	}
	return max(pace, lookShare.of(w.state.effort(), w.engine.leastEffort()))
}

// probe looks near or, when that is due, wide.
func (w *stamps) probe(ctx context.Context, now time.Time) (findings, error) {
	bound := w.engine.database.bound(now)
	w.until, w.rewound = w.engine.database.rewind(w.until, w.rewound, &w.reachedBack)
	wide := now.Sub(w.reachedBack) >= w.engine.Reach
	from := bound.Add(-nearFor)
	if wide {
		from = w.until.Add(-w.engine.Overlap).Truncate(time.Second)
	}
	if from.Before(epoch) {
		from = epoch
	}
	var f findings
	if err := w.look(ctx, &f, from, now); err != nil {
		return findings{}, err
	}
	if wide {
		w.leave(&f, from, now)
		w.until, w.reachedBack = bound, now
		f.until = bound
	}
	if len(f.rows) > 0 {
		w.stir(now)
	}
	return f, nil
}

// look finds the rows with a stamp at or after from that was not seen before, and
// those that are still young. What it has noted before an error stays unnoted: the
// stamps are remembered when the look is complete.
func (w *stamps) look(ctx context.Context, f *findings, from, now time.Time) error {
	met := map[int64]time.Time{}
	for after := int64(0); ; {
		page, err := w.engine.tables().Stamps(ctx, w.of, from, after, stampsAtOnce)
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
	settled, known := w.engine.database.settled(now)
	fresh := map[int64]sighting{}
	var top int64
	for id, written := range met {
		top = max(top, id)
		if was, seen := w.seen[id]; !seen || !was.written.Equal(written) {
			fresh[id] = sighting{written: written, at: now}
		}
	}
	young := maps.Clone(w.young)
	for id, s := range fresh {
		delete(young, id)
		// Where the database's time is known, an older stamp bears no other write.
		if !known || !s.written.Add(youngFor).Before(settled) {
			young[id] = ""
		}
	}
	again, err := w.lookAtYoung(ctx, young, fresh, now)
	if err != nil {
		return err
	}
	maps.Copy(w.seen, fresh)
	w.young = young
	w.tellAhead(ctx, fresh, now)
	w.engine.tops.meet(w.of, top)
	f.addRows(CauseStamp, w.of, slices.Sorted(maps.Keys(fresh)))
	f.addRows(CauseYoung, w.of, again)
	return nil
}

// aheadAtOnce bounds how many strange stamps of one look are logged one by one.
const aheadAtOnce = 5

// tellAhead says which rows have a stamp that the database's clock has not reached:
// they move no window, and somebody may want to know where they come from.
func (w *stamps) tellAhead(ctx context.Context, fresh map[int64]sighting, now time.Time) {
	latest, known := w.engine.database.latest(now)
	if !known {
		return
	}
	told := 0
	for _, id := range slices.Sorted(maps.Keys(fresh)) {
		if !fresh[id].written.After(latest) {
			continue
		}
		w.engine.metrics.ahead.WithLabelValues(w.of).Inc()
		if told++; told <= aheadAtOnce {
			w.engine.logger.LogAttrs(ctx, slog.LevelWarn, "a row has a stamp in the future", slog.String("model", w.of),
				slog.Int64("id", id), slog.Time("stamp", fresh[id].written))
		}
	}
}

// lookAtYoung lists the young rows that hold something else than at the look before.
// What a new one holds is asked before it is read: what is written into it in between
// shows at the next look. One of which that was not asked is read again. Who is no
// longer young is looked at a last time.
func (w *stamps) lookAtYoung(ctx context.Context, young map[int64]string, fresh map[int64]sighting, now time.Time) (again []int64, err error) {
	isNew := func(id int64) bool { _, is := fresh[id]; return is }
	grown := func(id int64) bool { return !isNew(id) && now.Sub(w.seen[id].at) > youngFor }
	if len(young) > youngAtOnce {
		for id := range young {
			if grown(id) {
				again = append(again, id)
				delete(young, id)
			} else {
				young[id] = "" // it will be read again, also where it was asked before
			}
		}
		return again, nil
	}
	var contents map[int64]string
	if len(young) > 0 && len(w.shown) > 0 {
		if contents, err = w.engine.tables().Contents(ctx, w.of, w.shown, slices.Sorted(maps.Keys(young))); err != nil {
			return nil, err
		}
	}
	for id, was := range young {
		if !isNew(id) && (was == "" || was != contents[id]) {
			again = append(again, id)
		}
		if young[id] = contents[id]; grown(id) {
			delete(young, id)
		}
	}
	return again, nil
}

// leave finds the rows for their last reading whose stamp was first seen one overlap
// ago, and forgets those whose stamp lies before from.
func (w *stamps) leave(f *findings, from, now time.Time) {
	var last []int64
	for id, s := range w.seen {
		forget := s.written.Before(from)
		// A transaction can begin until the second of its stamp has ended.
		if over := now.Sub(s.at) > w.engine.Overlap+time.Second; !s.last && (over || forget) {
			last = append(last, id)
			s.last = true
			w.seen[id] = s
		}
		if forget {
			delete(w.seen, id)
			delete(w.young, id)
		}
	}
	f.addRows(CauseOverlap, w.of, last)
}
