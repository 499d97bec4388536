package odoo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"pgregory.net/rapid"

	"odoomesh/internal/clock"
)

// fakeTransport answers every call with call.
type fakeTransport struct {
	call func(context.Context, Request) (any, error)
}

func (f fakeTransport) Version(context.Context) (Version, error)         { return Version{Major: 18}, nil }
func (f fakeTransport) Authenticate(context.Context) (int64, error)      { return 2, nil }
func (f fakeTransport) Call(ctx context.Context, r Request) (any, error) { return f.call(ctx, r) }
func (f fakeTransport) Protocol() Protocol                               { return XMLRPC }
func (f fakeTransport) LastServerTime() time.Time                        { return time.Time{} }
func (f fakeTransport) Close()                                           {}

func clientOver(t *testing.T, cfg Config, call func(context.Context, Request) (any, error)) *Client {
	t.Helper()
	c, err := newClient(cfg, fakeTransport{call})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func valueOf(t *testing.T, m prometheus.Metric) float64 {
	t.Helper()
	var out dto.Metric
	if err := m.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.GetCounter().GetValue() + out.GetGauge().GetValue()
}

func TestHigherPrioritiesGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var order []string
		hold := make(chan struct{})
		cfg := testConfig("https://erp.example")
		cfg.MaxCalls = 1
		c := clientOver(t, cfg, func(_ context.Context, r Request) (any, error) {
			if r.Method == "hold" {
				<-hold
				return nil, nil
			}
			mu.Lock()
			defer mu.Unlock()
			order = append(order, r.Method)
			return nil, nil
		})
		var calls sync.WaitGroup
		start := func(ctx context.Context, method string) {
			calls.Go(func() {
				// Each is of a model of its own: the bulkhead bounds how many of one run.
				if _, err := c.Call(ctx, "model of "+method, method, nil, nil); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		ctx := context.Background()
		start(ctx, "hold")
		for _, p := range []Priority{PriorityCensus, PriorityCapture, PriorityLiveRead, PriorityCommand, PriorityUnsettled} {
			for i := range 2 {
				start(WithPriority(ctx, p), fmt.Sprintf("%v%d", p, i))
			}
		}
		start(ctx, "unmarked")
		start(WithPriority(ctx, 99), "unheard of")
		if n := valueOf(t, c.metrics.waiting.WithLabelValues("census")); n != 3 {
			t.Errorf("%v calls of the census wait", n)
		}
		close(hold)
		calls.Wait()
		want := []string{"unsettled0", "unsettled1", "command0", "command1", "live_read0", "live_read1", "unmarked", "capture0", "capture1", "census0", "census1", "unheard of"}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCaptureLeavesAPlaceToCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig("https://erp.example")
		cfg.MaxCalls = 3
		hold := make(chan struct{})
		c := clientOver(t, cfg, func(context.Context, Request) (any, error) { <-hold; return nil, nil })
		var calls sync.WaitGroup
		begin := func(p Priority) {
			calls.Go(func() { _, _ = c.Call(WithPriority(context.Background(), p), "m", "x", nil, nil) })
			synctest.Wait()
		}
		for _, step := range []struct {
			p       Priority
			running float64
		}{{PriorityCensus, 1}, {PriorityCapture, 2}, {PriorityCapture, 2}, {PriorityCommand, 3}, {PriorityLiveRead, 3}} {
			begin(step.p)
			if n := valueOf(t, c.metrics.inFlight); n != step.running {
				t.Errorf("after a call of %v, %v run, want %v", step.p, n, step.running)
			}
		}
		close(hold)
		calls.Wait()
	})
}

// However many clients ask for their commands again and again, the mesh signs in, live reads
// are answered, and the copy stays near: one call in four is of those that were passed over.
func TestNoPriorityStarvesTheOthers(t *testing.T) {
	for name, rate := range map[string]float64{"calls take time": 0, "there is a rate": 20} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := testConfig("https://erp.example")
				cfg.MaxCalls, cfg.CallsPerSecond = 3, rate
				began := map[Priority]int{}
				var mu sync.Mutex
				c := clientOver(t, cfg, func(ctx context.Context, _ Request) (any, error) {
					mu.Lock()
					began[PriorityOf(ctx)]++
					mu.Unlock()
					time.Sleep(50 * time.Millisecond)
					return nil, nil
				})
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				var calls sync.WaitGroup
				for client := range 20 {
					p := PriorityUnsettled
					if client < 3 {
						p = []Priority{PriorityLiveRead, PriorityCapture, PriorityCensus}[client]
					}
					calls.Go(func() {
						for ctx.Err() == nil {
							_, _ = c.Call(WithPriority(ctx, p), fmt.Sprint("model", client), "x", nil, nil)
						}
					})
				}
				calls.Wait()
				all := 0
				for _, n := range began {
					all += n
				}
				for p, n := range began {
					if share := float64(n) / float64(all); p == PriorityUnsettled && (share < 0.7 || share > 0.96) || p != PriorityUnsettled && n < 20 {
						t.Errorf("of %d calls %d were of %v", all, n, p)
					}
				}
				if len(began) != 4 {
					t.Errorf("%v", began)
				}
			})
		})
	}
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig("https://erp.example")
		cfg.MaxCalls, cfg.CallsPerSecond = 2, 10 // so that half a second's five may begin at once
		began := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		c := clientOver(t, cfg, func(context.Context, Request) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(began))
			return nil, nil
		})
		var calls sync.WaitGroup
		for range 8 {
			calls.Go(func() { _, _ = c.Call(context.Background(), "m", "x", nil, nil) })
		}
		calls.Wait()
		want := []time.Duration{0, 0, 0, 0, 0, 100 * time.Millisecond, 200 * time.Millisecond, 300 * time.Millisecond}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCommandsDoNotWaitForTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig("https://erp.example")
		cfg.MaxCalls, cfg.CallsPerSecond = 4, 10 // of which five may begin at once
		began := time.Now()
		var mu sync.Mutex
		at := map[Priority][]time.Duration{}
		c := clientOver(t, cfg, func(ctx context.Context, _ Request) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			at[PriorityOf(ctx)] = append(at[PriorityOf(ctx)], time.Since(began))
			return nil, nil
		})
		var calls sync.WaitGroup
		begin := func(p Priority, times int) {
			for range times {
				calls.Go(func() { _, _ = c.Call(WithPriority(context.Background(), p), "m", "x", nil, nil) })
			}
			synctest.Wait()
		}
		begin(PriorityCapture, 6)  // the last waits for 100 ms
		begin(PriorityCommand, 12) // ten go at the cost of a second, and the others then
		calls.Wait()
		want := map[Priority][]time.Duration{
			PriorityCapture: {0, 0, 0, 0, 0, 1300 * time.Millisecond},
			PriorityCommand: {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100 * time.Millisecond, 200 * time.Millisecond},
		}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Error(diff)
		}
	})
}

func TestACallWithoutADeadlineGetsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig("https://erp.example")
		cfg.Timeout = 7 * time.Second
		var left time.Duration
		c := clientOver(t, cfg, func(ctx context.Context, _ Request) (any, error) {
			at, _ := ctx.Deadline()
			left = time.Until(at)
			return nil, nil
		})
		own, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for ctx, want := range map[context.Context]time.Duration{context.Background(): 7 * time.Second, own: time.Minute} {
			if _, err := c.Call(ctx, "m", "x", nil, nil); err != nil || left != want {
				t.Errorf("%v left, want %v; %v", left, want, err)
			}
		}
	})
}

func TestACallThatWaitsTooLongIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig("https://erp.example")
		cfg.MaxCalls = 1
		hold := make(chan struct{})
		c := clientOver(t, cfg, func(context.Context, Request) (any, error) { <-hold; return nil, nil })
		var calls sync.WaitGroup
		calls.Go(func() { _, _ = c.Call(context.Background(), "m", "x", nil, nil) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := c.Call(ctx, "m", "x", nil, nil)
		wantTransport(t, err, Overloaded, false)
		close(hold)
		calls.Wait()
		if _, err := c.Call(context.Background(), "m", "x", nil, nil); err != nil {
			t.Errorf("the place was lost: %v", err)
		}
	})
}

// However callers come, go and give up, no more than the limit run at once and
// no place is lost.
func TestBudgetProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 4).Draw(t, "limit")
		b := newBudget(limit, 0, clock.System{})
		type caller struct {
			cancel  context.CancelFunc
			urgency *Urgency
			other   context.Context
			done    chan error
		}
		var mu sync.Mutex
		running, most := 0, 0
		var callers []caller
		var all sync.WaitGroup
		release := make(chan struct{})
		for i := range rapid.IntRange(1, 20).Draw(t, "callers") {
			ctx, cancel := context.WithCancel(context.Background())
			draw := func(name string) Priority {
				return Priority(rapid.IntRange(0, int(PriorityCensus)).Draw(t, fmt.Sprint(name, i)))
			}
			ctx, urgency := WithUrgency(WithPriority(ctx, draw("priority")))
			one := caller{cancel, urgency, WithPriority(ctx, draw("raised to")), make(chan error, 1)}
			callers = append(callers, one)
			all.Go(func() {
				p, err := b.acquire(ctx)
				if err == nil {
					mu.Lock()
					running++
					most = max(most, running)
					mu.Unlock()
					<-release
					mu.Lock()
					running--
					mu.Unlock()
					b.release(p)
				}
				one.done <- err
			})
		}
		for i, one := range callers {
			if rapid.Bool().Draw(t, fmt.Sprint("raise", i)) {
				one.urgency.RaiseTo(one.other)
			}
			if rapid.Bool().Draw(t, fmt.Sprint("cancel", i)) {
				one.cancel()
			}
		}
		close(release)
		all.Wait()
		for _, one := range callers {
			if err := <-one.done; err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			one.cancel()
		}
		if most > limit || b.free != limit || b.behind != 0 {
			t.Fatalf("%d ran at once and %d of %d places are free", most, b.free, limit)
		}
		for i := range b.queues {
			if b.queues[i].Len() != 0 {
				t.Fatal("someone still waits")
			}
		}
	})
}

func TestBreakerOpensPerMethodAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var failure error = &TransportError{Kind: Timeout, Sent: true}
		sent := 0
		c := clientOver(t, testConfig("https://erp.example"), func(_ context.Context, r Request) (any, error) {
			sent++
			if r.Method == "report" {
				return nil, failure
			}
			return true, nil
		})
		call := func(method string) error {
			_, err := c.Call(context.Background(), "m", method, nil, nil)
			return err
		}
		for range breakerFailures {
			wantTransport(t, call("report"), Timeout, true)
		}
		wantTransport(t, call("report"), Suspended, false)
		if sent != breakerFailures {
			t.Errorf("%d calls were sent", sent)
		}
		if err := call("read"); err != nil {
			t.Errorf("another method is suspended too: %v", err)
		}
		var suspended *TransportError
		if err := call("report"); !errors.As(err, &suspended) || suspended.RetryAfter != breakerDelay {
			t.Errorf("got %v", err)
		}
		time.Sleep(breakerDelay)
		// Whoever gives a trial up keeps nobody else from trying.
		failure = &TransportError{Kind: Canceled, Sent: true}
		wantTransport(t, call("report"), Canceled, true)
		wantTransport(t, call("report"), Canceled, true)
		failure = nil
		for range 3 {
			if err := call("report"); err != nil {
				t.Fatalf("the breaker stays open: %v", err)
			}
		}
	})
}

// Whoever calls before the sign-in asks Odoo nothing: as soon as that has succeeded, everything
// is called.
func TestCallsBeforeTheSignInDoNotOpenTheBreaker(t *testing.T) {
	var failure error = &TransportError{Kind: Unreachable, Err: ErrNotConnected}
	c := clientOver(t, testConfig("https://erp.example"), func(context.Context, Request) (any, error) { return true, failure })
	for range 3 * breakerFailures {
		_, err := c.Call(context.Background(), "m", "x", nil, nil)
		wantTransport(t, err, Unreachable, false)
	}
	failure = nil
	if _, err := c.Call(context.Background(), "m", "x", nil, nil); err != nil {
		t.Errorf("after the sign-in: %v", err)
	}
}

// What Odoo was asked while it was away is asked again as soon as it answers anything; what
// alone fails while the rest is answered stays suspended.
func TestBreakersCloseWhenOdooIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := true
		c := clientOver(t, testConfig("https://erp.example"), func(_ context.Context, r Request) (any, error) {
			switch {
			case away:
				return nil, &TransportError{Kind: NoAnswer, Status: 502, Sent: true}
			case r.Method == "report":
				return nil, &TransportError{Kind: Timeout, Sent: true}
			}
			return true, nil
		})
		call := func(method string) error {
			_, err := c.Call(context.Background(), "m", method, nil, nil)
			return err
		}
		for range breakerFailures {
			wantTransport(t, call("read"), NoAnswer, true)
			wantTransport(t, call("search"), NoAnswer, true)
		}
		wantTransport(t, call("read"), Suspended, false)
		away = false
		if err := call("write"); err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{"read", "search"} {
			if err := call(method); err != nil {
				t.Errorf("%s when Odoo is back: %v", method, err)
			}
		}
		for range breakerFailures {
			wantTransport(t, call("report"), Timeout, true)
			if err := call("read"); err != nil {
				t.Fatal(err)
			}
		}
		wantTransport(t, call("report"), Suspended, false)
	})
}

func TestFaultsDoNotOpenTheBreaker(t *testing.T) {
	for _, failure := range []error{NewFault(2, "No"), NewFault(1, "what"), &TransportError{Kind: TooLarge, Sent: true}, &ArgumentError{Err: errors.New("x")}, &TransportError{Kind: Canceled}} {
		c := clientOver(t, testConfig("https://erp.example"), func(context.Context, Request) (any, error) { return nil, failure })
		for range 3 * breakerFailures {
			if _, err := c.Call(context.Background(), "m", "x", nil, nil); !errors.Is(err, failure) {
				t.Fatalf("got %v, want %v", err, failure)
			}
		}
	}
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	cfg := testConfig("https://erp.example")
	cfg.Registerer = registry
	var failure error
	c := clientOver(t, cfg, func(context.Context, Request) (any, error) { return nil, failure })
	for _, failure = range []error{nil, NewFault(2, "No"), &TransportError{Kind: NoAnswer, Sent: true}, &ArgumentError{Err: errors.New("x")}} {
		_, _ = c.Call(context.Background(), "m", "x", nil, nil)
	}
	for _, label := range []string{"ok", "business_rule", "no_answer", "bad_argument"} {
		if n := valueOf(t, c.metrics.calls.WithLabelValues("m", "x", label)); n != 1 {
			t.Errorf("%s: %v", label, n)
		}
	}
	families, err := registry.Gather()
	if err != nil || len(families) != 4 {
		t.Errorf("%d families, %v", len(families), err)
	}
	if _, err := newClient(cfg, fakeTransport{}); err == nil {
		t.Error("two clients share one set of metrics")
	}
}
