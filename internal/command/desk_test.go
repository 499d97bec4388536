package command

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/odoo"
	"odoomesh/internal/store/badgerstore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const pressMethod = orderv1.OrderService_ReleaseOrder_FullMethodName

// house is an Odoo with orders that can be pressed: once is what is wanted, and each
// press counts.
type house struct {
	mu      sync.Mutex
	pressed map[int64]int
	gone    map[int64]bool
	notes   []string
	// before and after are called around the commit of a press; an error of the first
	// keeps it from happening, one of the second is what the caller gets.
	before, after func(id int64) error
	// looks fails reads where it is set, and rule checks.
	looks func() error
	// warns is what checks warn of.
	warns []string
	// stale says that what callers have read has changed since.
	stale bool
	rule  func(id int64) error
}

func (h *house) SearchRead(_ context.Context, model string, domain odoo.Domain, _ []string, _ odoo.ReadOptions) ([]odoo.Row, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.looks != nil {
		if err := h.looks(); err != nil {
			return nil, err
		}
	}
	id := domain[0].([]any)[2].(int64)
	if len(domain) > 1 { // looks for a note
		for _, note := range h.notes {
			if strings.Contains(note, domain[1].([]any)[2].(string)) {
				return []odoo.Row{odoo.NewRow(model, map[string]any{"id": id})}, nil
			}
		}
		return nil, nil
	}
	if h.gone[id] {
		return nil, nil
	}
	return []odoo.Row{odoo.NewRow(model, map[string]any{"id": id, "pressed": h.pressed[id] > 0})}, nil
}

func (h *house) Call(context.Context, string, string, []any, map[string]any) (any, error) {
	return nil, errors.New("nobody calls it")
}

func (h *house) CallOn(_ context.Context, _, method string, ids []int64, _ []any, kwargs map[string]any) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if method == "message_post" {
		h.notes = append(h.notes, kwargs["body"].(string))
		return int64(len(h.notes)), nil
	}
	if h.before != nil {
		if err := h.before(ids[0]); err != nil {
			return nil, err
		}
	}
	h.pressed[ids[0]]++
	if h.after != nil {
		return nil, h.after(ids[0])
	}
	return true, nil
}

func (h *house) May(context.Context, string, string) (bool, error) { return true, nil }

func (h *house) Language() string   { return "" }
func (h *house) Companies() []int64 { return nil }

func (h *house) Server() (odoo.Server, bool) { return odoo.Server{}, true }

// presses presses an order once.
type presses struct {
	name    string
	id      int64
	house   *house
	checked *bool
}

func (p presses) Warned() []string {
	if !*p.checked {
		return nil
	}
	return p.house.warns
}

func (p presses) Document() string { return p.name }

func (p presses) Look(ctx context.Context, w *Work) (Standing, error) {
	row, ok, err := w.Odoo.Row(ctx, "thing", p.id, "pressed")
	if err == nil && !ok {
		err = fault.NotFound(p.name)
	}
	if err != nil {
		return Standing{}, err
	}
	s := Standing{Document: p.name, Model: "thing", ID: p.id, Evidence: "thing is not pressed"}
	if done, _ := row.Bool("pressed"); done {
		s.Stage, s.Evidence = Done, "thing is pressed"
	}
	return s, nil
}

func (p presses) Unchanged(context.Context) error {
	if p.house.stale {
		return Stale(p.name)
	}
	return nil
}

func (p presses) Check(context.Context, *Work) error {
	*p.checked = true
	if p.id == 13 {
		return Refused("%s is never pressed.", p.name)
	}
	if p.house.rule != nil {
		return p.house.rule(p.id)
	}
	return nil
}

func (p presses) Do(ctx context.Context, w *Work) error {
	_, err := w.Odoo.Do(ctx, "thing", "press", []int64{p.id}, nil)
	return err
}

// world is a desk over a house and a ledger in a folder.
type world struct {
	*house
	*Desk
	dir     string
	longest time.Duration
	log     *badgerstore.Log
	// refreshed are the records that were brought up to date.
	refreshed []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{house: &house{pressed: map[int64]int{}, gone: map[int64]bool{}}, dir: t.TempDir(), longest: time.Hour}
	w.open(t)
	t.Cleanup(func() { w.shut(t) })
	return w
}

