package inventory

import (
	"context"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/services/operations/exception"
)

// lookout looks anew where the log has grown, for one who asks again and again.
type lookout struct {
	// head is where the log ends: nothing new can be found until it grows.
	head func() uint64
	// find looks; unknown says that it met a place that the mesh does not know.
	find func(ctx context.Context) (causes []exception.Cause, unknown bool, err error)
	// seen is where the log ended at the last look, found what that has found.
	seen  uint64
	found []exception.Cause
	// waited says that the last look met a place that is not known: its location may come a
	// moment later.
	waited bool
}

func (l *lookout) causes(ctx context.Context) ([]exception.Cause, error) {
	head := max(l.head(), 1)
	if head == l.seen {
		return l.found, nil
	}
	found, unknown, err := l.find(ctx)
	switch {
	case fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_LOADED:
		return l.found, nil
	case err != nil:
		return nil, err
	case unknown && !l.waited:
		l.waited = true
		return l.found, nil
	}
	l.seen, l.found, l.waited = head, found, false
	return found, nil
}
