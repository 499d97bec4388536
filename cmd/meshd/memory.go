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
	// garbageFree is how many bytes of garbage are left alone where little lives: to
	// collect them every few MiB took 9 % of the processor time while products were read.
	// Where it is a small part of what lives, collectEvery counts.
	garbageFree = 128 << 20
	// garbageMost bounds that where next to nothing lives, in percent.
	garbageMost = 400
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
	percent := garbageMost
	debug.SetGCPercent(percent)
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
				if p := percentFor(lives[0].Value.Uint64()); p != percent {
					percent = p
					debug.SetGCPercent(percent)
				}
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

// percentFor is how much of what lives the garbage may come to, where so many bytes live;
// in steps, as the world stops for a moment at each change.
func percentFor(lives uint64) int {
	return min(max(int(garbageFree*100/max(lives, 1))/50*50, collectEvery), garbageMost)
}