func (w *world) open(t *testing.T) {
	t.Helper()
	var err error
	if w.log, err = badgerstore.OpenLog(w.dir, badgerstore.LogOptions{}); err != nil {
		t.Fatal(err)
	}
	w.Desk = New(Config{
		Ledger: w.log, Client: w.house, LongestRequest: w.longest, Patience: time.Minute, DeferredLimit: 1000, Zone: func() *time.Location { return time.UTC },
		Refresh: func(_ context.Context, name string) error {
			w.house.mu.Lock()
			defer w.house.mu.Unlock()
			w.refreshed = append(w.refreshed, name)
			return nil
		},
		Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
	})
	w.Register(Kind{Name: "things.press", Method: pressMethod, Request: &orderv1.ReleaseOrderRequest{}, Begin: func(r proto.Message) (Command, error) {
		var g Given
		name := r.(*orderv1.ReleaseOrderRequest).GetName()
		return presses{name, g.ID("name", "orders", name), w.house, new(bool)}, g.Err()
	}})
}

func (w *world) shut(t *testing.T) {
	t.Helper()
	w.Close()
	if err := w.log.Close(); err != nil {
		t.Error(err)
	}
}

// restart is a stop and a new start, which takes up what was open.
func (w *world) restart(t *testing.T) {
	t.Helper()
	w.shut(t)
	w.open(t)
	if err := w.resume(); err != nil {
		t.Fatal(err)
	}
}

func as(t *testing.T, name string) context.Context {
	return access.WithPrincipal(t.Context(), access.NewPrincipal(name, map[string][]optionsv1.Access{"order": {optionsv1.Access_ACCESS_WRITE}}))
}

// withMethod is a call by a principal whose role gives one command, and no right.
func withMethod(t *testing.T, name, command string) context.Context {
	t.Helper()
	path := filepath.Join(t.TempDir(), "access.yaml")
	text := fmt.Sprintf("roles:\n  only: {methods: [%s]}\nprincipals:\n- {name: %s, token_sha256: %x, roles: [only]}\n", command, name, sha256.Sum256([]byte(name)))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := access.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return access.WithPrincipal(t.Context(), file.Principal(name))
}

func (w *world) press(ctx context.Context, requestID string, order int) (*commandv1.Intent, error) {
	return w.Carry(ctx, pressMethod, &orderv1.ReleaseOrderRequest{RequestId: requestID, Name: fmt.Sprint("orders/", order)})
}

// state waits until an intent has a state.
func (w *world) state(t *testing.T, ctx context.Context, requestID string, want commandv1.State) *commandv1.Intent {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		i, err := w.Get(ctx, nameOf(idOf(callerOf(ctx), requestID)))
		if err == nil && i.GetState() == want {
			return i
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is %v (%v), want %v", i, err, want)
		}
		<-time.After(5 * time.Millisecond)
	}
}

var (
	cut         = &odoo.TransportError{Kind: odoo.NoAnswer, Sent: true, Err: errors.New("connection reset")}
	unreachable = &odoo.TransportError{Kind: odoo.Unreachable, Err: errors.New("connection refused")}
	filtered    = &odoo.TransportError{Kind: odoo.Blocked, Sent: true, Status: 403}
)

