package operations

import (
	"context"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

// CompareLedger answers what the ledger says is done and Odoo does not have.
func (s *Service) CompareLedger(ctx context.Context, _ *operationsv1.CompareLedgerRequest) (*operationsv1.CompareLedgerResponse, error) {
	found, err := s.mesh.CompareLedger(ctx)
	if err != nil {
		return nil, fault.FromError(err)
	}
	return &operationsv1.CompareLedgerResponse{Change: s.change(), Lost: lostOf(found), Compared: found.Compared, LeftOut: found.LeftOut}, nil
}

// AcceptOdoo lets commands go on, by the caller's word.
func (s *Service) AcceptOdoo(ctx context.Context, r *operationsv1.AcceptOdooRequest) (*operationsv1.AcceptOdooResponse, error) {
	found, err := s.mesh.AcceptOdoo(ctx, access.Caller(ctx), r.GetReason(), r.GetEtag())
	if err != nil {
		return nil, fault.FromError(err)
	}
	return &operationsv1.AcceptOdooResponse{Lost: lostOf(found), Compared: found.Compared}, nil
}

// change is unset while Odoo is the one that it was.
func (s *Service) change() *operationsv1.OdooChange {
	c, is := s.mesh.Changed()
	if !is {
		return nil
	}
	return &operationsv1.OdooChange{Kind: operationsv1.OdooChange_Kind(c.Kind), NoticeTime: timeOf(c.Noticed), Evidence: c.Evidence, Etag: c.Etag}
}

func lostOf(c command.Comparison) (all []*operationsv1.LostIntent) {
	for _, l := range c.Lost {
		all = append(all, &operationsv1.LostIntent{Intent: l.Intent, Loss: operationsv1.LostIntent_Loss(l.Loss), Evidence: l.Evidence})
	}
	return all
}
