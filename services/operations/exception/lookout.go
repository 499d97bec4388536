package exception

import (
	"context"
	"errors"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// ErrLater says of a look that it has to be made again soon, even if nothing new comes into
// the log: of something it is not known yet whether it is a cause.
var ErrLater = errors.New("it is not known yet")

// restAtMost bounds the rest after a look: one that took long once, on a machine with much
// else to do, must not leave what people have settled open for minutes.
const restAtMost = 10 * time.Second

// Lookout looks for causes in what the mesh knows of records, for one who asks again and
// again: anew where the log has grown. The fields that are set make it.
type Lookout struct {
	// Head is where the log ends: nothing new can be found until it grows.
	Head func() uint64
	// Find looks; unknown says that it met a record that the mesh does not know, and that
	// may come a moment later.
	Find func(ctx context.Context) (causes []Cause, unknown bool, err error)
	// Rest is how many times as long as a look there is none after it, by the clock and for
	// ten seconds at most; 0 for a look that costs little however many records there are.
	Rest  int
	Clock clock.Clock

	// seen is where the log ended at the last look, found what that has found, and next when
	// it is worth while to look again.
	seen  uint64
	found []Cause
	next  time.Time
	// waited says that the last look met something that is not known.
	waited bool
}

// Causes are those of the last look, where there is nothing new or nothing is loaded yet.
func (l *Lookout) Causes(ctx context.Context) ([]Cause, error) {
	head := max(l.Head(), 1)
	var began time.Time
	if l.Rest > 0 {
		began = l.Clock.Now()
	}
	if head == l.seen || began.Before(l.next) {
		return l.found, nil
	}
	found, unknown, err := l.Find(ctx)
	switch {
	case errors.Is(err, ErrLater):
		l.found = found
		return found, nil
	case fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_LOADED:
		return l.found, nil
	case err != nil:
		return nil, err
	case unknown && !l.waited:
		l.waited = true
		return l.found, nil
	}
	l.seen, l.found, l.waited = head, found, false
	if l.Rest > 0 {
		ended := l.Clock.Now()
		l.next = ended.Add(min(restAtMost, time.Duration(l.Rest)*ended.Sub(began)))
	}
	return found, nil
}
