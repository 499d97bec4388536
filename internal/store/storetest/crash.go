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
)

// childDir names the folder to a child process, and makes a test binary one.
const childDir = "STORETEST_APPEND_IN"

// RunChild is called first in a TestMain whose tests call TestLogCrash. In a
// child process that such a test started it appends until it is killed; in any
// other it does nothing.
func RunChild(open OpenLog) {
	dir := os.Getenv(childDir)
	if dir == "" {
		return
	}
	err := appendForever(open(&childTB{}, dir))
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

// TestLogCrash kills a process again and again while it appends, and each time
// wants everything that it acknowledged to be there, dense, ordered and right.
// What was under way may be there or not, but only as whole batches.
func TestLogCrash(t *testing.T, open OpenLog) {
	const kills = 6
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, uint64(os.Getpid())))
	acknowledged := uint64(0)
	for round := range kills {
		last, err := killAfter(t.Context(), dir, 1+r.IntN(60), time.Duration(r.IntN(2_000))*time.Microsecond)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		acknowledged = max(acknowledged, last)
		l := open(t, dir)
		if l.Head() < acknowledged {
			t.Fatalf("round %d: head %d, but %d was acknowledged", round, l.Head(), acknowledged)
		}
		entries, err := readAll(t.Context(), l, 1)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		batch := batchReader{}
		for i, e := range entries {
			if e.Position != uint64(i)+1 {
				t.Fatalf("round %d: entry %d has position %d", round, i+1, e.Position)
			}
			if err := batch.next(e.Payload); err != nil {
				t.Fatalf("round %d: entry %d: %v", round, e.Position, err)
			}
		}
		if batch.left != 0 || uint64(len(entries)) != l.Head() {
			t.Fatalf("round %d: head %d, %d entries, the last batch lacks %d", round, l.Head(), len(entries), batch.left)
		}
		closeStore(t, l)
	}
	t.Logf("%d entries acknowledged before %d kills", acknowledged, kills)
}

// killAfter runs a child until it has acknowledged so many batches and a moment
// longer, kills it, and returns the last position that it acknowledged.
func killAfter(ctx context.Context, dir string, batches int, longer time.Duration) (last uint64, err error) {
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
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