func TestARequestIsCarriedOutOnceHoweverOftenItIsSent(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	for range 3 {
		i, err := w.press(ctx, "r1", 42)
		if err != nil || i.GetState() != stateDone || i.GetAttempts() != 1 || i.GetDocument() != "orders/42" || i.GetPrincipal() != "erp" {
			t.Fatalf("%v, %v", i, err)
		}
	}
	if w.pressed[42] != 1 || len(w.notes) != 1 || !strings.Contains(w.notes[0], "erp") || fmt.Sprint(w.refreshed) != "[orders/42]" {
		t.Errorf("pressed %d, notes %q, refreshed %v", w.pressed[42], w.notes, w.refreshed)
	}
	if _, err := w.press(ctx, "r1", 43); fault.ReasonOf(err) != errorsv1.Reason_REASON_IDEMPOTENCY_MISMATCH || w.pressed[43] != 0 {
		t.Errorf("another body: %v", err)
	}
	// The same id of another principal is another intent, and nobody sees those of others.
	other := as(t, "wms")
	if _, err := w.press(other, "r1", 43); err != nil || w.pressed[43] != 1 {
		t.Errorf("of another principal: %v", err)
	}
	if _, err := w.Get(other, nameOf(idOf("erp", "r1"))); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_FOUND {
		t.Errorf("another's intent: %v", err)
	}
	list, err := w.List(other, &commandv1.ListIntentsRequest{})
	if err != nil || len(list.GetIntents()) != 1 || list.GetIntents()[0].GetPrincipal() != "wms" {
		t.Errorf("%v, %v", list, err)
	}
	w.restart(t)
	if i, err := w.press(ctx, "r1", 42); err != nil || i.GetState() != stateDone || w.pressed[42] != 1 {
		t.Errorf("after a restart: %v, %v", i, err)
	}
	w.gone[42] = true
	if i, err := w.press(ctx, "r1", 42); err != nil || i.GetState() != stateDone {
		t.Errorf("done, and then deleted: %v, %v", i, err)
	}
}

// What somebody else has done meanwhile is what was asked for only where the record is as
// the caller has read it; what the caller has done itself is its own.
func TestWhatOthersHaveDoneIsNotWhatWasMeant(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.pressed[42], w.stale = 1, true
	if i, err := w.press(ctx, "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_STALE_ETAG {
		t.Errorf("%v, %v", i, err)
	}
	if list, err := w.List(ctx, &commandv1.ListIntentsRequest{}); err != nil || len(list.GetIntents()) > 0 {
		t.Errorf("it is taken on: %v, %v", list, err)
	}
	w.stale = false
	if i, err := w.press(ctx, "r2", 43); err != nil {
		t.Fatal(i, err)
	}
	w.shut(t)
	w.dir, w.stale = t.TempDir(), true // the ledger is lost
	w.open(t)
	if i, err := w.press(ctx, "r2", 43); err != nil || i.GetState() != stateDone || w.pressed[43] != 1 {
		t.Errorf("its own: %v, %v", i, err)
	}
}

func TestARequestWithoutAnIDIsRefused(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	for _, id := range []string{"", "with blank", "ü", strings.Repeat("x", 129)} {
		_, err := w.press(ctx, id, 42)
		if fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT || !strings.Contains(err.Error(), "request_id") {
			t.Errorf("%q: %v", id, err)
		}
	}
	if w.pressed[42] != 0 {
		t.Error("it was carried out")
	}
	rest := metadata.NewIncomingContext(ctx, metadata.Pairs("idempotency-key", "k1"))
	if i, err := w.press(rest, "", 42); err != nil || i.GetRequestId() != "k1" {
		t.Errorf("%v, %v", i, err)
	}
	if _, err := w.press(rest, "k2", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT {
		t.Errorf("two ids: %v", err)
	}
}

func TestWhatIsCommittedAndNotAnsweredIsFound(t *testing.T) {
	for name, answer := range map[string]error{"cut": cut, "a filter's 403": filtered, "a rule that was a race": &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "a partner cannot follow twice the same object"}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.after = func(int64) error { return answer }
			i, err := w.press(as(t, "erp"), "r1", 42)
			if err != nil || i.GetState() != stateDone || w.pressed[42] != 1 {
				t.Errorf("pressed %d: %v, %v", w.pressed[42], i, err)
			}
		})
	}
}

// Odoo goes on with a call whose connection is gone: what is not to be seen yet is
// neither called done nor called undone.
func TestWhatIsNotToBeSeenYetIsUnknownAndThenDone(t *testing.T) {
	w := newWorld(t)
	w.Patience = 500 * time.Millisecond
	w.before = func(int64) error { return cut }
	ctx := as(t, "erp")
	_, err := w.press(ctx, "r1", 42)
	if reason := fault.ReasonOf(err); reason != errorsv1.Reason_REASON_UNKNOWN_OUTCOME || fault.About(err) != nameOf(idOf("erp", "r1")) {
		t.Fatalf("%v", err)
	}
	if _, err := w.press(ctx, "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_UNKNOWN_OUTCOME {
		t.Errorf("sent again: %v", err)
	}
	w.house.mu.Lock()
	w.pressed[42]++ // the first call comes through
	w.house.mu.Unlock()
	w.state(t, ctx, "r1", stateDone)
	if w.pressed[42] != 1 {
		t.Errorf("pressed %d times", w.pressed[42])
	}
}

