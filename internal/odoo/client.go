package odoo

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"odoomesh/internal/clock"
)

// Client talks to one Odoo as one user. It is safe for concurrent use.
type Client struct {
	transport Transport
	timeout   time.Duration
	companies []int64
	clock     clock.Clock
	budget    *budget
	breakers  *breakers
	metrics   *metrics
	server    atomic.Pointer[Server]
	language  atomic.Pointer[string]
}

// New checks the configuration and makes a client. It sends nothing: Odoo may be
// down.
func New(cfg Config) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	transport, err := newTransport(cfg)
	if err != nil {
		return nil, err
	}
	return newClient(cfg, transport)
}

func newClient(cfg Config, transport Transport) (*Client, error) {
	m, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, fmt.Errorf("odoo: registering metrics: %w", err)
	}
	c := cfg.Clock
	if c == nil {
		c = clock.System{}
	}
	return &Client{
		transport: transport,
		timeout:   cfg.Timeout,
		companies: cfg.Companies,
		clock:     c,
		budget:    newBudget(cfg.MaxCalls, cfg.CallsPerSecond, c),
		breakers:  newBreakers(),
		metrics:   m,
	}, nil
}

// Close lets idle connections go. Calls under way end as they would.
func (c *Client) Close() { c.transport.Close() }

// LastServerTime is Odoo's own clock as of its latest answer, in whole seconds;
// zero before there was one.
func (c *Client) LastServerTime() time.Time { return c.transport.LastServerTime() }

// Call calls a method with positional arguments, the ids first where it runs on
// records, and arguments by name. Over JSON-2 only the positional arguments of
// the methods that read, write and load have names to be sent by; give those of
// others by name. The result is made of nil, bool, int64, float64, string, []any
// and map[string]any. It fails with *Fault,
// *TransportError or *ArgumentError, wrapped; MayHaveExecuted tells what the
// failure leaves open.
func (c *Client) Call(ctx context.Context, model, method string, args []any, kwargs map[string]any) (any, error) {
	return c.call(ctx, Request{Model: model, Method: method, Args: args, Kwargs: kwargs})
}

// CallOn is Call on records. Without ids it calls nothing and is an error, for
// Odoo would take the first argument for the ids.
func (c *Client) CallOn(ctx context.Context, model, method string, ids []int64, args []any, kwargs map[string]any) (any, error) {
	if len(ids) == 0 {
		return nil, &ArgumentError{Err: fmt.Errorf("calling %s.%s on no records", model, method)}
	}
	return c.call(ctx, Request{Model: model, Method: method, IDs: ids, Args: args, Kwargs: kwargs})
}

func (c *Client) call(ctx context.Context, r Request) (any, error) {
	var result any
	err := c.run(ctx, endpoint{r.Model, r.Method}, true, func(ctx context.Context) error {
		var err error
		result, err = c.transport.Call(ctx, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("calling %s.%s: %w", r.Model, r.Method, err)
	}
	return result, nil
}

// run sends one call when the breaker and the budget let it.
func (c *Client) run(ctx context.Context, e endpoint, guarded bool, send func(context.Context) error) error {
	if _, hasDeadline := ctx.Deadline(); !hasDeadline {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	guard := c.breakers.of(e)
	if guarded && guard.refuses() {
		err := guard.suspended()
		c.metrics.notSent(e, err)
		return err
	}
	if err := c.wait(ctx); err != nil {
		c.metrics.notSent(e, err)
		return err
	}
	defer c.budget.release()
	if guarded && !guard.admit() {
		err := guard.suspended()
		c.metrics.notSent(e, err)
		return err
	}
	c.metrics.inFlight.Inc()
	defer c.metrics.inFlight.Dec()
	began := c.clock.Now()
	err := send(ctx)
	c.metrics.done(e, err, c.clock.Now().Sub(began))
	if guarded {
		guard.record(err)
	}
	return err
}

// wait waits for the call's turn.
func (c *Client) wait(ctx context.Context) error {
	p := priorityOf(ctx)
	waiting := c.metrics.waiting.WithLabelValues(p.String())
	waiting.Inc()
	defer waiting.Dec()
	err := c.budget.acquire(ctx, p)
	switch {
	case errors.Is(err, context.Canceled):
		return &TransportError{Kind: Canceled, Err: err}
	case err != nil:
		return &TransportError{Kind: Overloaded, Err: fmt.Errorf("waiting for its turn: %w", err)}
	}
	return nil
}
