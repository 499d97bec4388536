package exception

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services/event/rules"
)

const (
	drift = eventv1.ExceptionKind_EXCEPTION_KIND_STOCK_DRIFT
	held  = eventv1.ExceptionKind_EXCEPTION_KIND_DELETIONS_HELD
)

// world is a board over a journal in a folder, at a time that the test moves.
type world struct {
	*Board
	dir string
	now time.Time

	mu   sync.Mutex
	told []string
	// fails is what telling fails with.
	fails error
	// reached gets a name for each event that was told.
	reached chan string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{dir: t.TempDir(), now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), reached: make(chan string, 100)}
	w.open(t)
	t.Cleanup(func() { _ = w.Journal.(*badgerstore.Log).Close() })
	return w
}

func (w *world) open(t *testing.T) {
	t.Helper()
	journal, err := badgerstore.OpenLog(w.dir, badgerstore.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.Board, err = New(Config{
		Journal: journal, Clock: clock.Func(func() time.Time { return w.now }), Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
		Zone: func() *time.Location { return time.UTC },
		Escalate: func(_ context.Context, e rules.Exception) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.fails != nil {
				return w.fails
			}
			w.told = append(w.told, e.Name+" "+e.Subject)
			w.reached <- e.Name
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// restart is a kill and a new start.
func (w *world) restart(t *testing.T) {
	t.Helper()
	if err := w.Journal.(*badgerstore.Log).Close(); err != nil {
		t.Fatal(err)
	}
	w.open(t)
}

// run lets the board tell until the test says stop.
func (w *world) run(t *testing.T) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	return func() error {
		cancel()
		return <-ended
	}
}

func (w *world) report(t *testing.T, subject, summary string) {
	t.Helper()
	if err := w.Report(t.Context(), Cause{Kind: drift, Subject: subject, Summary: summary, Numbers: map[string]string{"events": "3"}}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) clear(t *testing.T, subject string) {
	t.Helper()
	if err := w.Clear(t.Context(), drift, subject); err != nil {
		t.Fatal(err)
	}
}

func (w *world) list(t *testing.T, filter string) (names []string) {
	t.Helper()
	token := ""
	for {
		r, err := w.List(context.Background(), &operationsv1.ListExceptionsRequest{Filter: filter, PageSize: 2, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range r.GetExceptions() {
			names = append(names, e.GetName())
		}
		if token = r.GetNextPageToken(); token == "" {
			return names
		}
	}
}

// valueOf is what a metric says.
func valueOf(t *testing.T, m prometheus.Metric) float64 {
	t.Helper()
	var read dto.Metric
	if err := m.Write(&read); err != nil {
		t.Fatal(err)
	}
	return read.GetGauge().GetValue() + read.GetCounter().GetValue()
}

// A cause is one exception while it lasts, however often it is reported and the mesh is
// killed; one that comes back is another.
func TestACauseIsOneExceptionWhileItLasts(t *testing.T) {
	w := newWorld(t)
	w.report(t, "stockPositions/1", "3 for 4")
	w.report(t, "stockPositions/2", "3 for 4")
	head := w.all[1].revision
	w.report(t, "stockPositions/1", "3 for 4")
	if w.all[1].revision != head {
		t.Error("a report that says nothing new was written")
	}
	w.now = w.now.Add(time.Minute)
	w.report(t, "stockPositions/1", "3 for 5")
	w.restart(t)
	w.report(t, "stockPositions/1", "3 for 5")
	e, err := w.Get("exceptions/1")
	if err != nil || e.GetSummary() != "3 for 5" || e.GetState() != operationsv1.ExceptionState_EXCEPTION_STATE_OPEN || !e.GetUpdateTime().AsTime().Equal(w.now) || e.GetOpenTime().AsTime().Equal(w.now) {
		t.Errorf("got %v, %v", e, err)
	}
	w.clear(t, "stockPositions/1")
	w.clear(t, "stockPositions/1")
	w.restart(t)
	w.report(t, "stockPositions/1", "3 for 5")
	if got := fmt.Sprint(w.list(t, "")); got != "[exceptions/3 exceptions/2 exceptions/1]" {
		t.Errorf("there are %s", got)
	}
	if got := fmt.Sprint(w.list(t, `state = OPEN AND kind = STOCK_DRIFT AND subject = "stockPositions/1"`)); got != "[exceptions/3]" {
		t.Errorf("open are %s", got)
	}
	if e, err := w.Get("exceptions/1"); err != nil || e.GetState() != operationsv1.ExceptionState_EXCEPTION_STATE_CLOSED || e.GetCloseTime() == nil {
		t.Errorf("got %v, %v", e, err)
	}
	if _, err := w.Get("exceptions/9"); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_FOUND {
		t.Errorf("one that is not there: %v", err)
	}
	if _, err := w.List(context.Background(), &operationsv1.ListExceptionsRequest{Filter: "nothing = 1"}); fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_FILTER {
		t.Errorf("a wrong filter: %v", err)
	}
	if _, err := w.List(context.Background(), &operationsv1.ListExceptionsRequest{PageToken: "x"}); fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_PAGE_TOKEN {
		t.Errorf("a wrong token: %v", err)
	}
	if got := valueOf(t, w.metrics.open.WithLabelValues("stock_drift")); got != 2 {
		t.Errorf("the metric is %v", got)
	}
}

// Who says which causes of a kind there are, clears the others of the kind.
func TestSettleClearsWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	w.report(t, "stockPositions/1", "3 for 4")
	if err := w.Report(t.Context(), Cause{Kind: held, Subject: "products", Summary: "120 products"}); err != nil {
		t.Fatal(err)
	}
	causes := []Cause{{Kind: drift, Subject: "stockPositions/2", Summary: "1 for 2"}, {Kind: drift, Subject: "stockPositions/3", Summary: "1 for 2"}}
	for range 2 {
		if err := w.Settle(t.Context(), drift, causes); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(w.list(t, "state != CLOSED")); got != "[exceptions/4 exceptions/3 exceptions/2]" {
		t.Errorf("there are %s", got)
	}
	if err := w.Settle(t.Context(), held, causes); err == nil {
		t.Error("causes of another kind were settled")
	}
	if err := w.Settle(t.Context(), drift, nil); err != nil {
		t.Fatal(err)
	}
	if open, acknowledged := w.Counts(); open != 1 || acknowledged != 0 {
		t.Errorf("%d open, %d acknowledged", open, acknowledged)
	}
}

// A person's word is kept over a restart, and ends with the exception.
func TestAcknowledgingHoldsUntilTheCauseIsGone(t *testing.T) {
	w := newWorld(t)
	w.report(t, "stockPositions/1", "3 for 4")
	before, _ := w.Get("exceptions/1")
	ctx, said := audit.WithChanges(t.Context())
	word := func(by, reason, etag string) (*operationsv1.Exception, error) {
		return w.Acknowledge(ctx, by, &operationsv1.AcknowledgeExceptionRequest{Name: "exceptions/1", Reason: reason, Etag: etag})
	}
	w.report(t, "stockPositions/1", "3 for 5")
	if _, err := word("ann", "known", before.GetEtag()); fault.ReasonOf(err) != errorsv1.Reason_REASON_STALE_ETAG {
		t.Errorf("with an old etag: %v", err)
	}
	now, _ := w.Get("exceptions/1")
	first, err := word("ann", "known", now.GetEtag())
	if err != nil || first.GetState() != operationsv1.ExceptionState_EXCEPTION_STATE_ACKNOWLEDGED || first.GetAcknowledgement().GetAcknowledgedBy() != "ann" {
		t.Errorf("got %v, %v", first, err)
	}
	again, err := word("ann", "known", now.GetEtag())
	if err != nil || again.GetEtag() != first.GetEtag() {
		t.Errorf("said again: %v, %v", again, err)
	}
	w.restart(t)
	w.report(t, "stockPositions/1", "3 for 6")
	if open, acknowledged := w.Counts(); open != 0 || acknowledged != 1 {
		t.Errorf("%d open, %d acknowledged", open, acknowledged)
	}
	if other, err := word("ben", "counted", ""); err != nil || other.GetAcknowledgement().GetReason() != "counted" {
		t.Errorf("said by another: %v, %v", other, err)
	}
	if all := said(); len(all) != 2 || all[0].Document != "exceptions/1" || all[0].Before != "EXCEPTION_STATE_OPEN" || all[0].After != "EXCEPTION_STATE_ACKNOWLEDGED" ||
		all[1].Before != all[0].After || !strings.Contains(all[1].Says, `- acknowledgement: {"acknowledged_by":"ann"`) || !strings.Contains(all[1].Says, `+ acknowledgement: {"acknowledged_by":"ben","reason":"counted"`) {
		t.Errorf("the audit is told %+v", all)
	}
	w.clear(t, "stockPositions/1")
	if _, err := word("ann", "too late", ""); fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT {
		t.Errorf("a closed one: %v", err)
	}
	w.report(t, "stockPositions/1", "3 for 4")
	if open, acknowledged := w.Counts(); open != 1 || acknowledged != 0 {
		t.Errorf("come back: %d open, %d acknowledged", open, acknowledged)
	}
}

// Each opening is told once, also where telling failed before, unless it closed.
func TestEachOpeningIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.report(t, "stockPositions/1", "3 for 4")
	w.report(t, "stockPositions/2", "3 for 4")
	w.fails = errors.New("no journal")
	stop := w.run(t)
	if err := stop(); !errors.Is(err, w.fails) {
		t.Errorf("a journal that fails: %v", err)
	}
	w.fails = nil
	w.clear(t, "stockPositions/2")
	w.restart(t)
	stop = w.run(t)
	if got := <-w.reached; got != "exceptions/1" {
		t.Errorf("told is %s", got)
	}
	w.report(t, "stockPositions/1", "3 for 5")
	w.report(t, "stockPositions/3", "1 for 2")
	if got := <-w.reached; got != "exceptions/3" {
		t.Errorf("told is %s", got)
	}
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	w.restart(t)
	w.report(t, "stockPositions/4", "1 for 2")
	stop = w.run(t)
	if got := <-w.reached; got != "exceptions/4" && got != "exceptions/3" {
		t.Errorf("told is %s", got)
	}
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Closed exceptions are forgotten after a while, their numbers are not given again, and
// a kind has no end of them.
func TestTheBoardDoesNotGrowWithoutEnd(t *testing.T) {
	w := newWorld(t)
	causes := make([]Cause, openAtMost+1)
	for i := range causes {
		causes[i] = Cause{Kind: drift, Subject: fmt.Sprintf("stockPositions/%d", i), Summary: "1 for 2"}
	}
	if err := w.Settle(t.Context(), drift, causes); err != nil {
		t.Fatal(err)
	}
	if open, _ := w.Counts(); open != openAtMost {
		t.Errorf("%d are open", open)
	}
	if got := valueOf(t, w.metrics.left.WithLabelValues("stock_drift")); got != 1 {
		t.Errorf("%v were left out", got)
	}
	if err := w.Settle(t.Context(), drift, causes[openAtMost:]); err != nil {
		t.Fatal(err)
	}
	if open, _ := w.Counts(); open != 1 {
		t.Errorf("%d are open", open)
	}
	w.now = w.now.Add(keepClosed + time.Hour)
	for range openAtMost/keptAtOnce + 1 {
		w.clear(t, causes[openAtMost].Subject)
		w.report(t, causes[openAtMost].Subject, "1 for 2")
	}
	w.restart(t)
	for number := range w.all {
		if number <= openAtMost {
			t.Fatalf("%d is still kept", number)
		}
	}
}
