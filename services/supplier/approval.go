package supplier

import (
	"context"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/gen/go/mesh/supplier/v1/supplierservice"
	"odoomesh/internal/command"
	"odoomesh/internal/owned"
	"odoomesh/services/supplier/approved"
)

const (
	undecided   = supplierv1.ApprovalStatus_APPROVAL_STATUS_UNSPECIFIED
	pending     = supplierv1.ApprovalStatus_APPROVAL_STATUS_PENDING
	approvedNow = supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED
	conditional = supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL
	suspended   = supplierv1.ApprovalStatus_APPROVAL_STATUS_SUSPENDED
	rejected    = supplierv1.ApprovalStatus_APPROVAL_STATUS_REJECTED
)

// wholeID is that of the one decision about a supplier as a whole.
const wholeID = "supplier"

// deciding changes whether a supplier may be bought from.
type deciding struct {
	command.Kept
	service *Service
	etag    string
	// opens says that it lets people buy of the supplier: one that is archived, or another
	// in law, is not what orders are judged by. A contact that is suspended itself is: nobody
	// could free it else.
	opens bool
	// change is what is kept of it, as it is to be; before is what is kept now.
	change func(w *command.Work, before *supplierv1.Supplier) error
}

func (s *Service) deciding(g *command.Given, name, etag, reason string) *deciding {
	approved.Reason(g, "reason", reason)
	d := &deciding{
		Kept: command.Kept{Name: name, Model: partnerModel, ID: g.ID("name", supplierservice.Suppliers, name), Book: s.owned}, service: s, etag: etag,
	}
	d.Says = d.write
	return d
}

// Check refuses what does not fit the supplier, or is not the mesh's to keep.
func (d *deciding) Check(ctx context.Context, w *command.Work) error {
	now, err := d.service.copied(ctx, d.Name)
	if err != nil {
		return err
	}
	if !command.Seen(d.etag, now) {
		return command.Stale(d.Name)
	}
	switch legal := now.GetLegalSupplier(); {
	case !d.opens:
	case legal != "" && legal != d.Name && now.GetApprovalStatus() != suspended && now.GetApprovalStatus() != rejected:
		return command.Refused("%s belongs to %s in law, which is what orders are judged by: propose and approve that one.", d.Name, legal)
	case !now.GetActive():
		return command.Refused("%s is archived in Odoo: suppliers.restore comes first.", d.Name)
	}
	return d.Kept.Check(ctx, w)
}

// write is what is to be kept: it goes by the book, which the copy may not show yet.
func (d *deciding) write(_ context.Context, w *command.Work) (owned.Write, error) {
	write := d.Write(w)
	kept, err := d.Book.Get(d.Collection(), d.Key())
	if err != nil {
		return write, err
	}
	s := &supplierv1.Supplier{}
	if _, err := d.Book.Merge(d.Collection(), d.Key(), s, nil); err != nil {
		return write, err
	}
	if err := d.change(w, s); err != nil {
		return write, err
	}
	write.Owner, write.Seen = optionsv1.Owner_OWNER_MESH, &kept.Revision
	write.Fields, err = owned.FieldsOf(s, "approval_status", "vendor_approvals", "approval_proposal")
	return write, err
}

// now is when something is decided.
func (d *deciding) now() *timestamppb.Timestamp { return timestamppb.New(d.service.desk.Clock.Now()) }

// whole is the decision about the supplier as a whole; nil where there is none.
func whole(s *supplierv1.Supplier) *supplierv1.VendorApproval {
	for _, a := range s.GetVendorApprovals() {
		if a.GetId() == wholeID {
			return a
		}
	}
	return nil
}

// decided puts a decision about the supplier as a whole in the place of the one before.
func decided(s *supplierv1.Supplier, status supplierv1.ApprovalStatus, a *supplierv1.VendorApproval) {
	a.Id, a.Status = wholeID, status
	s.ApprovalStatus, s.ApprovalProposal = status, nil
	s.VendorApprovals = append(slices.DeleteFunc(s.GetVendorApprovals(), func(other *supplierv1.VendorApproval) bool { return other.GetId() == wholeID }), a)
}

func (s *Service) beginPropose(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.ProposeSupplierApprovalRequest)
	var g command.Given
	d := s.deciding(&g, r.GetName(), r.GetEtag(), r.GetReason())
	d.opens = true
	approved.Evidence(&g, "evidence", r.GetEvidence())
	approved.Term(&g, "", g.Day("valid_from", r.GetValidFrom()), g.Day("valid_until", r.GetValidUntil()))
	d.change = func(w *command.Work, kept *supplierv1.Supplier) error {
		if kept.GetApprovalStatus() == undecided {
			kept.ApprovalStatus = pending
		}
		kept.ApprovalProposal = &supplierv1.ApprovalProposal{
			ProposedBy: w.Principal, ProposeTime: d.now(), Reason: strings.TrimSpace(r.GetReason()), Evidence: r.GetEvidence(),
			ValidFrom: r.GetValidFrom(), ValidUntil: r.GetValidUntil(),
		}
		return nil
	}
	return d, g.Err()
}

