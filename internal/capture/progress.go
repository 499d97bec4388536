package capture

import (
	"sync"
	"time"
)

// Progress is how far a first load is.
type Progress struct {
	Done, Total int64
	// Left is an estimate from the pace so far; 0 when there is none yet.
	Left time.Duration
}

// progress counts a first load.
type progress struct {
	mu    sync.Mutex
	began time.Time
	done  int64
	total int64
}

func (p *progress) begin(now time.Time, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.done, p.total = now, 0, total
}

func (p *progress) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += int64(n)
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = p.done
}

func (p *progress) at(now time.Time) Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Progress{Done: p.done, Total: max(p.done, p.total)}
	if p.done > 0 {
		s.Left = time.Duration(float64(now.Sub(p.began)) / float64(p.done) * float64(s.Total-p.done))
	}
	return s
}
