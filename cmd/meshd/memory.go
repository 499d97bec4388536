package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// collectEvery is how much of what lives the garbage may come to, in percent, before
	// it is collected. Most of what lives here are Badger's tables in memory: with Go's
	// own 100, a million records took 690 MiB behind their first load, and 460 with 50.
	collectEvery = 50
	// memoryWithin is how many bytes Go's part of the memory is kept within, as long as
	// what lives leaves room in it: garbage is then collected earlier. The load of a
	// million move lines would go beyond 700 MiB without.
	memoryWithin = 320 << 20
	// lookEvery is the pause between two looks at what lives.
	lookEvery = 5 * time.Second
)

// boundMemory keeps the memory within bounds, until the context ends. What GOGC and
// GOMEMLIMIT say in the environment counts instead.
func boundMemory(ctx context.Context) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(collectEvery)
	debug.SetMemoryLimit(memoryWithin)
	go func() {
		lives := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				metrics.Read(lives)
				debug.SetMemoryLimit(limitFor(lives[0].Value.Uint64()))
			}
		}
	}()
}

// limitFor is the limit where so many bytes live. What lives beyond the bound may have a
// quarter of it as garbage beside it: a limit that it fills would let nothing but the
// collector run.
func limitFor(lives uint64) int64 {
	return max(memoryWithin, int64(lives)+int64(lives)/4)
}