func (s *Service) beginApprove(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.ApproveSupplierRequest)
	var g command.Given
	d := s.deciding(&g, r.GetName(), r.GetEtag(), r.GetReason())
	d.opens = true
	g.Text("conditions", r.GetConditions(), 1000)
	d.change = func(w *command.Work, kept *supplierv1.Supplier) error {
		p := kept.GetApprovalProposal()
		today := approved.DayOf(d.service.desk.Clock.Now().In(w.Odoo.Zone()))
		switch {
		case p == nil:
			return command.Refused("Nobody has proposed to approve %s: suppliers.proposeApproval comes first.", d.Name)
		case p.GetProposedBy() == w.Principal:
			return approved.SamePerson(d.Name, w.Principal)
		case p.GetValidUntil() != nil && approved.Before(p.GetValidUntil(), today):
			return command.Refused("The approval that is proposed for %s has ended on %s: propose it anew.", d.Name, approved.Day(p.GetValidUntil()))
		case kept.GetApprovalStatus() == suspended && p.GetValidFrom() != nil && approved.Before(today, p.GetValidFrom()):
			return command.Refused("%s is suspended, and the approval that is proposed begins on %s: approve it then.", d.Name, approved.Day(p.GetValidFrom()))
		}
		if is := whole(kept); is != nil && kept.GetApprovalStatus() == is.GetStatus() && (is.GetStatus() == approvedNow || is.GetStatus() == conditional) {
			if err := approved.Early("the approval of "+d.Name, p.GetValidFrom(), is.GetValidFrom(), is.GetValidUntil(), today); err != nil {
				return err
			}
		}
		a := &supplierv1.VendorApproval{
			ValidFrom: p.GetValidFrom(), ValidUntil: p.GetValidUntil(), DecidedBy: w.Principal, DecideTime: d.now(),
			Comment: strings.TrimSpace(r.GetReason()), Evidence: p.GetEvidence(), ProposedBy: p.GetProposedBy(),
		}
		status := approvedNow
		if conditions := strings.TrimSpace(r.GetConditions()); conditions != "" {
			status, a.Comment = conditional, conditions+" ("+a.GetComment()+")"
		}
		decided(kept, status, a)
		return nil
	}
	return d, g.Err()
}

func (s *Service) beginSuspend(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.SuspendSupplierRequest)
	var g command.Given
	d := s.deciding(&g, r.GetName(), r.GetEtag(), r.GetReason())
	approved.Evidence(&g, "evidence", r.GetEvidence())
	d.change = func(w *command.Work, kept *supplierv1.Supplier) error {
		if is := whole(kept); is != nil && kept.GetApprovalStatus() == suspended && kept.GetApprovalProposal() == nil {
			return command.Refused("%s is suspended already, by %s since %s: %s", d.Name, is.GetDecidedBy(), is.GetDecideTime().AsTime().Format(time.DateTime), is.GetComment())
		}
		decided(kept, suspended, &supplierv1.VendorApproval{
			DecidedBy: w.Principal, DecideTime: d.now(), Comment: strings.TrimSpace(r.GetReason()), Evidence: r.GetEvidence(),
		})
		return nil
	}
	return d, g.Err()
}

// ProposeSupplierApproval proposes that a supplier be approved.
func (s *Service) ProposeSupplierApproval(ctx context.Context, r *supplierv1.ProposeSupplierApprovalRequest) (*supplierv1.ProposeSupplierApprovalResponse, error) {
	intent, supplier, err := s.carry(ctx, supplierv1.SupplierService_ProposeSupplierApproval_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.ProposeSupplierApprovalResponse{Intent: intent, Supplier: supplier}, nil
}

// ApproveSupplier approves what somebody else has proposed.
func (s *Service) ApproveSupplier(ctx context.Context, r *supplierv1.ApproveSupplierRequest) (*supplierv1.ApproveSupplierResponse, error) {
	intent, supplier, err := s.carry(ctx, supplierv1.SupplierService_ApproveSupplier_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.ApproveSupplierResponse{Intent: intent, Supplier: supplier}, nil
}

// SuspendSupplier keeps orders from a supplier.
func (s *Service) SuspendSupplier(ctx context.Context, r *supplierv1.SuspendSupplierRequest) (*supplierv1.SuspendSupplierResponse, error) {
	intent, supplier, err := s.carry(ctx, supplierv1.SupplierService_SuspendSupplier_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.SuspendSupplierResponse{Intent: intent, Supplier: supplier}, nil
}
