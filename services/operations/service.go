package operations

import (
	"context"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
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
	at := s.mesh.Standing()
	r := &operationsv1.GetStatusResponse{
		State: at.State, Version: at.Mesh,
		Odoo:  &operationsv1.OdooStatus{Instance: at.Instance, Reachable: at.Reachable, Version: at.Version},
		Log:   &operationsv1.LogStatus{Head: int64(at.Head), Oldest: int64(at.Oldest)},
		Clock: clockOf(s.mesh.Clock()), OpenExceptions: int64(at.Open), AcknowledgedExceptions: int64(at.Acknowledged),
	}
	r.Odoo.Change, r.AccessFile = s.change(), accessFileOf(at)
	r.Purchasing = &operationsv1.PurchasingPolicy{
		ApprovedSuppliers: at.Purchasing.Approved, VendorsByTwo: at.Purchasing.ByTwo, PriceCheck: at.Purchasing.Price,
		PriceTolerancePercent: strconv.FormatFloat(at.Purchasing.Tolerance, 'f', -1, 64),
	}
	r.Deferred = &operationsv1.DeferredStatus{Waiting: int64(at.Deferred.Waiting), OldestTime: timeOf(at.Deferred.Oldest), Limit: int64(at.Deferred.Limit)}
	if at.Audit.Key != "" {
		r.Audit = &operationsv1.AuditStatus{PublicKey: at.Audit.Key, Records: int64(at.Audit.Records)}
	}
	if at.Audit.Failure != nil && r.GetAudit() != nil {
		r.Audit.Failure = at.Audit.Failure.Error()
	}
	if p := at.Proof; p != nil {
		r.StockProof = &operationsv1.StockProof{ProveTime: timeOf(p.At), Compared: int64(p.Compared), Drifting: int64(len(p.Drifts)), Explained: int64(len(p.Explained)), LastEvent: int64(p.LastEvent)}
	}
	for _, c := range s.mesh.Statuses() {
		r.Collections = append(r.Collections, collectionOf(c))
	}
	return r, nil
}

// clockOf has an offset and evidence only where something is known.
func clockOf(c capture.ClockState) *operationsv1.ClockStatus {
	s := &operationsv1.ClockStatus{State: operationsv1.ClockState_CLOCK_STATE_UNKNOWN}
	switch {
	case c.Disagrees():
		s.State = operationsv1.ClockState_CLOCK_STATE_DISAGREES
	case c.Known:
		s.State = operationsv1.ClockState_CLOCK_STATE_KNOWN
	default:
		return s
	}
	s.Offset, s.Evidence = durationpb.New(c.Database), c.Evidence()
	return s
}

func collectionOf(c capture.Status) *operationsv1.CollectionStatus {
	r := &operationsv1.CollectionStatus{
		Collection: c.Collection, Loaded: c.Loaded, Records: c.Records, VerifiedTime: timeOf(c.Verified),
		HeldDeletions: c.Held, MappingVersion: int32(c.MappingVersion), FaultyRecords: c.Faulty,
	}
	missing := "What it shows of this model is not followed."
	if !c.Loaded {
		missing = "Its first load cannot go on."
		r.Progress = progressOf(c.Progress)
	}
	for _, t := range c.Degraded {
		r.Degradations = append(r.Degradations, &operationsv1.Degradation{Model: t.Model, Reason: missing, Cause: t.Reason, Since: timeOf(t.Since)})
	}
	if d := c.Drift; !d.Compared.IsZero() {
		r.Drift = &operationsv1.Drift{ComparedTime: timeOf(d.Compared), Gone: d.Gone, Missed: d.Missed, GoneRows: d.GoneRows}
	}
	return r
}

// accessFileOf is unset where there is no file.
func accessFileOf(at Standing) *operationsv1.AccessFileStatus {
	if at.Access.Loaded.IsZero() {
		return nil
	}
	s := &operationsv1.AccessFileStatus{LoadTime: timeOf(at.Access.Loaded), ProblemTime: timeOf(at.Access.Since)}
	if at.Access.Problem != nil {
		s.Problem = at.Access.Problem.Error()
	}
	for _, b := range at.Broken {
		s.BrokenGlass = append(s.BrokenGlass, &operationsv1.BrokenGlass{Principal: b.Principal, Roles: b.Roles, Reason: b.Reason, EndTime: timeOf(b.Until)})
	}
	return s
}

// VerifyRecord compares a record with Odoo.
func (s *Service) VerifyRecord(ctx context.Context, r *operationsv1.VerifyRecordRequest) (*operationsv1.VerifyRecordResponse, error) {
	collection, _, _ := strings.Cut(r.GetName(), "/")
	key, err := resource.KeyOf(collection, r.GetName())
	if err != nil {
		return nil, fault.FromError(err)
	}
	v, err := s.mesh.Verify(ctx, collection, key)
	if err != nil {
		return nil, s.refusal(collection, "name", err)
	}
	if !v.InCache && !v.InOdoo {
		return nil, fault.NotFound(r.GetName())
	}
	out := &operationsv1.VerifyRecordResponse{
		Name: r.GetName(), Equal: v.Equal(), InMesh: v.InCache, InOdoo: v.InOdoo,
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
	names := s.collections(r.GetCollection())
	if len(names) == 0 {
		return nil, s.refusal(r.GetCollection(), "collection", capture.ErrNoCollection)
	}
	found, next, err := s.mesh.FaultyRecords(ctx, names, size, r.GetPageToken())
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
	var last capture.Progress
	totals, err := s.mesh.Resync(out.Context(), r.GetCollection(), r.GetAcceptDeletions(), func(step capture.ResyncProgress) error {
		last = step.Progress
		return out.Send(&operationsv1.ResyncDomainResponse{Progress: progressOf(step.Progress), Changed: step.Changed})
	})
	if err != nil {
		return s.refusal(r.GetCollection(), "collection", err)
	}
	return out.Send(&operationsv1.ResyncDomainResponse{
		Progress: progressOf(last), Changed: totals.Changed,
		Totals: &operationsv1.ResyncTotals{Checked: totals.Checked, Changed: totals.Changed, Deleted: totals.Deleted, Held: totals.Held},
	})
}

func progressOf(p capture.Progress) *operationsv1.Progress {
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
