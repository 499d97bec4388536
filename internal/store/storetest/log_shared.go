package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"odoomesh/internal/store"
)

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func testLogGrown(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	first, same, second := l.Grown(0), l.Grown(0), l.Grown(1)
	if first != same {
		t.Error("two who wait for the same have two channels")
	}
	if isClosed(first) || isClosed(second) {
		t.Fatal("closed before there is an entry")
	}
	appendAll(t, l, "a")
	if !isClosed(first) || !isClosed(l.Grown(0)) {
		t.Error("Grown(0) is open although entry 1 is there")
	}
	if isClosed(second) {
		t.Error("Grown(1) is closed although entry 2 is not there")
	}
	appendAll(t, l, "b", "c")
	if !isClosed(second) {
		t.Error("Grown(1) is open although entry 2 is there")
	}
	if err := l.Truncate(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	if isClosed(l.Grown(3)) || !isClosed(l.Grown(2)) {
		t.Error("a truncation changed what has grown")
	}
}

// testLogConcurrent lets several append while others follow the tail.
func testLogConcurrent(t *testing.T, open OpenLog) {
	const appenders, batches, followers = 4, 25, 3
	l := newLog(t, open)
	total := 0
	sizes := func(i int) int { return 1 + i%3 }
	for i := range batches {
		total += appenders * sizes(i)
	}
	var group sync.WaitGroup
	for range followers {
		group.Go(func() { follow(t, l, total) })
	}
	for a := range appenders {
		group.Go(func() {
			for i := range batches {
				payloads := make([][]byte, sizes(i))
				for j := range payloads {
					payloads[j] = fmt.Appendf(nil, "%d/%d/%d", a, i, j)
				}
				first, err := l.Append(t.Context(), noon, store.Drafts("p", payloads...))
				if err != nil {
					t.Errorf("Append: %v", err)
					return
				}
				got, err := readAll(t.Context(), l, first)
				if err != nil || len(got) < len(payloads) {
					t.Errorf("an acknowledged batch has %d entries, %v", len(got), err)
					return
				}
				for j := range payloads {
					if string(got[j].Payload) != string(payloads[j]) {
						t.Errorf("position %d holds %q, want %q", first+uint64(j), got[j].Payload, payloads[j])
					}
				}
			}
		})
	}
	group.Wait()
}

// follow reads the tail until it has seen so many entries, and wants them dense.
func follow(t *testing.T, l store.Log, total int) {
	next := uint64(1)
	for next <= uint64(total) {
		<-l.Grown(next - 1)
		for e, err := range l.Read(t.Context(), next) {
			if err != nil || e.Position != next {
				t.Errorf("following at %d: entry %d, %v", next, e.Position, err)
				return
			}
			next++
		}
	}
}

// testLogReadersAndTruncation lets readers run into a truncation: they get
// every entry in order, or are told that it is gone.
func testLogReadersAndTruncation(t *testing.T, open OpenLog) {
	const entries = 3000
	l := newLog(t, open)
	payloads := make([][]byte, entries)
	for i := range payloads {
		payloads[i] = []byte{byte(i)}
	}
	if _, err := l.Append(t.Context(), noon, store.Drafts("p", payloads...)); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			from := l.Oldest()
			next := from
			for e, err := range l.Read(t.Context(), from) {
				var truncated *store.TruncatedError
				if errors.As(err, &truncated) {
					return
				}
				if err != nil || e.Position != next || e.Payload[0] != byte(next-1) {
					t.Errorf("at %d: entry %d, %v", next, e.Position, err)
					return
				}
				next++
			}
			if next != entries+1 {
				t.Errorf("read up to %d only", next)
			}
		})
	}
	group.Go(func() {
		for before := uint64(2); before <= entries+1; before += 97 {
			if err := l.Truncate(t.Context(), before); err != nil {
				t.Errorf("Truncate: %v", err)
			}
		}
	})
	group.Wait()
}
