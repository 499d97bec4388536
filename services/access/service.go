package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	engine "odoomesh/internal/access"
	"odoomesh/internal/audit"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/internal/scope"
)

// Guard is who decides. Its errors carry their reasons.
type Guard interface {
	// Explain tells which rule decides whether a principal may call a method.
	Explain(principal, method string) (engine.Explanation, error)
	// BreakGlass gives the caller more for a while.
	BreakGlass(ctx context.Context, reason string, asked time.Duration) (engine.BrokenGlass, error)
}

// Service answers AccessService.
type Service struct {
	accessv1.UnimplementedAccessServiceServer
	guard   Guard
	records func(collection string) (read.Deps, bool)
	usage   Usage
}

// New makes the service of a guard, the records of each collection, and who calls what.
func New(g Guard, records func(collection string) (read.Deps, bool), u Usage) *Service {
	return &Service{guard: g, records: records, usage: u}
}

// ExplainAccess tells which rule decides, and how it is with a record.
func (s *Service) ExplainAccess(_ context.Context, r *accessv1.ExplainAccessRequest) (*accessv1.ExplainAccessResponse, error) {
	e, err := s.guard.Explain(r.GetPrincipal(), r.GetMethod())
	if err != nil {
		return nil, err
	}
	out := &accessv1.ExplainAccessResponse{Decision: decisionOf(e.Decision), Explanation: e.Why, Rules: e.Rules}
	if e.Scope != nil {
		out.Scope = e.Scope.String()
	}
	if !e.Until.IsZero() {
		out.BreakGlassEndTime = timestamppb.New(e.Until)
	}
	if r.GetName() != "" {
		if out.Record, err = s.record(r.GetName(), e.Scope); err != nil {
			return nil, err
		}
		if !e.Decision.Allows() {
			out.Record.Met, out.Record.Explanation, out.Record.HiddenFields = false, "No call is let in. "+out.Record.GetExplanation(), nil
		}
	}
	return out, nil
}

func (s *Service) record(name string, narrowed *scope.Scope) (*accessv1.RecordAccess, error) {
	collection, _, _ := strings.Cut(name, "/")
	deps, known := s.records(collection)
	if !known {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "name", fmt.Sprintf("there are no records %s: name one that is read from Odoo, such as orders/42", collection))
	}
	m, err := read.Meet(deps, narrowed, name)
	if err != nil {
		return nil, fault.FromError(err)
	}
	return &accessv1.RecordAccess{Name: name, Exists: m.Exists, Met: m.Met, Explanation: m.Why, HiddenFields: m.Hidden}, nil
}

func decisionOf(d engine.Decision) accessv1.Decision {
	switch d {
	case engine.Always:
		return accessv1.Decision_DECISION_ALWAYS
	case engine.Narrowed:
		return accessv1.Decision_DECISION_NARROWED
	}
	return accessv1.Decision_DECISION_NEVER
}

// BreakGlass gives the caller what the access file keeps ready for it.
func (s *Service) BreakGlass(ctx context.Context, r *accessv1.BreakGlassRequest) (*accessv1.BreakGlassResponse, error) {
	b, err := s.guard.BreakGlass(ctx, r.GetReason(), time.Duration(r.GetMinutes())*time.Minute)
	if err != nil {
		return nil, err
	}
	audit.Changed(ctx, broken(b))
	return &accessv1.BreakGlassResponse{Roles: b.Roles, EndTime: timestamppb.New(b.Until)}, nil
}

// broken is what the audit says of roles that somebody has taken.
func broken(b engine.BrokenGlass) audit.Change {
	until := func(t time.Time) string { return "break-glass until " + t.UTC().Format(time.RFC3339) }
	c := audit.Change{Before: "as usual", After: until(b.Until), Says: fmt.Sprintf("+ roles: %s\n+ reason: %q\n", strings.Join(b.Roles, ", "), b.Reason)}
	if !b.Before.IsZero() {
		c.Before = until(b.Before)
	}
	return c
}
