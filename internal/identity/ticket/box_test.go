package ticket_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/identity/ticket"
)

// box is one at a time that the test moves.
func box(t *testing.T) (*ticket.Box, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	return ticket.New(clock.Func(func() time.Time { return now }), rand.Reader), &now
}

func TestATicketIsTakenOnce(t *testing.T) {
	b, now := box(t)
	text, ends, err := b.Make("ward", "Bearer secret")
	if err != nil || !ends.Equal(now.Add(ticket.Lifetime)) {
		t.Fatalf("%v, %v", ends, err)
	}
	var taken atomic.Int64
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if authorization, err := b.Take(text); err == nil && authorization == "Bearer secret" {
				taken.Add(1)
			} else if !errors.Is(err, ticket.ErrUnknown) || authorization != "" {
				t.Errorf("%q, %v", authorization, err)
			}
		})
	}
	group.Wait()
	if taken.Load() != 1 {
		t.Errorf("it was taken %d times", taken.Load())
	}
}

func TestATicketEndsAfterAMinute(t *testing.T) {
	b, now := box(t)
	early, _, _ := b.Make("ward", "")
	late, _, _ := b.Make("ward", "")
	*now = now.Add(ticket.Lifetime - time.Nanosecond)
	if _, err := b.Take(early); err != nil {
		t.Errorf("within the minute: %v", err)
	}
	*now = now.Add(time.Nanosecond)
	if _, err := b.Take(late); !errors.Is(err, ticket.ErrUnknown) {
		t.Errorf("after it: %v", err)
	}
}

// One page that asks and never opens a stream does not fill the memory, nor does it keep
// others from theirs.
func TestTicketsThatNobodyUsesAreBounded(t *testing.T) {
	b, now := box(t)
	made, first := 0, ""
	for made < 10_000 {
		text, _, err := b.Make("ward", "Bearer w")
		if errors.Is(err, ticket.ErrTooMany) {
			break
		}
		if made++; first == "" {
			first = text
		}
	}
	if made == 10_000 {
		t.Fatal("there is no end to them")
	}
	if _, _, err := b.Make("other", ""); err != nil {
		t.Errorf("another one's: %v", err)
	}
	if _, err := b.Take(first); err != nil {
		t.Error(err)
	}
	if _, _, err := b.Make("ward", ""); err != nil {
		t.Errorf("in place of one that was used: %v", err)
	}
	*now = now.Add(ticket.Lifetime)
	for range made {
		if _, _, err := b.Make("ward", ""); err != nil {
			t.Fatalf("after the others have ended: %v", err)
		}
	}
}

func TestWithoutRandomnessThereIsNoTicket(t *testing.T) {
	b := ticket.New(clock.System{}, bytes.NewReader([]byte("short")))
	if text, _, err := b.Make("ward", ""); err == nil {
		t.Errorf("made %q", text)
	}
}
