package command

import (
	"cmp"
	"container/heap"
	"slices"
	"sync"
	"time"
)

// waiting is a deferred intent in the queue.
type waiting struct {
	id, document string
	// place is the position in the ledger at which it was put off.
	place uint64
	since time.Time
	// notBefore is when it may be tried again.
	notBefore time.Time
	// tries counts how often it could not be done.
	tries int
	// at is where it is among those that may begin; -1 while it is not.
	at int
}

// lane is what it waits in: its document's, or where it has none its own.
func (w *waiting) lane() string { return cmp.Or(w.document, w.id) }

// queue has the deferred intents in the order in which they were put off. Of each document
// one at a time may begin, the first. The ledger has the same, and survives.
type queue struct {
	mu sync.Mutex
	// lanes are the intents of each document, the first first. It stays there until it is
	// settled.
	lanes map[string][]*waiting
	all   map[string]*waiting // by id
	// ready are those that may begin.
	ready byPlace
	// coming are those that are being written into the ledger.
	coming int
	// until nothing begins, since Odoo does not answer; pause is how long that was.
	until time.Time
	pause time.Duration
	// emptied are closed when nothing waits for a document any more.
	emptied map[string]chan struct{}
	// stirred has something in it when there may be something to begin.
	stirred chan struct{}
}

func newQueue() *queue {
	return &queue{lanes: map[string][]*waiting{}, all: map[string]*waiting{}, emptied: map[string]chan struct{}{}, stirred: make(chan struct{}, 1)}
}

// reserve keeps room for one more; false where the queue is full.
func (q *queue) reserve(limit int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.all)+q.coming >= limit {
		return false
	}
	q.coming++
	return true
}

// add takes an intent in, in the room that was reserved for it; nil gives that back.
func (q *queue) add(w *waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.coming--
	if w != nil {
		q.insert(w)
	}
}

// insert puts an intent in its place; one that is there stays there.
func (q *queue) insert(w *waiting) {
	if q.all[w.id] != nil {
		return
	}
	w.at = -1
	q.all[w.id] = w
	lane := q.lanes[w.lane()]
	i, _ := slices.BinarySearchFunc(lane, w.place, func(one *waiting, place uint64) int { return cmp.Compare(one.place, place) })
	if i == 0 && len(lane) > 0 && lane[0].at >= 0 {
		heap.Remove(&q.ready, lane[0].at)
	}
	q.lanes[w.lane()] = slices.Insert(lane, i, w)
	if i == 0 {
		heap.Push(&q.ready, w)
	}
	q.stir()
}

// next is the first that may begin now, which is taken out of those; nil for none, and
// for how long at least.
func (q *queue) next(now time.Time) (*waiting, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Before(q.until) {
		return nil, q.until.Sub(now)
	}
	var early []*waiting
	defer func() {
		for _, w := range early {
			heap.Push(&q.ready, w)
		}
	}()
	soonest := time.Hour
	for q.ready.Len() > 0 {
		w := heap.Pop(&q.ready).(*waiting)
		if !now.Before(w.notBefore) {
			return w, 0
		}
		early, soonest = append(early, w), min(soonest, w.notBefore.Sub(now))
	}
	return nil, soonest
}

// back lets an intent wait on, until some time.
func (q *queue) back(w *waiting, until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	w.notBefore = until
	if lane := q.lanes[w.lane()]; len(lane) > 0 && lane[0] == w && w.at < 0 {
		heap.Push(&q.ready, w)
	}
	q.stir()
}

// rest lets nothing begin for a while, which is longer each time in a row.
func (q *queue) rest(now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Before(q.until) {
		return
	}
	q.pause = min(max(2*q.pause, pauses[0]), pauses[len(pauses)-1])
	q.until = now.Add(q.pause)
}

// wake lets all be tried again at once.
func (q *queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.until = time.Time{}
	q.stir()
}

// leave takes an intent out that is settled, and lets the next one of its document begin.
func (q *queue) leave(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := q.all[id]
	if w == nil {
		return
	}
	delete(q.all, id)
	q.until, q.pause = time.Time{}, 0
	if w.at >= 0 {
		heap.Remove(&q.ready, w.at)
	}
	lane := q.lanes[w.lane()]
	i := slices.Index(lane, w)
	if lane = slices.Delete(lane, i, i+1); len(lane) > 0 {
		q.lanes[w.lane()] = lane
		if i == 0 {
			heap.Push(&q.ready, lane[0])
		}
	} else {
		delete(q.lanes, w.lane())
		if emptied := q.emptied[w.lane()]; emptied != nil {
			close(emptied)
			delete(q.emptied, w.lane())
		}
	}
	q.stir()
}

// isFirst tells whether nothing of the same document is before an intent.
func (q *queue) isFirst(w *waiting) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	lane := q.lanes[w.lane()]
	return len(lane) > 0 && lane[0] == w
}

// ahead is closed when nothing waits for a document; nil where nothing does.
func (q *queue) ahead(document string) <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if document == "" || len(q.lanes[document]) == 0 {
		return nil
	}
	if q.emptied[document] == nil {
		q.emptied[document] = make(chan struct{})
	}
	return q.emptied[document]
}

// standing tells how many wait, and since when the oldest does.
func (q *queue) standing() (n int, oldest time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, lane := range q.lanes {
		if oldest.IsZero() || lane[0].since.Before(oldest) {
			oldest = lane[0].since
		}
	}
	return len(q.all), oldest
}

func (q *queue) stir() {
	select {
	case q.stirred <- struct{}{}:
	default:
	}
}

// byPlace is a heap of intents, the one that was put off first on top.
type byPlace []*waiting

func (h byPlace) Len() int           { return len(h) }
func (h byPlace) Less(i, j int) bool { return h[i].place < h[j].place }
func (h byPlace) Swap(i, j int)      { h[i], h[j] = h[j], h[i]; h[i].at, h[j].at = i, j }
func (h *byPlace) Push(x any) {
	w := x.(*waiting)
	w.at = len(*h)
	*h = append(*h, w)
}

func (h *byPlace) Pop() any {
	last := len(*h) - 1
	w := (*h)[last]
	(*h)[last], *h, w.at = nil, (*h)[:last], -1
	return w
}
