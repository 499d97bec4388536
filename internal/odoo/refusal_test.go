package odoo

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"odoomesh/internal/clock"
)

// gatekeeper is a transport that signs in who has the right password, and answers
// what it is told to.
type gatekeeper struct {
	fakeTransport
	mu      sync.Mutex
	signIns []time.Time
	right   Secret
	sent    *password
	calls   int
	answers error
	now     func() time.Time
}

func (g *gatekeeper) Authenticate(context.Context) (int64, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.signIns = append(g.signIns, g.now())
	if g.sent.get() != g.right {
		return 0, &Fault{Code: 3, Kind: Credentials, Message: "Access Denied"}
	}
	return 2, nil
}

func (g *gatekeeper) Call(context.Context, Request) (any, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls++
	return true, g.answers
}

func (g *gatekeeper) answer(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers = err
}

// vault is a place for a password.
type vault struct {
	now, read Secret
}

func (v *vault) Read() (Secret, error) { v.read = v.now; return v.now, nil }
func (v *vault) Changed() bool         { return v.now != v.read }

type gated struct {
	*Client
	gate  *gatekeeper
	vault *vault
	time  time.Time
}

func newGated(t *testing.T) *gated {
	t.Helper()
	g := &gated{time: time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC), vault: &vault{now: "right"}}
	cfg := testConfig("https://erp.example")
	cfg.Password, cfg.Passwords, cfg.Clock = "right", g.vault, clock.Func(func() time.Time { return g.time })
	g.gate = &gatekeeper{right: "right", now: func() time.Time { return g.time }}
	var err error
	if g.Client, err = newClient(cfg, g.gate); err != nil {
		t.Fatal(err)
	}
	g.gate.sent = g.password
	return g
}

// each second of a time, as an engine does that tries again at once.
func (g *gated) connectFor(d time.Duration) (last error) {
	for end := g.time.Add(d); g.time.Before(end); g.time = g.time.Add(time.Second) {
		if _, last = g.Connect(context.Background()); last == nil {
			return nil
		}
	}
	return last
}

func TestARefusedSignInIsTriedEverMoreRarely(t *testing.T) {
	g := newGated(t)
	g.gate.right = "another"
	began := g.time
	err := g.connectFor(time.Hour)
	var refused *ConnectError
	if !errors.As(err, &refused) || refused.Reason != WrongCredentials || refused.RetryIn() <= 0 {
		t.Fatalf("got %v", err)
	}
	if want := "credentials refused: since 2026-11-28T14:00:00Z"; !strings.Contains(err.Error(), want) {
		t.Errorf("%v does not say %q", err, want)
	}
	var after []time.Duration
	for _, at := range g.gate.signIns {
		after = append(after, at.Sub(began).Round(time.Second))
	}
	if len(after) != 7 || after[1] < time.Minute || after[1] > 90*time.Second || after[6]-after[5] != longestRetry {
		t.Errorf("signed in after %v", after)
	}
	if r, ok := g.Refusal(); !ok || r.Reason != "credentials refused" || !r.Since.Equal(began) {
		t.Errorf("it stands as %+v, %t", r, ok)
	}
}

func TestAnotherPasswordIsTriedAtOnce(t *testing.T) {
	g := newGated(t)
	g.gate.right = "another"
	if err := g.connectFor(10 * time.Second); err == nil || len(g.gate.signIns) != 1 {
		t.Fatalf("%d sign-ins, %v", len(g.gate.signIns), err)
	}
	if g.CredentialsChanged() {
		t.Error("the password has changed")
	}
	g.vault.now = "wrong too"
	if !g.CredentialsChanged() {
		t.Error("the password has not changed")
	}
	if err := g.connectFor(10 * time.Second); err == nil || len(g.gate.signIns) != 2 {
		t.Fatalf("%d sign-ins, %v", len(g.gate.signIns), err)
	}
	g.vault.now = "another"
	if err := g.connectFor(time.Second); err != nil {
		t.Fatal(err)
	}
	if _, ok := g.Refusal(); ok {
		t.Error("a refusal stands")
	}
	if _, err := g.Call(context.Background(), "m", "x", nil, nil); err != nil {
		t.Error(err)
	}
}

// A password that was changed while the mesh runs is met by a call. Each more
// would be a failed sign-in for Odoo.
func TestARefusedCallStopsAllOthers(t *testing.T) {
	g := newGated(t)
	if err := g.connectFor(time.Second); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	g.gate.answer(&Fault{Code: 3, Kind: Credentials, Message: "Access Denied"})
	for range 20 {
		_, err := g.Call(ctx, "m", "x", nil, nil)
		if !isFault(err, Credentials) || MayHaveExecuted(err) {
			t.Fatalf("got %v", err)
		}
	}
	if g.gate.calls != 1 {
		t.Errorf("%d calls were sent, want 1", g.gate.calls)
	}
	if err := g.connectFor(30 * time.Second); err == nil || len(g.gate.signIns) != 1 {
		t.Errorf("%d sign-ins, %v", len(g.gate.signIns), err)
	}
	g.gate.answer(nil)
	if err := g.connectFor(time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Call(ctx, "m", "x", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestALimitHoldsAllCallsBack(t *testing.T) {
	g := newGated(t)
	if err := g.connectFor(time.Second); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	call := func() error {
		_, err := g.Call(ctx, "m", "x", nil, nil)
		return err
	}
	g.gate.answer(&TransportError{Kind: RateLimited, Sent: true, Status: 429, RetryAfter: 30 * time.Second})
	if err := call(); RetryAfter(err) != 30*time.Second {
		t.Fatalf("got %v, again in %s", err, RetryAfter(err))
	}
	g.time = g.time.Add(10 * time.Second)
	var held *TransportError
	if err := call(); !errors.As(err, &held) || held.Sent || RetryAfter(err) != 20*time.Second {
		t.Errorf("got %v, again in %s", err, RetryAfter(err))
	}
	var connect *ConnectError
	if _, err := g.Connect(ctx); !errors.As(err, &connect) || connect.Reason != Limited || connect.RetryIn() != 20*time.Second {
		t.Errorf("got %v", err)
	}
	if g.gate.calls != 1 || len(g.gate.signIns) != 1 {
		t.Errorf("%d calls and %d sign-ins were sent", g.gate.calls, len(g.gate.signIns))
	}
	g.time = g.time.Add(20 * time.Second)
	g.gate.answer(nil)
	if err := call(); err != nil {
		t.Fatal(err)
	}
	if r, ok := g.Refusal(); ok {
		t.Errorf("%+v stands", r)
	}
}

func TestLimitsWithoutATimeHoldLongerEachTime(t *testing.T) {
	g := newGated(t)
	if err := g.connectFor(time.Second); err != nil {
		t.Fatal(err)
	}
	g.gate.answer(&TransportError{Kind: RateLimited, Sent: true, Status: 429})
	for range 3600 {
		_, _ = g.Call(context.Background(), "m", "x", nil, nil) // what is sent is counted
		g.time = g.time.Add(time.Second)
		g.gate.answer(&TransportError{Kind: RateLimited, Sent: true, Status: 429})
	}
	if g.gate.calls < 60 || g.gate.calls > 70 {
		t.Errorf("%d calls were sent in an hour, want about one a minute", g.gate.calls)
	}
}