func TestWhatWasNeverSentIsNotDoneAndMayBeSentAgain(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.before = func(int64) error { return unreachable }
	_, err := w.press(ctx, "r1", 42)
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_UNAVAILABLE {
		t.Fatalf("%v", err)
	}
	w.state(t, ctx, "r1", stateNotDone)
	w.before = nil
	if i, err := w.press(ctx, "r1", 42); err != nil || i.GetAttempts() != 2 || w.pressed[42] != 1 {
		t.Errorf("%v, %v", i, err)
	}
	// An Odoo that cannot even be looked at leaves nothing behind.
	w.looks = func() error { return unreachable }
	if _, err := w.press(ctx, "r2", 43); fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_UNAVAILABLE {
		t.Errorf("%v", err)
	}
	if _, err := w.Get(ctx, nameOf(idOf("erp", "r2"))); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_FOUND {
		t.Errorf("%v", err)
	}
}

func TestWhatWasSentIsNotCalledUndoneBeforeOdoosLongestRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.LongestRequest = 700 * time.Millisecond
	w.before = func(int64) error { return cut }
	ctx := as(t, "erp")
	began := time.Now()
	_, err := w.press(ctx, "r1", 42)
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_UNAVAILABLE || time.Since(began) < w.LongestRequest || !strings.Contains(err.Error(), "does not show anything more of it") {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	w.state(t, ctx, "r1", stateNotDone)
}

func TestARefusalIsTheAnswerEachTime(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.before = func(int64) error {
		return &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "The period is locked."}
	}
	for range 2 {
		_, err := w.press(ctx, "r1", 42)
		if fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE || !strings.Contains(err.Error(), "The period is locked.") {
			t.Fatalf("%v", err)
		}
	}
	w.before = nil
	if _, err := w.press(ctx, "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE || w.pressed[42] != 0 {
		t.Errorf("the first answer is the answer: %v", err)
	}
	// Somebody who knows that the rule is gone can have it tried again.
	name := nameOf(idOf("erp", "r1"))
	if _, err := w.Retry(withMethod(t, "erp", "orders.create"), name); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED || w.pressed[42] != 0 {
		t.Errorf("who may not release any more has it released: %v", err)
	}
	// Whose role gives the command alone, and no right on the domain, may.
	if i, err := w.Retry(withMethod(t, "erp", "orders.release"), name); err != nil || i.GetState() != stateDone || w.pressed[42] != 1 {
		t.Errorf("%v, %v", i, err)
	}
	// What the mesh itself refuses before it takes it on leaves nothing behind.
	if _, err := w.press(ctx, "r2", 13); fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE {
		t.Errorf("%v", err)
	}
	if _, err := w.Get(ctx, nameOf(idOf("erp", "r2"))); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_FOUND {
		t.Errorf("%v", err)
	}
}

func TestAQuestionIsForAPerson(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.before = func(int64) error { return &Question{Text: "Is it expired?"} }
	_, err := w.press(ctx, "r1", 42)
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_ACTION_REQUIRED || !strings.Contains(err.Error(), "Is it expired?") {
		t.Fatalf("%v", err)
	}
	w.pressed[42] = 1 // a person has done it in Odoo
	if i, err := w.press(ctx, "r1", 42); err != nil || i.GetState() != stateDone || w.pressed[42] != 1 {
		t.Errorf("%v, %v", i, err)
	}
	if _, err := w.press(ctx, "r2", 43); err == nil {
		t.Error("no question")
	}
	name := nameOf(idOf("erp", "r2"))
	if i, err := w.Cancel(ctx, name, "wrong order"); err != nil || i.GetState() != stateCancelled {
		t.Errorf("%v, %v", i, err)
	}
	w.before = nil
	if _, err := w.press(ctx, "r2", 43); fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE || w.pressed[43] != 0 {
		t.Errorf("what was given up: %v", err)
	}
	if _, err := w.Cancel(ctx, nameOf(idOf("erp", "r1")), "too late"); fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE {
		t.Errorf("what is done: %v", err)
	}
}

func TestContentionIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	n := 0
	w.before = func(int64) error {
		if n++; n < 4 {
			return &odoo.Fault{Code: 1, Kind: odoo.Contention, Message: "could not serialize access"}
		}
		return nil
	}
	if i, err := w.press(as(t, "erp"), "r1", 42); err != nil || i.GetState() != stateDone || w.pressed[42] != 1 {
		t.Errorf("%v, %v", i, err)
	}
}

// What was open when the mesh stopped is looked up: it is found, or called undone after
// Odoo's longest request; who sends it again has it carried out.
func TestWhatWasOpenIsTakenUp(t *testing.T) {
	t.Parallel()
	t.Run("found", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		ctx := as(t, "erp")
		w.before = func(int64) error { return cut }
		w.warns = []string{"Too dear."}
		w.Patience = 20 * time.Millisecond
		if _, err := w.press(ctx, "r1", 42); err == nil {
			t.Fatal("it was done")
		}
		w.house.mu.Lock()
		w.pressed[42] = 1
		w.house.mu.Unlock()
		w.restart(t)
		i := w.state(t, ctx, "r1", stateDone)
		if w.pressed[42] != 1 || !slices.Equal(i.GetWarnings(), w.warns) {
			t.Errorf("pressed %d times: %v", w.pressed[42], i)
		}
	})
	t.Run("sent again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		ctx := as(t, "erp")
		w.shutAfterAccept(t, ctx)
		if _, err := w.press(ctx, "r1", 42); err != nil {
			if reason := fault.ReasonOf(err); reason != errorsv1.Reason_REASON_UNKNOWN_OUTCOME && reason != errorsv1.Reason_REASON_IN_PROGRESS {
				t.Fatal(err)
			}
		}
		w.state(t, ctx, "r1", stateDone)
		if w.pressed[42] != 1 {
			t.Errorf("pressed %d times", w.pressed[42])
		}
	})
	t.Run("never seen", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		ctx := as(t, "erp")
		w.longest = 500 * time.Millisecond
		w.shutAfterAccept(t, ctx)
		i := w.state(t, ctx, "r1", stateNotDone)
		if w.pressed[42] != 0 || i.GetReason() != "ODOO_UNAVAILABLE" {
			t.Errorf("pressed %d times: %v", w.pressed[42], i)
		}
	})
}

