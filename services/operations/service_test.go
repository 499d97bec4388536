package operations_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
	"odoomesh/services/operations"
)

// told is a mesh that answers what it was told to.
type told struct {
	status operations.Status
	found  operations.Verification
	faulty []operations.FaultyRecord
	steps  []operations.Step
	totals operations.Totals
	err    error
}

func (t told) Status() operations.Status { return t.status }

func (t told) Verify(context.Context, string) (operations.Verification, error) { return t.found, t.err }

func (t told) FaultyRecords(_ context.Context, _ string, size int, token string) ([]operations.FaultyRecord, string, error) {
	return t.faulty[:min(size, len(t.faulty))], token + "+", t.err
}

func (told) Caller(context.Context) string { return "operator" }

func (t told) Resync(_ context.Context, _ string, _ bool, report func(operations.Step) error) (operations.Totals, error) {
	for _, s := range t.steps {
		if err := report(s); err != nil {
			return t.totals, err
		}
	}
	return t.totals, t.err
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestStatusLeavesOutWhatIsNotKnownYet(t *testing.T) {
	s := operations.New(told{status: operations.Status{
		State: "loading", Instance: "erp", Head: 7, Oldest: 3, Open: 2, Acknowledged: 1,
		Clock: operations.Clock{State: operationsv1.ClockState_CLOCK_STATE_DISAGREES, Offset: -7 * time.Hour, Evidence: "its stamps"},
		Collections: []operations.Collection{
			{Name: "products", Progress: operations.Progress{Done: 10, Total: 40, Left: 3 * time.Second}},
			{Name: "suppliers", Loaded: true, Records: 5, Verified: noon, Held: 2, MappingVersion: 1, Compared: noon, Gone: 2,
				Faulty: 3, Degradations: []operations.Degradation{{Model: "res.partner", Reason: "suppliers may be old", Cause: "403", Since: noon}}},
		},
	}})
	got, err := s.GetStatus(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &operationsv1.GetStatusResponse{
		State: "loading", Odoo: &operationsv1.OdooStatus{Instance: "erp"}, Log: &operationsv1.LogStatus{Head: 7, Oldest: 3},
		OpenExceptions: 2, AcknowledgedExceptions: 1,
		Clock: &operationsv1.ClockStatus{State: operationsv1.ClockState_CLOCK_STATE_DISAGREES, Offset: durationpb.New(-7 * time.Hour), Evidence: "its stamps"},
		Collections: []*operationsv1.CollectionStatus{
			{Collection: "products", Progress: &operationsv1.Progress{Done: 10, Total: 40, Left: durationpb.New(3 * time.Second)}},
			{Collection: "suppliers", Loaded: true, Records: 5, VerifiedTime: timestamppb.New(noon), HeldDeletions: 2, MappingVersion: 1,
				Drift:         &operationsv1.Drift{ComparedTime: timestamppb.New(noon), Gone: 2},
				FaultyRecords: 3, Degradations: []*operationsv1.Degradation{{Model: "res.partner", Reason: "suppliers may be old", Cause: "403", Since: timestamppb.New(noon)}}},
		},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestVerifyCallsEqualOnlyWhatBothHaveAlike(t *testing.T) {
	differs := []operations.Difference{{Field: "sku", Mesh: `"A"`, Odoo: `"B"`}}
	cases := []struct {
		name   string
		found  operations.Verification
		err    error
		equal  bool
		reason errorsv1.Reason
	}{
		{name: "alike", found: operations.Verification{InMesh: true, InOdoo: true}, equal: true},
		{name: "different", found: operations.Verification{InMesh: true, InOdoo: true, Differences: differs}},
		{name: "only in the mesh", found: operations.Verification{InMesh: true}},
		{name: "only in Odoo", found: operations.Verification{InOdoo: true}},
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
		steps:  []operations.Step{{Progress: operations.Progress{Done: 1, Total: 2}}, {Progress: operations.Progress{Done: 2, Total: 2}, Changed: 1}},
		totals: operations.Totals{Checked: 2, Changed: 1, Deleted: 3},
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
	mesh := told{faulty: make([]operations.FaultyRecord, 60)}
	mesh.faulty[0] = operations.FaultyRecord{Name: "products/1", Since: noon, Faults: []*typesv1.MappingFault{{Field: "sku", Problem: "it is no text"}}}
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
	got, err := operations.NewExceptions(acknowledging{}, told{}.Caller).AcknowledgeException(t.Context(), &operationsv1.AcknowledgeExceptionRequest{Name: "exceptions/3"})
	if err != nil || got.GetAcknowledgement().GetAcknowledgedBy() != "operator" {
		t.Errorf("got %v, %v", got, err)
	}
}
