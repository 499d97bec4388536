package app

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

var errOdoo = errors.New("odoo says no")

func TestAnAnswerInTimeIsPassedOn(t *testing.T) {
	p := &patience{limit: time.Minute}
	for _, want := range []error{nil, errOdoo} {
		if err := p.ask(t.Context(), func(context.Context) error { return want }); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	err := p.ask(t.Context(), func(context.Context) error { panic("x") })
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_INTERNAL {
		t.Errorf("a panic: %v", err)
	}
	p.wait()
}

// A question that does not even look at its time limit keeps its caller no longer.
func TestACallerIsToldThatOdooDoesNotAnswer(t *testing.T) {
	p := &patience{limit: 10 * time.Millisecond}
	release := make(chan struct{})
	for name, question := range map[string]func(context.Context) error{
		"that waits for the limit": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		"that waits for a lock":    func(context.Context) error { <-release; return nil },
	} {
		if err := p.ask(t.Context(), question); fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_UNAVAILABLE {
			t.Errorf("a question %s: %v", name, err)
		}
	}
	close(release)
	p.wait()
}

func TestTheCallersOwnTimeIsItsOwn(t *testing.T) {
	p := &patience{limit: time.Minute}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := p.ask(ctx, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	p.wait()
}

// An answer counts also where its question ends while the caller looks.
func TestAnAnswerIsNeverTakenForTheEnd(t *testing.T) {
	p := &patience{limit: time.Minute}
	var callers sync.WaitGroup
	for range 64 {
		callers.Go(func() {
			for range 2000 {
				if err := p.ask(t.Context(), func(context.Context) error { return nil }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	callers.Wait()
	p.wait()
}
