package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// patience bounds how long callers wait for Odoo.
type patience struct {
	limit time.Duration
	// running are the questions that are still under way.
	running sync.WaitGroup
}

// ask puts a question to Odoo for a caller who waits. When the time is over the caller
// is told at once, whatever the question waits for: Odoo itself, or capture, which is
// in the middle of reading the same collection.
func (p *patience) ask(ctx context.Context, question func(context.Context) error) error {
	inner, cancel := context.WithTimeout(ctx, p.limit)
	answered := make(chan error, 1)
	p.running.Go(func() {
		defer cancel()
		defer func() {
			if r := recover(); r != nil {
				answered <- fault.Internal(fmt.Errorf("panic: %v", r))
			}
		}()
		answered <- question(inner)
	})
	var err error
	select {
	case err = <-answered:
	case <-inner.Done():
		// The question may have ended at this very moment: its answer counts.
		select {
		case err = <-answered:
		default:
			err = inner.Err()
		}
	}
	if err == nil {
		return nil
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case inner.Err() == context.DeadlineExceeded:
		return fault.Unavailable(errorsv1.Reason_REASON_ODOO_UNAVAILABLE,
			fmt.Sprintf("Odoo has not answered within %s, which is all that live-read-timeout gives it.", p.limit), fault.AskAgain, fault.Because(err))
	}
	return err
}

// wait returns when no question is under way any more.
func (p *patience) wait() { p.running.Wait() }
