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
	"odoomesh/internal/fault"
	"odoomesh/services/operations"
)

// told is a mesh that answers what it was told to.
type told struct {
	status operations.Status
	found  operations.Verification
	steps  []operations.Step
	totals operations.Totals
	err    error
}

func (t told) Status() operations.Status { return t.status }

func (t told) Verify(context.Context, string) (operations.Verification, error) { return t.found, t.err }

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
		State: "loading", Instance: "erp", Head: 7, Oldest: 3,
		Collections: []operations.Collection{
			{Name: "products", Progress: operations.Progress{Done: 10, Total: 40, Left: 3 * time.Second}},
			{Name: "suppliers", Loaded: true, Records: 5, Verified: noon, Held: 2, MappingVersion: 1, Compared: noon, Gone: 2},
		},
	}})
	got, err := s.GetStatus(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &operationsv1.GetStatusResponse{
		State: "loading", Odoo: &operationsv1.OdooStatus{Instance: "erp"}, Log: &operationsv1.LogStatus{Head: 7, Oldest: 3},
		Collections: []*operationsv1.CollectionStatus{
			{Collection: "products", Progress: &operationsv1.Progress{Done: 10, Total: 40, Left: durationpb.New(3 * time.Second)}},
			{Collection: "suppliers", Loaded: true, Records: 5, VerifiedTime: timestamppb.New(noon), HeldDeletions: 2, MappingVersion: 1,
				Drift: &operationsv1.Drift{ComparedTime: timestamppb.New(noon), Gone: 2}},
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
