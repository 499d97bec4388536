package operations_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/capture"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/fingerprint"
	"odoomesh/internal/read"
	"odoomesh/internal/reconcile"
	"odoomesh/services/operations"
)

// told is a mesh that answers what it was told to.
type told struct {
	standing operations.Standing
	statuses []capture.Status
	clock    capture.ClockState
	found    reconcile.Verification
	faulty   []read.FaultyRecord
	steps    []capture.ResyncProgress
	totals   capture.ResyncResult
	backup   []byte
	change   *command.Change
	compared command.Comparison
	err      error
}

func (t told) CompareLedger(context.Context) (command.Comparison, error) { return t.compared, t.err }

func (t told) AcceptOdoo(_ context.Context, by, reason, etag string) (command.Comparison, error) {
	if etag != t.change.Etag {
		return command.Comparison{}, errors.New("another change")
	}
	c := t.compared
	c.Lost = append([]command.Lost{{Intent: &commandv1.Intent{Name: by, Explanation: reason}}}, c.Lost...)
	return c, t.err
}

func (t told) Changed() (command.Change, bool) {
	if t.change == nil {
		return command.Change{}, false
	}
	return *t.change, true
}

func (t told) Standing() operations.Standing { return t.standing }

func (t told) Statuses() []capture.Status { return t.statuses }

func (t told) Clock() capture.ClockState { return t.clock }

func (t told) Verify(context.Context, string, []byte) (reconcile.Verification, error) {
	return t.found, t.err
}

func (t told) FaultyRecords(_ context.Context, _ []string, size int, token string) ([]read.FaultyRecord, string, error) {
	return t.faulty[:min(size, len(t.faulty))], token + "+", t.err
}

func (t told) Resync(_ context.Context, _ string, _ bool, report func(capture.ResyncProgress) error) (capture.ResyncResult, error) {
	for _, s := range t.steps {
		if err := report(s); err != nil {
			return t.totals, err
		}
	}
	return t.totals, t.err
}

