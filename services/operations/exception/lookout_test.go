package exception

import (
	"context"
	"errors"
	"testing"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// A movement whose place is not in the copy yet is looked at once more before it is told;
// one whose place never comes is told.
func TestAPlaceThatIsNotKnownIsWaitedForOnce(t *testing.T) {
	moved := []Cause{{Kind: HeldLot, Subject: "movements/7"}}
	notLoaded := fault.New(errorsv1.Reason_REASON_NOT_LOADED, "Lots are loaded for the first time.")
	broken := errors.New("the cache cannot be read")
	type look struct {
		head    uint64
		causes  []Cause
		unknown bool
		err     error
		// told is how many causes come of it, and looked whether it was looked at all.
		told   int
		looked bool
		fails  error
	}
	for name, looks := range map[string][]look{
		"the place comes":         {{head: 1, causes: moved, unknown: true, looked: true}, {head: 2, looked: true}},
		"the place never comes":   {{head: 1, causes: moved, unknown: true, looked: true}, {head: 1, causes: moved, unknown: true, looked: true, told: 1}, {head: 1, told: 1}},
		"one comes after another": {{head: 1, causes: moved, looked: true, told: 1}, {head: 2, causes: append(moved, moved...), unknown: true, looked: true, told: 1}, {head: 2, causes: append(moved, moved...), unknown: true, looked: true, told: 2}},
		"not loaded yet":          {{head: 1, err: notLoaded, looked: true}, {head: 1, causes: moved, looked: true, told: 1}},
		"an error is looked past": {{head: 1, err: broken, fails: broken, looked: true}, {head: 1, causes: moved, looked: true, told: 1}},
		"nothing new":             {{head: 3, causes: moved, looked: true, told: 1}, {head: 3, told: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			var now look
			looked := false
			l := Lookout{Head: func() uint64 { return now.head }, Find: func(context.Context) ([]Cause, bool, error) {
				looked = true
				return now.causes, now.unknown, now.err
			}}
			for i, next := range looks {
				now, looked = next, false
				told, err := l.Causes(t.Context())
				if len(told) != next.told || looked != next.looked || !errors.Is(err, next.fails) {
					t.Errorf("look %d: %d are told, looked %v, %v", i, len(told), looked, err)
				}
			}
		})
	}
}

// A look rests as many times as long as it took, and never longer than ten seconds: a look
// that took a minute once does not leave what is settled open for an hour.
func TestALookRestsForItsShareAndNoLonger(t *testing.T) {
	for name, look := range map[string]struct{ took, rests time.Duration }{
		"a short look": {took: 20 * time.Millisecond, rests: time.Second},
		"a slow look":  {took: time.Minute, rests: 10 * time.Second},
		"no time":      {},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
			head, looks := uint64(1), 0
			l := Lookout{Head: func() uint64 { return head }, Rest: 50, Clock: clock.Func(func() time.Time { return now }), Find: func(context.Context) ([]Cause, bool, error) {
				looks++
				now = now.Add(look.took)
				return nil, false, nil
			}}
			ask := func(want int) {
				t.Helper()
				if _, err := l.Causes(t.Context()); err != nil || looks != want {
					t.Errorf("%d looks, want %d, %v", looks, want, err)
				}
			}
			ask(1)
			head++
			if look.rests > 0 {
				now = now.Add(look.rests - 1)
				ask(1)
				now = now.Add(1)
			}
			ask(2)
		})
	}
}
