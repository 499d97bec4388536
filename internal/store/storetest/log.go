package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/store"
)

// OpenLog opens, or makes, the log that lies in a folder. A log that has a
// Close method is closed by the suite.
type OpenLog func(t testing.TB, dir string) store.Log

// noon is the time of the suite's entries: it has nanoseconds and is UTC.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC)

// TestLog holds a log to its promises.
func TestLog(t *testing.T, open OpenLog) {
	for name, test := range map[string]func(*testing.T, OpenLog){
		"a new log is empty":                        testLogNew,
		"positions are dense and begin at one":      testLogDense,
		"entries come back as they went in":         testLogRoundTrip,
		"an entry says its collection":              testLogCollections,
		"an empty batch is refused":                 testLogEmptyBatch,
		"a batch of any size is whole":              testLogBigBatch,
		"a large payload is kept":                   testLogLarge,
		"a read ends at the head it began with":     testLogReadEnds,
		"a read outside of the log is refused":      testLogReadOutside,
		"truncation keeps the head":                 testLogTruncate,
		"positions go on after everything is gone":  testLogTruncateAll,
		"all that is there survives reopening":      testLogReopen,
		"an ended context changes nothing":          testLogContext,
		"growth wakes all who wait for it":          testLogGrown,
		"appenders at once get their own positions": testLogConcurrent,
		"readers and a truncation do not disturb":   testLogReadersAndTruncation,
		"it behaves like the model":                 testLogModel,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

// closeStore closes what can be closed.
func closeStore(t testing.TB, s any) {
	t.Helper()
	if c, ok := s.(interface{ Close() error }); ok {
		if err := c.Close(); err != nil {
			t.Fatalf("closing: %v", err)
		}
	}
}

// newLog is a log in a folder of its own that the test closes.
func newLog(t testing.TB, open OpenLog) store.Log {
	t.Helper()
	l := open(t, t.TempDir())
	t.Cleanup(func() { closeStore(t, l) })
	return l
}

// appendAll appends one batch of texts.
func appendAll(t testing.TB, l store.Log, texts ...string) uint64 {
	t.Helper()
	payloads := make([][]byte, len(texts))
	for i, text := range texts {
		payloads[i] = []byte(text)
	}
	first, err := l.Append(t.Context(), noon, store.Drafts("p", payloads...))
	if err != nil {
		t.Fatalf("Append: %v", err)
	}
	return first
}

// readAll collects the entries from a position on.
func readAll(ctx context.Context, l store.Log, from uint64) (entries []store.Entry, err error) {
	for e, err := range l.Read(ctx, from) {
		if err != nil {
			return entries, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// wantLog compares the whole of a log, its edges too.
func wantLog(t testing.TB, l store.Log, oldest uint64, texts ...string) {
	t.Helper()
	var want []store.Entry
	for i, text := range texts {
		want = append(want, store.Entry{Position: oldest + uint64(i), Time: noon, Collection: "p", Payload: []byte(text)})
	}
	got, err := readAll(t.Context(), l, oldest)
	if err != nil {
		t.Fatalf("Read(%d): %v", oldest, err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(bytes.Equal)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if head := oldest + uint64(len(texts)) - 1; l.Head() != head || l.Oldest() != oldest {
		t.Errorf("oldest %d, head %d; want %d, %d", l.Oldest(), l.Head(), oldest, head)
	}
}

func testLogNew(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	wantLog(t, l, 1)
	if l.ID() == "" || l.ID() == newLog(t, open).ID() {
		t.Errorf("ID %q is empty or another log's", l.ID())
	}
}

func testLogDense(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	for i, batch := range [][]string{{"a"}, {"b", "c"}, {"d"}} {
		if got, want := appendAll(t, l, batch...), []uint64{1, 2, 4}[i]; got != want {
			t.Errorf("batch %d got position %d, want %d", i, got, want)
		}
	}
	wantLog(t, l, 1, "a", "b", "c", "d")
}

func testLogRoundTrip(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	payloads := [][]byte{{}, {0}, []byte("x"), make([]byte, 300_000)}
	copies := make([][]byte, len(payloads))
	for i := range payloads {
		copies[i] = append([]byte{}, payloads[i]...)
	}
	if _, err := l.Append(t.Context(), noon.In(time.FixedZone("", 3600)), store.Drafts("p", copies...)); err != nil {
		t.Fatal(err)
	}
	clear(copies[2]) // the log keeps nothing of the caller's
	got, err := readAll(t.Context(), l, 1)
	if err != nil || len(got) != len(payloads) {
		t.Fatalf("got %d entries, %v", len(got), err)
	}
	for i, e := range got {
		if string(e.Payload) != string(payloads[i]) || !e.Time.Equal(noon) || e.Time.Location() != time.UTC {
			t.Errorf("entry %d: %d bytes at %v", i, len(e.Payload), e.Time)
		}
	}
}

func testLogCollections(t *testing.T, open OpenLog) {
	dir := t.TempDir()
	l := open(t, dir)
	long := strings.Repeat("\x00x", 127) + "x"
	drafts := []store.Draft{{Collection: "p", Payload: []byte("a")}, {Collection: "pp"}, {Collection: long, Payload: []byte("c")}}
	if _, err := l.Append(t.Context(), noon, drafts); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		entries, err := readAll(t.Context(), l, 1)
		if err != nil || len(entries) != len(drafts) {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		for i, e := range entries {
			if e.Collection != drafts[i].Collection || !bytes.Equal(e.Payload, drafts[i].Payload) {
				t.Errorf("entry %d is of %q and holds %q", e.Position, e.Collection, e.Payload)
			}
		}
		closeStore(t, l)
		l = open(t, dir)
	}
	closeStore(t, l)
}

func testLogEmptyBatch(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	if _, err := l.Append(t.Context(), noon, nil); err == nil {
		t.Error("no error")
	}
	for _, name := range []string{"", strings.Repeat("x", 256)} {
		if _, err := l.Append(t.Context(), noon, store.Drafts(name, []byte("a"))); err == nil {
			t.Errorf("a collection of %d bytes was taken", len(name))
		}
	}
	wantLog(t, l, 1)
}

// testLogBigBatch appends what capture appends at most: 1,000 records of 64 KiB
// would take long; a tenth is still far more than a small transaction holds.
func testLogBigBatch(t *testing.T, open OpenLog) {
	dir := t.TempDir()
	l := open(t, dir)
	texts := make([]string, 100)
	for i := range texts {
		texts[i] = fmt.Sprintf("%d %65000d", i, i)
	}
	appendAll(t, l, texts...)
	wantLog(t, l, 1, texts...)
	closeStore(t, l)
	l = open(t, dir)
	defer closeStore(t, l)
	wantLog(t, l, 1, texts...)
}

func testLogReadEnds(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	appendAll(t, l, "a", "b")
	seen := 0
	for e, err := range l.Read(t.Context(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		seen = int(e.Position)
		appendAll(t, l, "later")
	}
	if seen != 2 {
		t.Errorf("the last entry read is %d, want 2", seen)
	}
}

func testLogReadOutside(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	appendAll(t, l, "a", "b", "c")
	if err := l.Truncate(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	var truncated *store.TruncatedError
	for _, from := range []uint64{0, 1, 2} {
		if _, err := readAll(t.Context(), l, from); !errors.As(err, &truncated) || truncated.Asked != from || truncated.Oldest != 3 {
			t.Errorf("Read(%d): %v", from, err)
		}
	}
	if got, err := readAll(t.Context(), l, 4); err != nil || len(got) != 0 {
		t.Errorf("Read at Head()+1: %v, %v", got, err)
	}
	var beyond *store.BeyondHeadError
	if _, err := readAll(t.Context(), l, 5); !errors.As(err, &beyond) || beyond.Head != 3 {
		t.Errorf("Read beyond Head()+1: %v", err)
	}
	if err := l.Truncate(t.Context(), 5); !errors.As(err, &beyond) {
		t.Errorf("Truncate beyond Head()+1: %v", err)
	}
}

func testLogContext(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	appendAll(t, l, "a", "b")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Append(ctx, noon, store.Drafts("p", []byte{1})); !errors.Is(err, context.Canceled) {
		t.Errorf("Append: %v", err)
	}
	if err := l.Truncate(ctx, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("Truncate: %v", err)
	}
	if _, err := readAll(ctx, l, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Read: %v", err)
	}
	wantLog(t, l, 1, "a", "b")
}
