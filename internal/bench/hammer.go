package main

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// pace is how a number of calls went.
type pace struct {
	rate     float64 // calls a second
	p50, p99 time.Duration
	// processor is the server's time for a call, in seconds, where that was measured.
	processor float64
}

// call makes one call of the n-th caller.
type call func(ctx context.Context, caller int) error

// hammer lets callers make calls one after the other for a while.
func hammer(ctx context.Context, callers int, during time.Duration, do call) (pace, error) {
	var over atomic.Bool
	timer := time.AfterFunc(during, func() { over.Store(true) })
	defer timer.Stop()
	took := make([][]time.Duration, callers)
	group, ctx := errgroup.WithContext(ctx)
	began := now()
	for n := range callers {
		group.Go(func() error {
			mine := make([]time.Duration, 0, 1<<16)
			last := now()
			for !over.Load() {
				if err := do(ctx, n); err != nil {
					return err
				}
				next := now()
				mine = append(mine, next.Sub(last))
				last = next
			}
			took[n] = mine
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return pace{}, err
	}
	whole := now().Sub(began)
	all := slices.Concat(took...)
	slices.Sort(all)
	return pace{rate: float64(len(all)) / whole.Seconds(), p50: quantile(all, 0.5), p99: quantile(all, 0.99)}, nil
}

// quantile of sorted values.
func quantile[T any](sorted []T, q float64) T {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func median(values []float64) float64 {
	slices.Sort(values)
	return quantile(values, 0.5)
}

// compared are two things measured in turns.
type compared struct{ bare, full []pace }

// inTurns measures both in turns, so that what else the machine does falls on
// both. The first turns are for warming up.
func inTurns(ctx context.Context, turns, callers int, each time.Duration, bare, full call) (compared, error) {
	var c compared
	for turn := range turns + 1 {
		b, err := hammer(ctx, callers, each, bare)
		if err != nil {
			return c, err
		}
		f, err := hammer(ctx, callers, each, full)
		if err != nil {
			return c, err
		}
		if turn > 0 {
			c.bare, c.full = append(c.bare, b), append(c.full, f)
		}
	}
	return c, nil
}

// row is the median over the turns of a number, and of its ratio in each turn.
func (c compared) row(name, unit string, of func(pace) float64, g goal) row {
	var bare, full, ratios []float64
	for i := range c.bare {
		b, f := of(c.bare[i]), of(c.full[i])
		bare, full, ratios = append(bare, b), append(full, f), append(ratios, f/b)
	}
	return row{name, median(full), unit, median(bare), median(ratios), g}
}

func rate(p pace) float64       { return p.rate }
func p99Micros(p pace) float64  { return float64(p.p99.Nanoseconds()) / 1e3 }
func p50Micros(p pace) float64  { return float64(p.p50.Nanoseconds()) / 1e3 }
func p50Inverse(p pace) float64 { return 1 / p.p50.Seconds() }