// shutAfterAccept leaves an intent that was taken on, and of which nothing was sent.
func (w *world) shutAfterAccept(t *testing.T, ctx context.Context) {
	t.Helper()
	wish, err := w.wish(ctx, pressMethod, &orderv1.ReleaseOrderRequest{RequestId: "r1", Name: "orders/42"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.accept(ctx, wish, nil, accepted); err != nil {
		t.Fatal(err)
	}
	w.restart(t)
}

func TestTwoCommandsOnOneDocumentNeverRace(t *testing.T) {
	w := newWorld(t)
	inside, most := 0, 0
	var mu sync.Mutex
	w.house.before = func(int64) error {
		mu.Lock()
		inside++
		most = max(most, inside)
		mu.Unlock()
		runtime.Gosched()
		mu.Lock()
		inside--
		mu.Unlock()
		return nil
	}
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if _, err := w.press(as(t, "erp"), fmt.Sprint("r", i), 42); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if most != 1 || w.pressed[42] != 1 {
		t.Errorf("%d at once; pressed %d times", most, w.pressed[42])
	}
}

func TestAValidationChangesNothing(t *testing.T) {
	w := newWorld(t)
	i, err := w.Carry(as(t, "erp"), pressMethod, &orderv1.ReleaseOrderRequest{Name: "orders/42", ValidateOnly: true})
	if err != nil || i.GetName() != "" || len(i.GetCalls()) != 1 || i.GetCalls()[0].GetMethod() != "press" {
		t.Errorf("%v, %v", i, err)
	}
	if w.pressed[42] != 0 || w.log.Head() != 0 || len(w.notes) != 0 {
		t.Error("something has changed")
	}
}

func TestListsPageTheNewestFirst(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	for i := range 7 {
		if _, err := w.press(ctx, fmt.Sprint("r", i), 100+i%2); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	token := ""
	for {
		page, err := w.List(ctx, &commandv1.ListIntentsRequest{PageSize: 2, PageToken: token, Filter: `document = "orders/100" AND state = DONE`})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.GetIntents() {
			got = append(got, i.GetRequestId())
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	if fmt.Sprint(got) != "[r6 r4 r2 r0]" {
		t.Errorf("got %v", got)
	}
}

// What was sent once is not called undone because a later try could not be sent, nor while
// nobody could look, nor before the limit has passed since the last call.
func TestWhatWasSentOnceStaysUnknown(t *testing.T) {
	t.Parallel()
	t.Run("a later try is not sent", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		ctx := as(t, "erp")
		w.Patience = 50 * time.Millisecond
		n := 0
		w.before = func(int64) error {
			if n++; n == 1 {
				return cut
			}
			return unreachable
		}
		if i, err := w.press(ctx, "r1", 42); err == nil {
			t.Fatalf("%v", i)
		}
		eventually(t, func() bool { w.house.mu.Lock(); defer w.house.mu.Unlock(); return n > 2 })
		w.state(t, ctx, "r1", stateUnknown)
		w.house.mu.Lock()
		w.pressed[42]++ // the first call comes through
		w.house.mu.Unlock()
		w.state(t, ctx, "r1", stateDone)
	})
	t.Run("nobody can look", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		ctx := as(t, "erp")
		w.LongestRequest, w.Patience = 300*time.Millisecond, 2*time.Second
		w.after = func(int64) error {
			w.looks = func() error { return unreachable }
			return cut
		}
		if _, err := w.press(ctx, "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_UNKNOWN_OUTCOME {
			t.Fatalf("%v", err)
		}
		w.house.mu.Lock()
		w.looks = nil
		w.house.mu.Unlock()
		w.state(t, ctx, "r1", stateDone)
		if w.pressed[42] != 1 {
			t.Errorf("pressed %d times", w.pressed[42])
		}
	})
	t.Run("the last call counts", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		ctx := as(t, "erp")
		w.LongestRequest = 800 * time.Millisecond
		var last time.Time
		w.before = func(int64) error { last = time.Now(); return cut }
		_, err := w.press(ctx, "r1", 42)
		if since := time.Since(last); fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_UNAVAILABLE || since < w.LongestRequest {
			t.Errorf("%s after the last call: %v", since, err)
		}
	})
}

// What Odoo refuses by now, as a period that is locked since, it may have let pass in a
// call that it is still at: neither is said before that call has ended.
func TestWhatIsRefusedWhileACallIsAdriftIsUnknown(t *testing.T) {
	t.Parallel()
	locked := &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "The period is locked."}
	question := &Question{Text: "Is it expired?"}
	begin := func(t *testing.T, longest time.Duration, then error) (*world, context.Context, error) {
		w := newWorld(t)
		w.LongestRequest, w.Patience = longest, time.Second
		n := 0
		w.before = func(int64) error {
			if n++; n == 1 {
				return cut
			}
			return then
		}
		ctx := as(t, "erp")
		_, err := w.press(ctx, "r1", 42)
		return w, ctx, err
	}
	t.Run("it comes", func(t *testing.T) {
		t.Parallel()
		w, ctx, err := begin(t, time.Hour, locked)
		if fault.ReasonOf(err) != errorsv1.Reason_REASON_UNKNOWN_OUTCOME {
			t.Fatalf("%v", err)
		}
		w.house.mu.Lock()
		w.pressed[42]++ // the first call comes through
		w.house.mu.Unlock()
		w.state(t, ctx, "r1", stateDone)
	})
	t.Run("a question", func(t *testing.T) {
		t.Parallel()
		w, ctx, err := begin(t, time.Hour, question)
		if fault.ReasonOf(err) != errorsv1.Reason_REASON_UNKNOWN_OUTCOME {
			t.Fatalf("%v", err)
		}
		if i, err := w.Cancel(ctx, nameOf(idOf("erp", "r1")), "not wanted"); err == nil {
			t.Errorf("it is given up: %v", i)
		}
		w, ctx, _ = begin(t, 300*time.Millisecond, question)
		w.state(t, ctx, "r1", stateAsks)
	})
	// Each further call may lose its answer, too: somebody is asked all the same, and soon. Who
	// sends it again after that has it tried anew.
	t.Run("a question, while answers are missing again and again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.LongestRequest, w.Patience = 2*time.Second, 50*time.Millisecond
		n := 0
		w.before = func(int64) error {
			if n++; n%3 == 1 {
				return cut
			}
			return question
		}
		ctx := as(t, "erp")
		for until := time.Now().Add(time.Minute); time.Now().Before(until); <-time.After(50 * time.Millisecond) {
			if i, err := w.Get(ctx, nameOf(idOf("erp", "r1"))); err == nil && i.GetState() == stateAsks {
				return
			}
			_, _ = w.press(ctx, "r1", 42)
		}
		t.Error("after thirty times Odoo's longest request nobody is asked")
	})
	t.Run("it does not come", func(t *testing.T) {
		t.Parallel()
		w, ctx, _ := begin(t, 300*time.Millisecond, locked)
		if i := w.state(t, ctx, "r1", stateRefused); i.GetReason() != "BUSINESS_RULE" || !strings.Contains(i.GetExplanation(), "The period is locked.") {
			t.Errorf("%v", i)
		}
	})
}

