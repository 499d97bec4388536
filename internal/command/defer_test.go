package command

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

func deferring(ctx context.Context) context.Context {
	return metadata.NewIncomingContext(ctx, metadata.Pairs("prefer", "respond-async"))
}

// down lets Odoo not answer, until up.
func (w *world) down() {
	w.house.mu.Lock()
	defer w.house.mu.Unlock()
	w.looks = func() error { return unreachable }
}

func (w *world) up() {
	w.house.mu.Lock()
	defer w.house.mu.Unlock()
	w.looks = nil
}

// run lets the desk work until the test ends or stop is called.
func (w *world) run(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	d := w.Desk
	go func() { defer close(ended); _ = d.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return stop
}

func TestWhatIsPutOffIsTakenOnWhileOdooIsDown(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.down()
	stop := w.run(t)
	for range 2 {
		i, err := w.press(deferring(ctx), "r1", 42)
		if err != nil || i.GetState() != stateDeferred || i.GetDocument() != "orders/42" {
			t.Fatalf("%v, %v", i, err)
		}
	}
	if _, err := w.press(ctx, "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_IN_PROGRESS {
		t.Errorf("without the wish: %v", err)
	}
	if _, err := w.press(deferring(ctx), "r1", 43); fault.ReasonOf(err) != errorsv1.Reason_REASON_IDEMPOTENCY_MISMATCH {
		t.Errorf("another body: %v", err)
	}
	if _, err := w.press(deferring(ctx), "", 43); fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT {
		t.Errorf("no id: %v", err)
	}
	if _, err := w.press(deferring(ctx), "r2", -1); fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT {
		t.Errorf("no order: %v", err)
	}
	if n, oldest, limit := w.Deferred(); n != 1 || oldest.IsZero() || limit != 1000 {
		t.Errorf("%d wait since %v, of %d", n, oldest, limit)
	}
	list, err := w.List(ctx, &commandv1.ListIntentsRequest{Filter: "state = DEFERRED"})
	if err != nil || len(list.GetIntents()) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	stop()
	w.restart(t) // whatever it was written down for
	w.run(t)
	w.up()
	if i := w.state(t, ctx, "r1", stateDone); i.GetAttempts() != 1 || w.pressed[42] != 1 {
		t.Errorf("%v, pressed %d", i, w.pressed[42])
	}
	w.empty(t)
}

// empty waits until nothing waits.
func (w *world) empty(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		n, _, _ := w.Deferred()
		if n == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d wait", n)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestWhatIsPutOffIsCarriedOutInOrder(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.down()
	pressed := map[int64][]string{}
	stop := w.run(t)
	for n := range 30 {
		if _, err := w.press(deferring(ctx), fmt.Sprint("r", n), n%3+1); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	w.restart(t)
	w.run(t)
	w.up()
	w.empty(t)
	w.house.mu.Lock()
	defer w.house.mu.Unlock()
	names := map[string]int{}
	for n := range 30 {
		names[nameOf(idOf("erp", fmt.Sprint("r", n)))] = n
	}
	for _, note := range w.notes {
		for name, n := range names {
			if strings.Contains(note, name) {
				order := int64(n%3 + 1)
				pressed[order] = append(pressed[order], fmt.Sprintf("%02d", n))
			}
		}
	}
	for order, all := range pressed {
		if !slices.IsSorted(all) || len(all) != 10 {
			t.Errorf("order %d: %v", order, all)
		}
	}
	if w.pressed[1] != 1 || len(pressed) != 3 {
		t.Errorf("pressed %v", w.pressed)
	}
}

func TestWhatIsPutOffWaitsItsTurn(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.down()
	w.run(t)
	if _, err := w.press(deferring(ctx), "r1", 42); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
	defer cancel()
	if _, err := w.press(short, "r2", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_CONTENTION || !strings.Contains(err.Error(), "put off") {
		t.Errorf("it overtakes: %v", err)
	}
	if i, err := w.Cancel(ctx, nameOf(idOf("erp", "r1")), "not wanted"); err != nil || i.GetState() != stateCancelled {
		t.Fatalf("%v, %v", i, err)
	}
	w.up()
	if i, err := w.press(ctx, "r2", 42); err != nil || i.GetState() != stateDone || w.pressed[42] != 1 {
		t.Errorf("%v, %v", i, err)
	}
	if _, err := w.press(deferring(ctx), "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE {
		t.Errorf("given up: %v", err)
	}
}

func TestWhatCannotBeDoneIsRefusedWhenItsTurnComes(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.run(t)
	if i, err := w.press(deferring(ctx), "r1", 13); err != nil || i.GetState() != stateDeferred {
		t.Fatalf("%v, %v", i, err)
	}
	if i := w.state(t, ctx, "r1", stateRefused); !strings.Contains(i.GetExplanation(), "never pressed") || i.GetReason() != "BUSINESS_RULE" {
		t.Errorf("%v", i)
	}
	if _, err := w.press(deferring(ctx), "r1", 13); fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE {
		t.Errorf("asked again: %v", err)
	}
	w.empty(t)
}

// While it is looked at, whether it can be done now, it is answered as long as it waits.
func TestWhatIsPutOffIsToldWhileItIsLookedAt(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	if _, err := w.press(deferring(ctx), "r1", 42); err != nil {
		t.Fatal(err)
	}
	r, mine := w.claim(idOf("erp", "r1"))
	if !mine {
		t.Fatal("somebody works on it")
	}
	defer w.settle(r, nil)
	if i, err := w.press(deferring(ctx), "r1", 42); err != nil || i.GetState() != stateDeferred {
		t.Errorf("%v, %v", i, err)
	}
	if _, err := w.press(deferring(ctx), "r1", 43); fault.ReasonOf(err) != errorsv1.Reason_REASON_IDEMPOTENCY_MISMATCH {
		t.Errorf("another body: %v", err)
	}
}

func TestWhatIsPutOffHasABound(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.DeferredLimit = 2
	for n := range 3 {
		_, err := w.press(deferring(ctx), fmt.Sprint("r", n), 42)
		if full := fault.ReasonOf(err) == errorsv1.Reason_REASON_OVERLOADED; full != (n == 2) || err != nil && !full {
			t.Errorf("%d: %v", n, err)
		}
	}
	if list, err := w.List(ctx, &commandv1.ListIntentsRequest{}); err != nil || len(list.GetIntents()) != 2 {
		t.Errorf("what is refused leaves an intent: %v, %v", list, err)
	}
}

// What was sent and has left no trace comes back into its place, and is done once.
func TestWhatIsPutOffAndUnreachableWaitsOn(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	fails := 3
	w.before = func(int64) error {
		if fails--; fails >= 0 {
			return unreachable
		}
		return nil
	}
	w.run(t)
	for n := range 2 {
		if _, err := w.press(deferring(ctx), fmt.Sprint("r", n), 42); err != nil {
			t.Fatal(err)
		}
	}
	w.state(t, ctx, "r1", stateDone)
	if i := w.state(t, ctx, "r0", stateDone); i.GetAttempts() < 2 || w.pressed[42] != 1 {
		t.Errorf("%v, pressed %d", i, w.pressed[42])
	}
}

func TestThePreferenceIsRead(t *testing.T) {
	for header, want := range map[string]bool{
		"respond-async": true, "Respond-Async": true, "wait=10, respond-async": true, " respond-async ; foo=bar": true,
		"": false, "respond-asynchronously": false, "return=minimal": false, `wait="respond-async"`: false,
	} {
		if got := prefersLater(metadata.NewIncomingContext(t.Context(), metadata.Pairs("prefer", header))); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
	if prefersLater(t.Context()) {
		t.Error("without a header")
	}
}

// Many at once share syncs, and each is in the ledger.
func TestManyArePutOffAtOnce(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	began := time.Now()
	const callers, each = 50, 20
	var group sync.WaitGroup
	for c := range callers {
		group.Go(func() {
			for n := range each {
				if i, err := w.press(deferring(ctx), fmt.Sprintf("r%d-%d", c, n), c+1); err != nil || i.GetState() != stateDeferred {
					t.Errorf("%v, %v", i, err)
				}
			}
		})
	}
	group.Wait()
	t.Logf("%.0f a second", callers*each/time.Since(began).Seconds())
	w.restart(t)
	if err := w.queueRead(); err != nil {
		t.Fatal(err)
	}
	if n, _, _ := w.Deferred(); n != callers*each {
		t.Errorf("%d wait", n)
	}
	for _, lane := range w.queue.lanes {
		if !slices.IsSortedFunc(lane, func(a, b *waiting) int { return int(a.place) - int(b.place) }) || len(lane) != each {
			t.Errorf("%d in a lane", len(lane))
		}
	}
}
