package command

import (
	"context"
	"fmt"
	"math"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// Follow puts off a command that follows from another one, in the name of who has asked
// for that, and tells its intent. It asks nobody's leave: what it follows from was allowed,
// and is done. To call it again is harmless.
func (d *Desk) Follow(ctx context.Context, principal, method string, request Request) (*commandv1.Intent, error) {
	w, err := d.following(ctx, principal, method, request)
	if err != nil {
		return nil, err
	}
	if err := d.queueRead(); err != nil {
		return nil, err
	}
	r, mine := d.claim(w.id)
	switch {
	case r == nil:
		return nil, shuttingDown()
	case !mine: // it is under way already
		kept, err := d.ledger.find(w.id)
		if err == nil && kept == nil {
			err = inProgress(nameOf(w.id))
		}
		return kept.GetIntent(), err
	}
	kept, err := d.ledger.find(w.id)
	if err == nil && kept != nil {
		err = w.same(kept)
	}
	if err == nil && kept == nil {
		d.queue.reserve(math.MaxInt) // how many callers may put off is not its matter
		kept, err = d.enqueue(ctx, w, d.newIntent(w, d.Clock.Now()), "It follows from another command, and waits for its turn.")
	}
	d.settle(r, kept)
	return kept.GetIntent(), err
}

// Followed tells whether Follow was called with a request; nil where it was not.
func (d *Desk) Followed(ctx context.Context, principal, method string, request Request) (*commandv1.Intent, error) {
	w, err := d.following(ctx, principal, method, request)
	if err != nil {
		return nil, err
	}
	kept, err := d.ledger.find(w.id)
	return kept.GetIntent(), err
}

func (d *Desk) following(ctx context.Context, principal, method string, request Request) (*wish, error) {
	w, err := d.wish(ctx, method, request)
	if err != nil {
		return nil, fmt.Errorf("what follows: %w", err)
	}
	w.principal, w.id, w.others = principal, idOf(principal, w.requestID), nil
	return w, nil
}
