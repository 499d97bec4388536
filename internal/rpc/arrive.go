package rpc

import (
	"context"
	"time"

	"google.golang.org/grpc/tap"

	"odoomesh/internal/clock"
)

// Arrive ends calls whose request does not come: whoever begins calls and sends nothing
// holds a place in memory for each, before anybody has asked who it is.
type Arrive struct {
	// Within is how long a request may take to come.
	Within time.Duration
	// Missed is told of each call that was ended; nil: nobody is.
	Missed func()
}

type arrivalKey struct{}

// Tap is for grpc.InTapHandle: it sees calls as they begin. Each is to be told by arrived
// when its request has come.
func (a Arrive) Tap(ctx context.Context, _ *tap.Info) (context.Context, error) {
	ctx, cancel := context.WithCancel(ctx)
	timer := clock.AfterFunc(a.Within, func() {
		cancel()
		if a.Missed != nil {
			a.Missed()
		}
	})
	// What is left of the timer goes with the call.
	context.AfterFunc(ctx, func() { timer.Stop() })
	return context.WithValue(ctx, arrivalKey{}, timer), nil
}

// arrived notes that the request of a call has come.
func arrived(ctx context.Context) {
	if timer, ok := ctx.Value(arrivalKey{}).(interface{ Stop() bool }); ok {
		timer.Stop()
	}
}
