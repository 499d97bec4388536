package operations

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/fault"
)

// Service answers OperationsService.
type Service struct {
	operationsv1.UnimplementedOperationsServiceServer
	mesh Mesh
}

// New makes the service of the mesh that it runs in.
func New(m Mesh) *Service { return &Service{mesh: m} }

// GetStatus tells how the mesh stands.
func (s *Service) GetStatus(context.Context, *operationsv1.GetStatusRequest) (*operationsv1.GetStatusResponse, error) {
	at := s.mesh.Status()
	r := &operationsv1.GetStatusResponse{
		State: at.State,
		Odoo:  &operationsv1.OdooStatus{Instance: at.Instance, Reachable: at.Reachable, Version: at.Version},
		Log:   &operationsv1.LogStatus{Head: int64(at.Head), Oldest: int64(at.Oldest)},
		Clock: clockOf(at.Clock), OpenExceptions: int64(at.Open), AcknowledgedExceptions: int64(at.Acknowledged),
	}
	for _, c := range at.Collections {
		r.Collections = append(r.Collections, collectionOf(c))
	}
	return r, nil
}

// clockOf is unset where nobody looks at Odoo's clock.
func clockOf(c Clock) *operationsv1.ClockStatus {
	switch c.State {
	case operationsv1.ClockState_CLOCK_STATE_UNSPECIFIED:
		return nil
	case operationsv1.ClockState_CLOCK_STATE_UNKNOWN:
		return &operationsv1.ClockStatus{State: c.State}
	}
	return &operationsv1.ClockStatus{State: c.State, Offset: durationpb.New(c.Offset), Evidence: c.Evidence}
}

func collectionOf(c Collection) *operationsv1.CollectionStatus {
	r := &operationsv1.CollectionStatus{
		Collection: c.Name, Loaded: c.Loaded, Records: c.Records, VerifiedTime: timeOf(c.Verified),
		HeldDeletions: c.Held, MappingVersion: int32(c.MappingVersion), FaultyRecords: c.Faulty,
	}
	for _, d := range c.Degradations {
		r.Degradations = append(r.Degradations, &operationsv1.Degradation{Model: d.Model, Reason: d.Reason, Cause: d.Cause, Since: timeOf(d.Since)})
	}
	if !c.Loaded {
		r.Progress = progressOf(c.Progress)
	}
	if !c.Compared.IsZero() {
		r.Drift = &operationsv1.Drift{ComparedTime: timeOf(c.Compared), Gone: c.Gone, Missed: c.Missed, GoneRows: c.GoneRows}
	}
	return r
}

// VerifyRecord compares a record with Odoo.
func (s *Service) VerifyRecord(ctx context.Context, r *operationsv1.VerifyRecordRequest) (*operationsv1.VerifyRecordResponse, error) {
	v, err := s.mesh.Verify(ctx, r.GetName())
	if err != nil {
		// It only reads: no failure leaves open what Odoo has done.
		return nil, fault.FromError(err)
	}
	if !v.InMesh && !v.InOdoo {
		return nil, fault.NotFound(r.GetName())
	}
	out := &operationsv1.VerifyRecordResponse{
		Name: r.GetName(), Equal: v.InMesh && v.InOdoo && len(v.Differences) == 0, InMesh: v.InMesh, InOdoo: v.InOdoo,
		CapturePending: v.Pending, ComparedTime: timeOf(v.Compared), Revision: int64(v.Revision),
	}
	for _, d := range v.Differences {
		out.Differences = append(out.Differences, &operationsv1.Difference{Field: d.Field, MeshValue: d.Mesh, OdooValue: d.Odoo})
	}
	return out, nil
}

// defaultFaulty is how many faulty records a page has where the caller does not say.
const defaultFaulty = 50

// ListFaultyRecords answers the records that could not be read, or only in part.
func (s *Service) ListFaultyRecords(ctx context.Context, r *operationsv1.ListFaultyRecordsRequest) (*operationsv1.ListFaultyRecordsResponse, error) {
	size := int(r.GetPageSize())
	if size <= 0 {
		size = defaultFaulty
	}
	found, next, err := s.mesh.FaultyRecords(ctx, r.GetCollection(), size, r.GetPageToken())
	if err != nil {
		return nil, fault.FromError(err)
	}
	out := &operationsv1.ListFaultyRecordsResponse{NextPageToken: next}
	for _, f := range found {
		out.FaultyRecords = append(out.FaultyRecords, &operationsv1.FaultyRecord{Name: f.Name, Faults: f.Faults, Since: timeOf(f.Since)})
	}
	return out, nil
}

// ResyncDomain reads a collection again.
func (s *Service) ResyncDomain(r *operationsv1.ResyncDomainRequest, out operationsv1.OperationsService_ResyncDomainServer) error {
	var last Step
	totals, err := s.mesh.Resync(out.Context(), r.GetCollection(), r.GetAcceptDeletions(), func(step Step) error {
		last = step
		return out.Send(&operationsv1.ResyncDomainResponse{Progress: progressOf(step.Progress), Changed: step.Changed})
	})
	if err != nil {
		return fault.FromError(err)
	}
	return out.Send(&operationsv1.ResyncDomainResponse{
		Progress: progressOf(last.Progress), Changed: totals.Changed,
		Totals: &operationsv1.ResyncTotals{Checked: totals.Checked, Changed: totals.Changed, Deleted: totals.Deleted, Held: totals.Held},
	})
}

func progressOf(p Progress) *operationsv1.Progress {
	r := &operationsv1.Progress{Done: p.Done, Total: p.Total}
	if p.Left > 0 {
		r.Left = durationpb.New(p.Left)
	}
	return r
}

func timeOf(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
