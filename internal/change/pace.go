package change

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Odoo is asked two things again and again, of each model apart: which rows carry
// a new stamp (a look), and how many there are (a count). Each has a pace. Whose
// turn is most overdue is asked next, so that all come late alike where Odoo is
// too slow for their paces; and as long as an asking took, so long is the rest
// after it, so that it takes about half of one Odoo worker's time at most.
const (
	// askTogether is how many questions make a turn, and askAtOnce how many of them
	// are put at once: while the mesh decodes one answer, Odoo is to be busy with the
	// next. A change waits for the end of its turn.
	askTogether = 6
	askAtOnce   = 3
	// askBesides is how many questions are put beside the looks that were hinted at:
	// whoever hints is in a hurry, and the others have to go on all the same.
	askBesides = 1
	// restMost bounds the rest after an asking, however long Odoo took for it: after a
	// product is archived or deleted it builds its caches anew, and takes seconds once.
	restMost = 100 * time.Millisecond
	// restlessFor is how long a model that has changed keeps its quick pace. Others are
	// asked half as often. For lively after a change its turn comes before all others:
	// who has changed something changes more of it.
	restlessFor = time.Minute
	lively      = 10 * time.Second
	// lookShare and countShare are the share of the time that goes at most into what
	// the looks at one model and its counts take beyond any other question: of a great
	// table they are slow. However slow, none waits longer than slowest for that.
	lookShare  share = 4
	countShare share = 16
	slowest          = 3 * time.Second
)

// turn is what is to be asked next.
type turn struct {
	glances  []*glance
	counts   []*count
	readings []*reading
}

// glance is one look at one window.
type glance struct {
	*window
	wide bool
}

// count is one count and its answer.
type count struct {
	*tally
	n int64
}

func (t turn) empty() bool { return len(t.glances)+len(t.counts)+len(t.readings) == 0 }

// next lists what is to be asked now: all that is hinted at, and of the rest what
// is most overdue. wait is how long nothing will be due where it is empty.
func (e *Engine) next(now time.Time, hinted map[string]bool) (t turn, wait time.Duration) {
	type due struct {
		overdue float64
		add     func()
	}
	var all []due
	wait = restMost
	least := e.leastEffort()
	consider := func(asked time.Time, pace time.Duration, weight float64, add func()) {
		since := now.Sub(asked)
		if since >= pace {
			all = append(all, due{weight * float64(since) / float64(max(pace, 1)), add})
		}
		wait = min(wait, max(pace-since, time.Millisecond))
	}
	for _, model := range slices.Sorted(maps.Keys(e.windows)) {
		w := e.windows[model]
		look := func() { t.glances = append(t.glances, &glance{window: w, wide: now.Sub(w.reachedBack) >= e.Reach}) }
		if hinted[model] {
			look()
			continue
		}
		consider(w.looked, e.lookPace(w, least, now), w.weight(now), look)
	}
	for _, c := range e.tallies {
		consider(c.counted, e.countPace(c, least, now), 1, func() { t.counts = append(t.counts, &count{tally: c}) })
	}
	for _, r := range e.readings {
		consider(r.asked, e.rereadPace(r), 1, func() { t.readings = append(t.readings, r) })
	}
	slices.SortStableFunc(all, func(a, b due) int { return cmp.Compare(b.overdue, a.overdue) })
	together := askTogether
	if len(t.glances) > 0 {
		together = askBesides
	}
	for _, d := range all[:min(len(all), together)] {
		d.add()
	}
	return t, wait
}

func (w *window) restless(now time.Time) bool { return now.Sub(w.stirred) < restlessFor }

// weight lets the looks come first that somebody waits for most likely.
func (w *window) weight(now time.Time) float64 {
	switch since := now.Sub(w.stirred); {
	case since < lively:
		return 4
	case since < restlessFor:
		return 2
	}
	return 1
}

// lookPace is the pause between two looks at a model.
func (e *Engine) lookPace(w *window, least time.Duration, now time.Time) time.Duration {
	pace := 2 * e.Poll
	switch {
	case w.seldom:
		pace = e.Seldom
	case w.restless(now):
		pace = e.Poll
	}
	return max(pace, lookShare.of(w.took, least))
}

// countPace is the pause between two counts of a model.
func (e *Engine) countPace(t *tally, least time.Duration, now time.Time) time.Duration {
	pace := 2 * e.Count
	if w := e.windows[t.model]; w.restless(now) {
		pace = e.Count
	}
	return max(pace, countShare.of(t.took, least))
}

// effort is how long the last two answers to a question took. The shorter one
// counts: what keeps Odoo busy now and then tells nothing of the question.
type effort [2]time.Duration

func (f *effort) add(d time.Duration) { f[0], f[1] = f[1], d }

// leastEffort is what any question takes of Odoo.
func (e *Engine) leastEffort() time.Duration {
	least := slowest
	for _, w := range e.windows {
		if !w.looked.IsZero() {
			least = min(least, w.took[0], w.took[1])
		}
	}
	return least
}

// share is one part in so many.
type share time.Duration

// of is the pause with which a question takes its share of the time.
func (s share) of(f effort, least time.Duration) time.Duration {
	return min(time.Duration(s)*max(0, min(f[0], f[1])-least), slowest)
}