func (t told) Backup(_ context.Context, to io.Writer, report func(done, total int64) error) error {
	if err := report(7, 9); err != nil {
		return err
	}
	if _, err := to.Write(t.backup); err != nil {
		return err
	}
	return t.err
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestStatusLeavesOutWhatIsNotKnownYet(t *testing.T) {
	s := operations.New(told{
		standing: operations.Standing{State: "loading", Instance: "erp", Head: 7, Oldest: 3, Open: 2, Acknowledged: 1, Deferred: operations.Deferred{Waiting: 3, Oldest: noon, Limit: 50}, Purchasing: operations.Purchasing{Approved: "off", Price: "warn", Tolerance: 2.5}},
		clock:    capture.ClockState{Known: true, Database: -7 * time.Hour},
		statuses: []capture.Status{
			{Collection: "products", Copy: capture.Copy{Progress: capture.Progress{Done: 10, Total: 40, Left: 3 * time.Second}},
				Degraded: []capture.Trouble{{Reason: "no answer", Since: noon}}},
			{Collection: "suppliers", Copy: capture.Copy{Loaded: true, Verified: noon}, Records: 5, Held: 2, MappingVersion: 1,
				Drift: capture.Drift{Compared: noon, Gone: 2}, Faulty: 3, Degraded: []capture.Trouble{{Model: "res.partner", Reason: "403", Since: noon}}},
		},
	})
	got, err := s.GetStatus(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &operationsv1.GetStatusResponse{
		State: "loading", Odoo: &operationsv1.OdooStatus{Instance: "erp"}, Log: &operationsv1.LogStatus{Head: 7, Oldest: 3},
		OpenExceptions: 2, AcknowledgedExceptions: 1, Deferred: &operationsv1.DeferredStatus{Waiting: 3, OldestTime: timestamppb.New(noon), Limit: 50}, Purchasing: &operationsv1.PurchasingPolicy{ApprovedSuppliers: "off", PriceCheck: "warn", PriceTolerancePercent: "2.5"},
		Clock: &operationsv1.ClockStatus{State: operationsv1.ClockState_CLOCK_STATE_DISAGREES, Offset: durationpb.New(-7 * time.Hour),
			Evidence: "The clock of Odoo's database is 7h0m0s behind the mesh's; Odoo's answers come with a time that is within a second of the mesh's clock."},
		Collections: []*operationsv1.CollectionStatus{
			{Collection: "products", Progress: &operationsv1.Progress{Done: 10, Total: 40, Left: durationpb.New(3 * time.Second)},
				Degradations: []*operationsv1.Degradation{{Reason: "Its first load cannot go on.", Cause: "no answer", Since: timestamppb.New(noon)}}},
			{Collection: "suppliers", Loaded: true, Records: 5, VerifiedTime: timestamppb.New(noon), HeldDeletions: 2, MappingVersion: 1,
				Drift:         &operationsv1.Drift{ComparedTime: timestamppb.New(noon), Gone: 2},
				FaultyRecords: 3, Degradations: []*operationsv1.Degradation{{Model: "res.partner", Reason: "What it shows of this model is not followed.", Cause: "403", Since: timestamppb.New(noon)}}},
		},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestVerifyCallsEqualOnlyWhatBothHaveAlike(t *testing.T) {
	differs := []reconcile.Difference{{Field: "sku", Mesh: `"A"`, Odoo: `"B"`}}
	cases := []struct {
		name   string
		found  reconcile.Verification
		err    error
		equal  bool
		reason errorsv1.Reason
	}{
		{name: "alike", found: reconcile.Verification{InCache: true, InOdoo: true}, equal: true},
		{name: "different", found: reconcile.Verification{InCache: true, InOdoo: true, Differences: differs}},
		{name: "only in the mesh", found: reconcile.Verification{InCache: true}},
		{name: "only in Odoo", found: reconcile.Verification{InOdoo: true}},
		{name: "nowhere", reason: errorsv1.Reason_REASON_NOT_FOUND},
		{name: "a failure", err: errors.New("x"), reason: errorsv1.Reason_REASON_INTERNAL},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := operations.New(told{found: c.found, err: c.err}).VerifyRecord(t.Context(), &operationsv1.VerifyRecordRequest{Name: "products/1"})
			if fault.ReasonOf(err) != c.reason || got.GetEqual() != c.equal || len(got.GetDifferences()) != len(c.found.Differences) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

// sent is a stream that keeps what is sent, and breaks after some messages.
type sent struct {
	grpc.ServerStream
	messages []*operationsv1.ResyncDomainResponse
	breaks   int
}

func (s *sent) Context() context.Context { return context.Background() }

func (s *sent) Send(m *operationsv1.ResyncDomainResponse) error {
	if s.messages = append(s.messages, m); len(s.messages) == s.breaks {
		return context.Canceled
	}
	return nil
}

func TestResyncEndsWithTheTotals(t *testing.T) {
	mesh := told{
		steps:  []capture.ResyncProgress{{Progress: capture.Progress{Done: 1, Total: 2}}, {Progress: capture.Progress{Done: 2, Total: 2}, Changed: 1}},
		totals: capture.ResyncResult{Checked: 2, Changed: 1, Deleted: 3},
	}
	out := &sent{}
	if err := operations.New(mesh).ResyncDomain(&operationsv1.ResyncDomainRequest{}, out); err != nil {
		t.Fatal(err)
	}
	if len(out.messages) != 3 || out.messages[1].GetTotals() != nil || out.messages[2].GetTotals().GetDeleted() != 3 || out.messages[2].GetProgress().GetDone() != 2 {
		t.Errorf("%v", out.messages)
	}
	gone := &sent{breaks: 1}
	if err := operations.New(mesh).ResyncDomain(&operationsv1.ResyncDomainRequest{}, gone); fault.ReasonOf(err) != errorsv1.Reason_REASON_CANCELLED || len(gone.messages) != 1 {
		t.Errorf("a caller who goes away: %v after %d messages", err, len(gone.messages))
	}
	mesh.err = errors.New("x")
	failed := &sent{}
	if err := operations.New(mesh).ResyncDomain(&operationsv1.ResyncDomainRequest{}, failed); err == nil || failed.messages[len(failed.messages)-1].GetTotals() != nil {
		t.Errorf("a failure: %v, %v", err, failed.messages)
	}
}

func TestFaultyRecordsComeInPages(t *testing.T) {
	mesh := told{statuses: []capture.Status{{Collection: "products"}}, faulty: make([]read.FaultyRecord, 60)}
	mesh.faulty[0] = read.FaultyRecord{Name: "products/1", Since: noon, Faults: []*typesv1.MappingFault{{Field: "sku", Problem: "it is no text"}}}
	for size, want := range map[int32]int{0: 50, 7: 7} {
		got, err := operations.New(mesh).ListFaultyRecords(t.Context(), &operationsv1.ListFaultyRecordsRequest{PageSize: size, PageToken: "x"})
		if err != nil || len(got.GetFaultyRecords()) != want || got.GetNextPageToken() != "x+" || got.GetFaultyRecords()[0].GetFaults()[0].GetProblem() != "it is no text" {
			t.Errorf("%d: %v, %v", size, got, err)
		}
	}
}

// acknowledging is a place of exceptions that notes who acknowledged.
type acknowledging struct{ operations.Exceptions }

func (acknowledging) Acknowledge(_ context.Context, by string, r *operationsv1.AcknowledgeExceptionRequest) (*operationsv1.Exception, error) {
	return &operationsv1.Exception{Name: r.GetName(), Acknowledgement: &operationsv1.Acknowledgement{AcknowledgedBy: by}}, nil
}

func TestAcknowledgingIsInTheCallersName(t *testing.T) {
	ctx := access.WithPrincipal(t.Context(), &access.Principal{Name: "operator"})
	got, err := operations.NewExceptions(acknowledging{}).AcknowledgeException(ctx, &operationsv1.AcknowledgeExceptionRequest{Name: "exceptions/3"})
	if err != nil || got.GetAcknowledgement().GetAcknowledgedBy() != "operator" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWhatCaptureRefusesHasAReason(t *testing.T) {
	for _, tt := range []struct {
		err    error
		reason errorsv1.Reason
	}{
		{capture.ErrNoCollection, errorsv1.Reason_REASON_INVALID_ARGUMENT},
		{capture.ErrNotConnected, errorsv1.Reason_REASON_ODOO_UNAVAILABLE},
		{capture.ErrNotLoaded, errorsv1.Reason_REASON_NOT_LOADED},
		{capture.ErrResyncRuns, errorsv1.Reason_REASON_IN_PROGRESS},
	} {
		service := operations.New(told{err: fmt.Errorf("products: %w", tt.err)})
		if _, err := service.VerifyRecord(t.Context(), &operationsv1.VerifyRecordRequest{Name: "products/1"}); fault.ReasonOf(err) != tt.reason {
			t.Errorf("verifying: %v has the reason %v", tt.err, fault.ReasonOf(err))
		}
		if err := service.ResyncDomain(&operationsv1.ResyncDomainRequest{Collection: "products"}, &sent{}); fault.ReasonOf(err) != tt.reason {
			t.Errorf("a resync: %v has the reason %v", tt.err, fault.ReasonOf(err))
		}
	}
	_, err := operations.New(told{statuses: []capture.Status{{Collection: "orders"}}}).ListFaultyRecords(t.Context(), &operationsv1.ListFaultyRecordsRequest{Collection: "order"})
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT || !strings.Contains(err.Error(), "there are orders") {
		t.Errorf("faulty records of what is not captured: %v", err)
	}
}

func TestWhatOdooLostIsToldAndAcceptedInTheCallersName(t *testing.T) {
	mesh := told{
		change: &command.Change{Kind: fingerprint.Restored, Noticed: noon, Evidence: []string{"It went back."}, Etag: "1-1"},
		compared: command.Comparison{Compared: 3, LeftOut: 7, Lost: []command.Lost{
			{Intent: &commandv1.Intent{Name: "intents/1"}, Loss: command.Gone, Evidence: "gone"}, {Intent: &commandv1.Intent{Name: "intents/2"}, Loss: command.Undone},
		}},
	}
	s := operations.New(mesh)
	change := &operationsv1.OdooChange{Kind: operationsv1.OdooChange_KIND_RESTORED, NoticeTime: timestamppb.New(noon), Evidence: []string{"It went back."}, Etag: "1-1"}
	got, err := s.CompareLedger(t.Context(), nil)
	want := &operationsv1.CompareLedgerResponse{Change: change, Compared: 3, LeftOut: 7, Lost: []*operationsv1.LostIntent{
		{Intent: &commandv1.Intent{Name: "intents/1"}, Loss: operationsv1.LostIntent_LOSS_GONE, Evidence: "gone"},
		{Intent: &commandv1.Intent{Name: "intents/2"}, Loss: operationsv1.LostIntent_LOSS_UNDONE},
	}}
	if err != nil || !cmp.Equal(want, got, protocmp.Transform()) {
		t.Error(err, cmp.Diff(want, got, protocmp.Transform()))
	}
	if status, err := s.GetStatus(t.Context(), nil); err != nil || !cmp.Equal(change, status.GetOdoo().GetChange(), protocmp.Transform()) {
		t.Error(status, err)
	}
	ctx := access.WithPrincipal(t.Context(), access.NewPrincipal("ann", nil))
	accepted, err := s.AcceptOdoo(ctx, &operationsv1.AcceptOdooRequest{Etag: "1-1", Reason: "restored on Sunday"})
	if err != nil || len(accepted.GetLost()) != 3 || accepted.GetLost()[0].GetIntent().GetName() != "ann" || accepted.GetLost()[0].GetIntent().GetExplanation() != "restored on Sunday" {
		t.Error(accepted, err)
	}
}
