package telemetry

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// Calls measures and traces calls.
type Calls struct {
	metrics *callMetrics
	tracing *Tracing
	clock   clock.Clock
}

// NewCalls registers the metrics of calls.
func NewCalls(r prometheus.Registerer, tracing *Tracing, c clock.Clock) (*Calls, error) {
	metrics, err := newCallMetrics(r)
	if err != nil {
		return nil, err
	}
	return &Calls{metrics: metrics, tracing: tracing, clock: c}, nil
}

// Cover makes the series of these methods ("/package.Service/Method"), so that a
// method which is never called shows as zero.
func (c *Calls) Cover(methods ...string) {
	for _, m := range methods {
		c.metrics.of(m)
	}
}

// Around measures one call, also one that panics.
func (c *Calls) Around(ctx context.Context, method string, stream bool, next func(context.Context) error) error {
	series := c.metrics.of(method)
	series.inFlight.Inc()
	ctx, span := c.tracing.start(ctx, method)
	began := c.clock.Now()
	code := codes.Internal // what a panic becomes
	defer func() {
		series.done(code, c.clock.Now().Sub(began), stream)
		finish(span, code)
	}()
	err := next(ctx)
	code = fault.Code(err)
	return err
}
