package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"odoomesh/internal/store"
)

// A child process is told by its environment what to do, and in which folder.
const (
	childLog   = "STORETEST_APPEND_IN"
	childCache = "STORETEST_APPLY_IN"
	childLarge = "STORETEST_APPLY_LARGE_IN"
)

// RunChild is called first in a TestMain whose tests call TestLogCrash or
// TestCacheCrash. In a child process that such a test started it writes until it
// is killed; in any other it does nothing.
func RunChild(log OpenLog, cache OpenCache) {
	var err error
	if dir := os.Getenv(childLog); dir != "" {
		err = appendForever(log(&childTB{}, dir))
	} else if dir := os.Getenv(childCache); dir != "" {
		err = applyForever(cache(&childTB{}, dir))
	} else if dir := os.Getenv(childLarge); dir != "" {
		err = applyLargeForever(cache(&childTB{}, dir))
	} else {
		return
	}
	fmt.Fprintln(os.Stderr, "child:", err)
	os.Exit(1)
}

// childTB stands in for a test where there is none.
type childTB struct{ testing.TB }

func (*childTB) Helper() {}

func (*childTB) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	os.Exit(1)
}

// TestLogCrash kills a process again and again while it appends and truncates,
// and each time wants everything that it acknowledged, and has not truncated, to
// be there, dense, ordered and right.
// What was under way may be there or not, but only as whole batches.
func TestLogCrash(t *testing.T, open OpenLog) {
	const kills = 6
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, uint64(os.Getpid())))
	acknowledged := uint64(0)
	for round := range kills {
		last, err := killAfter(t.Context(), childLog, dir, 1+r.IntN(60), time.Duration(r.IntN(2_000))*time.Microsecond)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		acknowledged = max(acknowledged, last)
		l := open(t, dir)
		if l.Head() < acknowledged {
			t.Fatalf("round %d: head %d, but %d was acknowledged", round, l.Head(), acknowledged)
		}
		entries, err := readAll(t.Context(), l, l.Oldest())
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		batch := batchReader{}
		for i, e := range entries {
			if want := l.Oldest() + uint64(i); e.Position != want {
				t.Fatalf("round %d: entry %d has position %d", round, want, e.Position)
			}
			if err := batch.next(e.Payload); err != nil {
				t.Fatalf("round %d: entry %d: %v", round, e.Position, err)
			}
		}
		if batch.left != 0 || l.Oldest()+uint64(len(entries)) != l.Head()+1 {
			t.Fatalf("round %d: head %d, %d entries kept, the last batch lacks %d", round, l.Head(), len(entries), batch.left)
		}
		if err := checkLastBatch(l, batch.batch); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		closeStore(t, l)
	}
	t.Logf("%d entries acknowledged before %d kills", acknowledged, kills)
}

// TestCacheCrash kills a process again and again while it applies and fills, and
// each time wants the cache to be at one position with exactly its state.
func TestCacheCrash(t *testing.T, open OpenCache) {
	for name, crash := range map[string]struct {
		task           string
		kills, applies int
		longer         time.Duration
		check          func(store.Cache) error
	}{
		"records":       {childCache, 6, 200, 2 * time.Millisecond, checkApplied},
		"large records": {childLarge, 6, 3, 200 * time.Millisecond, checkAppliedLarge},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			r := rand.New(rand.NewPCG(2, uint64(os.Getpid())))
			for round := range crash.kills {
				if _, err := killAfter(t.Context(), crash.task, dir, 1+r.IntN(crash.applies), time.Duration(r.Int64N(int64(crash.longer)))); err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
				c := open(t, dir)
				if err := crash.check(c); err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
				closeStore(t, c)
			}
		})
	}
}

// killAfter runs a child until it has acknowledged so many batches and a moment
// longer, kills it, and returns the last position that it acknowledged.
func killAfter(ctx context.Context, task, dir string, batches int, longer time.Duration) (last uint64, err error) {
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), task+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := child.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewReader(out)
	for n := 0; ; n++ {
		if n == batches {
			// The kill comes at no particular point of an append.
			time.AfterFunc(longer, func() { _ = child.Process.Kill() })
		}
		var position uint64
		if _, err := fmt.Fscanln(lines, &position); err != nil {
			// A line that the kill cut off was not acknowledged to anybody.
			break
		}
		last = position
	}
	_ = child.Wait() // it was killed: the error says nothing else
	if last == 0 {
		return 0, errors.New("the child acknowledged nothing")
	}
	_, _ = io.Copy(io.Discard, out)
	return last, nil
}
