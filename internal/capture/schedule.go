package capture

import (
	"cmp"
	"slices"
	"time"
)

// Odoo is asked some questions again and again, and each has a pace. What is most
// overdue is asked next, so that all come late alike where Odoo is too slow for
// their paces; and as long as a turn took, so long is the rest after it, so that it
// takes about half of one Odoo worker's time at most.
const (
	// askTogether is how many questions make a turn, and askAtOnce how many of them
	// are put at once: while the mesh decodes one answer, Odoo is to be busy with the
	// next.
	askTogether = 6
	askAtOnce   = 3
	// askBesides is how many questions are put beside the looks that were hinted at:
	// whoever hints is in a hurry, and the others have to go on all the same.
	askBesides = 1
	// patience is how long a turn waits for an answer. What takes longer goes on beside
	// the turns that follow, as long as it is about slowAtOnce models at most.
	patience   = 250 * time.Millisecond
	slowAtOnce = 2
	// slowShare is the share of the time that a question takes at most which was slow
	// itself, while that many others are: it is put again, since nothing else could tell
	// that it is quick by now.
	slowShare = 8
	// restMost bounds the rest after a turn, however long Odoo took for it: after a
	// product is archived or deleted it builds its caches anew, and takes seconds once.
	restMost = 100 * time.Millisecond
)

// rareWeight lets what is asked seldom, and costs little, come when it is due.
const rareWeight = 1000

// scheduled is a question with a pace. The schedule knows nothing else of it.
type scheduled interface {
	pace(now time.Time) time.Duration
	weight(now time.Time) float64
	health() *health
}

// turn lists what is to be asked now: all that is hurried, and of the rest what is
// most overdue. slow is about how many models questions go on from turns before; wait
// is how long nothing will be due where the list is empty.
func turn[T scheduled](all []T, now time.Time, hurried func(T) bool, slow int) (next []T, wait time.Duration) {
	type due struct {
		overdue float64
		what    T
	}
	var list []due
	wait = restMost
	for _, s := range all {
		h := s.health()
		if h.running.Load() {
			continue
		}
		if w := h.waits(now); w > 0 {
			wait = min(wait, w)
			continue
		}
		if hurried(s) {
			next = append(next, s)
			continue
		}
		if slow >= slowAtOnce && h.slow(now) {
			continue
		}
		pace, since := s.pace(now), now.Sub(h.lastAsked())
		if since >= pace {
			list = append(list, due{s.weight(now) * float64(since) / float64(max(pace, 1)), s})
		}
		wait = min(wait, max(pace-since, time.Millisecond))
	}
	slices.SortStableFunc(list, func(a, b due) int { return cmp.Compare(b.overdue, a.overdue) })
	together := askTogether
	if len(next) > 0 {
		together = askBesides
	}
	for _, d := range list[:min(len(list), together)] {
		next = append(next, d.what)
	}
	return next, wait
}

// A question about a great table is slow. lookShare and countShare are the share of
// the time that goes at most into what the looks at one model and its counts take
// beyond any other question. However slow, none waits longer than slowest for that.
const (
	lookShare  share = 4
	countShare share = 16
	slowest          = 3 * time.Second
)

// share is one part in so many.
type share time.Duration

// of is the pause with which a question takes its share of the time.
func (s share) of(f effort, least time.Duration) time.Duration {
	return min(time.Duration(s)*max(0, f.least()-least), slowest)
}
