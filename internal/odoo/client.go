package odoo

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/secret"
)

// Client talks to one Odoo as one user. It is safe for concurrent use.
type Client struct {
	transport Transport
	timeout   time.Duration
	companies []int64
	clock     clock.Clock
	budget    *budget
	breakers  *breakers
	bulkhead  *bulkhead
	metrics   *metrics
	server    atomic.Pointer[Server]
	latest    atomic.Pointer[Evidence] // sign-in
	// password is what the transport signs in with, passwords where it stands.
	password  *password
	passwords secret.Source
	// another makes a transport for another password of the user's.
	another  func(*password) (Transport, error)
	refusal  refusal
	limit    limit
	language atomic.Pointer[string]
}

// New checks the configuration and makes a client. It sends nothing: Odoo may be
// down.
func New(cfg Config) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	now := newPassword(cfg.Password)
	transport, err := newTransport(cfg, now)
	if err != nil {
		return nil, err
	}
	c, err := newClient(cfg, transport)
	if err != nil {
		return nil, err
	}
	c.password = now
	c.another = func(p *password) (Transport, error) {
		other := cfg
		other.Protocol = JSON2
		return newTransport(other, p)
	}
	return c, nil
}

func newClient(cfg Config, transport Transport) (*Client, error) {
	m, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, fmt.Errorf("odoo: registering metrics: %w", err)
	}
	c := cfg.clock()
	return &Client{
		transport: transport,
		timeout:   cfg.Timeout,
		companies: cfg.Companies,
		clock:     c,
		budget:    newBudget(cfg.MaxCalls, cfg.CallsPerSecond, c),
		breakers:  newBreakers(),
		bulkhead:  newBulkhead(),
		metrics:   m,
		password:  newPassword(cfg.Password),
		passwords: cfg.Passwords,
	}, nil
}

// Close lets idle connections go. Calls under way end as they would.
func (c *Client) Close() { c.transport.Close() }

// LastServerTime is Odoo's own clock as of its latest answer, in whole seconds;
// zero before there was one.
func (c *Client) LastServerTime() time.Time { return c.transport.LastServerTime() }

// Call calls a method with positional arguments, the ids first where it runs on records,
// and arguments by name. Over JSON-2 only the positional arguments of the methods that
// read, write and load have names to be sent by; give those of others by name. The result
// is made of nil, bool, int64, float64, string, []any and map[string]any, and of Unreadable
// in place of a value that none of these holds. It fails with *Fault, *TransportError or
// *ArgumentError, wrapped; MayHaveExecuted tells what the failure leaves open.
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

// run traces one call, from when it begins to wait for its turn.
func (c *Client) run(ctx context.Context, e endpoint, guarded bool, send func(context.Context) error) error {
	ctx, span := startSpan(ctx, e)
	err := c.dispatch(ctx, e, guarded, func(ctx context.Context) error {
		span.AddEvent("sent")
		return send(ctx)
	})
	endSpan(span, err)
	return err
}

// dispatch sends one call when the breaker and the budget let it.
func (c *Client) dispatch(ctx context.Context, e endpoint, guarded bool, send func(context.Context) error) error {
	if _, hasDeadline := ctx.Deadline(); !hasDeadline {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	guard := c.breakers.of(e)
	err := c.hindered(guarded)
	if err == nil && guarded && guard.refuses() {
		err = guard.suspended()
	}
	var took time.Duration
	if err == nil && guarded {
		var entered bool
		if entered, err = c.enter(ctx, e.model); entered {
			defer func() { c.bulkhead.leave(e.model, took) }()
		}
	}
	var priority Priority
	if err == nil {
		priority, err = c.wait(ctx)
	}
	if err != nil {
		c.metrics.notSent(e, err)
		return err
	}
	defer c.budget.release(priority)
	// Much can have happened while the call waited for its turn.
	if err = c.hindered(guarded); err == nil && guarded && !guard.admit() {
		err = guard.suspended()
	}
	if err != nil {
		c.metrics.notSent(e, err)
		return err
	}
	c.metrics.inFlight.Inc()
	defer c.metrics.inFlight.Dec()
	began, signIns, tried := c.clock.Now(), c.refusal.generation(), c.password.get()
	err = send(ctx)
	ended := c.clock.Now()
	took = ended.Sub(began)
	c.metrics.done(e, err, took)
	c.breakers.record(e, guarded, err)
	if guarded {
		if f := credentialsFault(err); f != nil {
			c.refusal.callRefused(tried, signIns, ended, f)
		}
	}
	c.noteLimit(err, began, ended)
	return err
}

// enter waits at the door of a model until a call of capture may go on to the budget; others
// need not enter, nor does one for which somebody more urgent has come to wait.
func (c *Client) enter(ctx context.Context, model string) (entered bool, err error) {
	for PriorityOf(ctx) >= PriorityCapture {
		until, stop := untilRisen(ctx)
		err := c.bulkhead.enter(until, model)
		stop()
		if err == nil {
			return true, nil
		}
		if ctx.Err() != nil {
			return false, notItsTurn(err)
		}
	}
	return false, nil
}

// hindered is why no call may be sent now; nil if one may. A refusal of the
// credentials leaves the way free for what signs in.
func (c *Client) hindered(guarded bool) error {
	now := c.clock.Now()
	if err := c.limit.holds(now); err != nil {
		return err
	}
	if guarded {
		if f := c.refusal.stands(now); f != nil {
			return f
		}
	}
	return nil
}

// noteLimit takes from a call's outcome whether the server asks for a pause.
func (c *Client) noteLimit(err error, began, ended time.Time) {
	var transport *TransportError
	switch isTransport := errors.As(err, &transport); {
	case !isTransport:
		c.limit.passed(began)
	case transport.Kind == RateLimited:
		transport.RetryAfter = c.limit.met(began, ended, transport.RetryAfter)
	}
}

// wait waits for the call's turn.
func (c *Client) wait(ctx context.Context) (Priority, error) {
	waiting := c.metrics.waiting.WithLabelValues(PriorityOf(ctx).String())
	waiting.Inc()
	defer waiting.Dec()
	p, err := c.budget.acquire(ctx)
	if err != nil {
		return p, notItsTurn(err)
	}
	return p, nil
}

// notItsTurn is the error of a call that was not sent because its context ended
// while it waited.
func notItsTurn(err error) error {
	if errors.Is(err, context.Canceled) {
		return &TransportError{Kind: Canceled, Err: err}
	}
	return &TransportError{Kind: Overloaded, Err: fmt.Errorf("waiting for its turn: %w", err)}
}
