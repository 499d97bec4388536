package odoosim

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Kind is one way in which a call goes wrong.
type Kind int

const (
	// BadGateway answers HTTP 502, as a proxy does; nothing is executed.
	BadGateway Kind = iota + 1
	// DropBefore closes the connection before anything is executed.
	DropBefore
	// DropAfterCommit executes and commits, and then closes the connection: the
	// answer never comes.
	DropAfterCommit
	// Serialization answers fault 1 "could not serialize access"; nothing is executed.
	Serialization
	// Slow executes at once and answers only after the time set by SlowFor.
	Slow
)

// Faults are switched on and off while the server runs. Safe for concurrent use;
// the zero value is a server without faults.
type Faults struct {
	mu      sync.Mutex
	latency time.Duration
	slow    time.Duration
	down    bool
	queue   []Kind
	random  *rand.Rand
	p       float64
	kind    Kind

	// workers lets so many calls at a time pay their costs as there are processes of Odoo;
	// nil where no call costs anything.
	workers chan struct{}
}

// Latency adds a time to each call; calls at once wait at once.
func (f *Faults) Latency(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latency = d
}

// SlowFor sets how long a Slow call takes; one second without.
func (f *Faults) SlowFor(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.slow = d
}

// Costs makes each call take the time that a real Odoo of so many processes takes for
// it, of which each carries out one call after the other: 5 ms, and by what is read and
// written. Where there are none, no call costs anything.
func (f *Faults) Costs(workers int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.workers = nil
	if workers > 0 {
		f.workers = make(chan struct{}, workers)
	}
}

// Down refuses every call by closing the connection.
func (f *Faults) Down(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
}

// FailNext lets the next n calls fail in this way; several add up in order.
func (f *Faults) FailNext(n int, kind Kind) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		f.queue = append(f.queue, kind)
	}
}

// FailRandomly lets each call fail with probability p, the same calls for the same
// seed and order of calls. p 0 ends it.
func (f *Faults) FailRandomly(p float64, seed uint64, kind Kind) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.p, f.kind = p, kind
	f.random = rand.New(rand.NewPCG(seed, seed))
}

// Clear switches everything off.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latency, f.slow, f.workers, f.down, f.queue, f.p = 0, 0, nil, false, nil, 0
}

func (f *Faults) isDown() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.down
}

// trouble is what goes wrong with one call.
type trouble struct {
	kind    Kind
	latency time.Duration
	slow    time.Duration
}

func (f *Faults) next() trouble {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := trouble{latency: f.latency, slow: f.slow}
	if t.slow == 0 {
		t.slow = time.Second
	}
	switch {
	case len(f.queue) > 0:
		t.kind, f.queue = f.queue[0], f.queue[1:]
	case f.p > 0 && f.random.Float64() < f.p:
		t.kind = f.kind
	}
	return t
}

// before does what comes before execution and says whether to execute.
func (t trouble) before(w http.ResponseWriter, r *http.Request) bool {
	if !pause(r.Context(), t.latency) {
		panic(http.ErrAbortHandler)
	}
	switch t.kind {
	case BadGateway:
		http.Error(w, "Bad Gateway", http.StatusBadGateway)
		return false
	case DropBefore:
		panic(http.ErrAbortHandler)
	}
	return true
}

// after says whether the answer is to be sent.
func (t trouble) after(ctx context.Context) bool {
	switch t.kind {
	case DropAfterCommit:
		return false
	case Slow:
		return pause(ctx, t.slow)
	}
	return true
}

func (t trouble) serialization() bool { return t.kind == Serialization }

// cost is what a call has read and written.
type cost struct{ rows, values, writes int }

// In proportion to measurements of one process of Odoo on two shared cores: a
// single read 5 ms, 1,000 products with 20 fields 215 ms, 2,000 pairs of id and
// stamp 45 ms, a loaded product 3 ms.
const (
	costCall  = 5 * time.Millisecond
	costRow   = 10 * time.Microsecond
	costValue = 10 * time.Microsecond
	costWrite = 3 * time.Millisecond
	// costAction is how many writes a button on one record is worth: confirming an
	// order or validating a receipt takes some 150 ms.
	costAction = 50
	// costNote is the same of a note on a record, a sixth of that (measured on 17).
	costNote = 8
)

func (c cost) time() time.Duration {
	return costCall + time.Duration(c.rows)*costRow + time.Duration(c.values)*costValue + time.Duration(c.writes)*costWrite
}

// pay waits as long as a real Odoo would be at work, if costs are on.
func (f *Faults) pay(ctx context.Context, c cost) bool {
	f.mu.Lock()
	workers := f.workers
	f.mu.Unlock()
	if workers == nil {
		return true
	}
	select {
	case workers <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-workers }()
	return pause(ctx, c.time())
}

// pause waits and says whether the caller is still there.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