// What the checks refuse by now is not done at a later try, as it would not have been at
// the first.
func TestALaterTryIsCheckedAnew(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.before = func(int64) error { return unreachable }
	if _, err := w.press(ctx, "r1", 42); err == nil {
		t.Fatal("it was done")
	}
	w.before = nil
	w.rule = func(int64) error { return Refused("It orders -5.") }
	if _, err := w.press(ctx, "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE || w.pressed[42] != 0 {
		t.Errorf("%v", err)
	}
}

// A document that is deleted while its command is unknown is for a person; one that was
// never touched is not found.
func TestADocumentThatIsDeletedMeanwhile(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	w.LongestRequest = 300 * time.Millisecond
	w.before = func(id int64) error { w.gone[id] = true; return cut }
	if _, err := w.press(ctx, "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_ACTION_REQUIRED || !strings.Contains(err.Error(), "deleted") {
		t.Errorf("%v", err)
	}
	if _, err := w.press(ctx, "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_ACTION_REQUIRED || !strings.Contains(err.Error(), "deleted") {
		t.Errorf("sent once more: %v", err)
	}
	if _, err := w.press(ctx, "r2", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_FOUND {
		t.Errorf("%v", err)
	}
}

// A panic costs the try, and not the mesh.
func TestAPanicIsATryThatWasLost(t *testing.T) {
	w := newWorld(t)
	n := 0
	w.before = func(int64) error {
		if n++; n == 1 {
			defer w.house.mu.Lock()
			w.house.mu.Unlock()
			panic("broken")
		}
		return nil
	}
	if i, err := w.press(as(t, "erp"), "r1", 42); err != nil || i.GetState() != stateDone || w.pressed[42] != 1 {
		t.Errorf("pressed %d: %v, %v", w.pressed[42], i, err)
	}
}

// However much Odoo did besides, what is said of it can be kept.
func TestWhatIsSaidOfAnIntentIsBounded(t *testing.T) {
	i := &commandv1.Intent{Explanation: strings.Repeat("ä", 5000)}
	for n := range 6000 {
		i.Deviations = append(i.Deviations, &commandv1.Deviation{Field: fmt.Sprint(n), Found: strings.Repeat("x", 2000)})
		i.Warnings = append(i.Warnings, strings.Repeat("y", 2000))
		i.Calls = append(i.Calls, &commandv1.Call{Subject: strings.Repeat("1 ", 2000)})
	}
	bound(i)
	if size := proto.Size(i); size > 350<<10 || len(i.GetDeviations()) != mostTold+1 || !utf8.ValidString(i.GetExplanation()) {
		t.Errorf("%d bytes, %d deviations", size, len(i.GetDeviations()))
	}
	w := newWorld(t)
	r := &orderv1.ReleaseOrderRequest{RequestId: "r", Name: "orders/42", Etag: strings.Repeat("x", maxBody)}
	if _, err := w.Carry(as(t, "erp"), pressMethod, r); fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT {
		t.Errorf("%v", err)
	}
}

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never came to that")
		}
	}
}
