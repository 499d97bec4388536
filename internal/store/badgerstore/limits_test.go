package badgerstore

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/store"
)

// What the comments promise of the defaults has to be what the defaults do.
func TestLimitsAreWhatTheyAreSaidToBe(t *testing.T) {
	l, c := mustLog(t, t.TempDir()), mustCache(t, t.TempDir(), CacheOptions{})
	defer mustClose(t, l)
	defer mustClose(t, c)
	if size := c.db.MaxBatchSize() - reserve; size < 1_150_000 || size < redoBytes+redoBytes/10 {
		t.Errorf("a transaction of the cache has room for %d bytes", size)
	}
	if count := c.db.MaxBatchCount() - reserveCount; count < 12_500 || count < redoOps {
		t.Errorf("a transaction of the cache has room for %d keys", count)
	}
	if l.db.MaxBatchSize() <= logPiece+1000 || valueThreshold <= logPiece+1000 {
		t.Errorf("a transaction of %d bytes does not hold a piece", l.db.MaxBatchSize())
	}
	listed := op{key: make([]byte, MaxKey), value: make([]byte, max(recordPiece+10, store.MaxCarried))}
	if listed.size() > redoBytes {
		t.Errorf("a list of %d bytes does not hold an op of %d", redoBytes, listed.size())
	}
	if most := store.MaxRecord + 3*store.MaxIndexBytes + store.MaxIndexEntries*2*opOverhead; most > maxApply {
		t.Errorf("a record may need %d bytes, an Apply has %d", most, maxApply)
	}
	if most := 2*store.MaxIndexEntries + 200; most > maxApplyKeys {
		t.Errorf("a record may need %d keys, an Apply has %d", most, maxApplyKeys)
	}
}

func TestLargeValuesStayOutOfTheValueLog(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir()}
	l, c := mustLog(t, dirs[0]), mustCache(t, dirs[1], CacheOptions{})
	defer mustClose(t, l)
	defer mustClose(t, c)
	if _, err := l.Append(t.Context(), time.Unix(0, 0), store.Drafts(strings.Repeat("p", 255), make([]byte, logPiece), make([]byte, 3*logPiece))); err != nil {
		t.Fatal(err)
	}
	m := one("1")
	m[0].Value = make([]byte, 3*recordPiece)
	m[0].Indexes = []store.IndexEntry{{Index: "n", Carried: make([]byte, store.MaxCarried)}}
	if err := c.Apply(t.Context(), 1, m); err != nil {
		t.Fatal(err)
	}
	wantEmptyValueLog(t, dirs[0])
	wantEmptyValueLog(t, dirs[1])
	var tooLarge *store.TooLargeError
	if err := c.SetMeta(t.Context(), "m", make([]byte, valueThreshold)); !errors.As(err, &tooLarge) {
		t.Errorf("SetMeta: %v", err)
	}
}

func TestATruncationGivesTheSpaceBack(t *testing.T) {
	const batches, size, kept = 20, 1000, 500
	dir := t.TempDir()
	l := mustLog(t, dir)
	for range batches {
		payloads := make([][]byte, size)
		for i := range payloads {
			payloads[i] = make([]byte, 1000)
		}
		if _, err := l.Append(t.Context(), time.Unix(0, 0), store.Drafts("p", payloads...)); err != nil {
			t.Fatal(err)
		}
	}
	before := diskBytes(dir)
	if err := l.Truncate(t.Context(), batches*size-kept+1); err != nil {
		t.Fatal(err)
	}
	if after := diskBytes(dir); after > before/10 {
		t.Errorf("%.0f bytes became %.0f", before, after)
	}
	mustClose(t, l)
	l = mustLog(t, dir)
	defer mustClose(t, l)
	n := 0
	for _, err := range l.Read(t.Context(), l.Oldest()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != kept {
		t.Errorf("%d entries left, want %d", n, kept)
	}
}

// wantEmptyValueLog holds the store to its word that it needs no value log
// collection: the value log has its header and nothing else.
func wantEmptyValueLog(t *testing.T, dir string) {
	t.Helper()
	db := filepath.Join(dir, dataDir)
	if logs, err := filepath.Glob(filepath.Join(db, "*.vlog")); err != nil || len(logs) != 1 || diskBytes(logs[0]) > 8<<10 {
		t.Errorf("the value log is in use: %v, %v", logs, err)
	}
}

// TestWaitingAppendsShareOneCommit holds the turn until several wait for it.
func TestWaitingAppendsShareOneCommit(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	l, err := OpenLog(t.TempDir(), LogOptions{Registerer: registry})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, l)
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	l.turn <- struct{}{}
	for range 5 {
		group.Go(func() {
			if _, err := l.Append(t.Context(), time.Unix(0, 0), store.Drafts("p", []byte{1}, []byte{2})); err != nil {
				t.Error(err)
			}
		})
	}
	var takenBack error
	group.Go(func() { _, takenBack = l.Append(ctx, time.Unix(0, 0), store.Drafts("p", []byte{3})) })
	waitForQueue(l, 6)
	cancel()
	waitForQueue(l, 5)
	<-l.turn
	group.Wait()
	if !errors.Is(takenBack, context.Canceled) {
		t.Errorf("the append whose context ended: %v", takenBack)
	}
	got := gather(t, registry)
	if got["mesh_log_commits_total"] != 1 || got["mesh_log_entries_total"] != 10 || got["mesh_log_head"] != 10 || got["mesh_log_payload_bytes_total"] != 10 {
		t.Errorf("%v", got)
	}
}

func waitForQueue(l *Log, n int) {
	for {
		l.mu.Lock()
		got := len(l.queue)
		l.mu.Unlock()
		if got == n {
			return
		}
		runtime.Gosched()
	}
}

func gather(t *testing.T, g prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			values[f.GetName()] += m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return values
}

func TestMetricsComeAndGoWithTheStore(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	dirs := []string{t.TempDir(), t.TempDir()}
	for range 2 { // the second time meets nothing of the first
		l, err := OpenLog(dirs[0], LogOptions{Registerer: registry})
		if err != nil {
			t.Fatal(err)
		}
		c, err := OpenCache(dirs[1], CacheOptions{Registerer: registry})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Apply(t.Context(), c.Position()+1, one("1")); err != nil {
			t.Fatal(err)
		}
		got := gather(t, registry)
		if got["mesh_cache_records"] != 1 || got["mesh_cache_position"] != float64(c.Position()) || got["mesh_log_oldest"] != 1 || got["mesh_store_disk_bytes"] == 0 {
			t.Errorf("%v", got)
		}
		mustClose(t, l)
		mustClose(t, c)
	}
	if got := gather(t, registry); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}
