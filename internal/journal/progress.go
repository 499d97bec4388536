package journal

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// reportEvery is how often taking over says how far it is.
const reportEvery = 2 * time.Second

// Progress is how far taking history over is.
type Progress struct {
	Done, Total int64
	// Left is an estimate from the pace so far; 0 when there is none.
	Left time.Duration
}

// Progress tells how far taking history over is.
func (k *Keeper) Progress() Progress { return k.progress.at(k.Clock.Now()) }

// step counts a record, and now and then says how far taking over is.
func (k *Keeper) step(ctx context.Context) {
	now := k.Clock.Now()
	if !k.progress.step(now) {
		return
	}
	p := k.progress.at(now)
	k.Logger.LogAttrs(ctx, slog.LevelInfo, "taking over "+k.What,
		slog.Int64("rows_done", p.Done), slog.Int64("rows_to_do", p.Total-p.Done), slog.Duration("time_left", p.Left.Round(time.Second)))
}

type progress struct {
	mu              sync.Mutex
	began, reported time.Time
	done, total     int64
}

func (p *progress) begin(now time.Time, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.reported, p.done, p.total = now, now, 0, total
}

// step counts one record and tells whether it is time for a report.
func (p *progress) step(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if now.Sub(p.reported) < reportEvery {
		return false
	}
	p.reported = now
	return true
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
