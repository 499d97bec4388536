package approved

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/resource"
)

// fields are all that is kept of an entry: each write says the whole of it.
var fields = []string{
	"product", "supplier", "site", "valid_from", "valid_until", "evidence", "conditions", "reason", "status", "proposed_by", "propose_time",
	"in_force", "withdrawn_by", "withdraw_time", "withdraw_reason", "company_id",
}

// writing is a command on an entry.
type writing struct {
	command.Kept
	service *Service
	etag    string
	// change is the entry as it is to be; before is nil where there is none.
	change func(ctx context.Context, w *command.Work, before *supplierv1.ApprovedVendor) (*supplierv1.ApprovedVendor, error)
}

func (s *Service) writing(key []byte, etag string) *writing {
	w := &writing{service: s, etag: etag, Kept: command.Kept{Name: resource.NameOf(Collection, key), At: key}}
	if s != nil {
		w.Book = s.book
	}
	w.Says = w.write
	return w
}

// write is what is to be kept.
func (c *writing) write(ctx context.Context, w *command.Work) (owned.Write, error) {
	write := c.Write(w)
	// The revision comes first: who writes in between is noticed.
	kept, err := c.Book.Get(Collection, c.At)
	if err != nil {
		return write, err
	}
	before, err := c.service.entry(c.At)
	if err != nil {
		return write, err
	}
	if before != nil && !command.Seen(c.etag, before) {
		return write, command.Stale(c.Name)
	}
	after, err := c.change(ctx, w, before)
	if err != nil {
		return write, err
	}
	write.Owner, write.Seen = optionsv1.Owner_OWNER_MESH, &kept.Revision
	write.Fields, err = owned.FieldsOf(after, fields...)
	return write, err
}

// decision is what somebody says of an entry that is there.
func (s *Service) decision(name, etag, reason string, reasoned bool) (*writing, error) {
	var g command.Given
	ids := g.IDs("name", Collection, name, idsOf)
	if reasoned {
		Reason(&g, "reason", reason)
	} else {
		g.Text("reason", reason, mostText)
	}
	return s.writing(resource.Key(ids...), etag), g.Err()
}

// approve puts in force what was proposed.
type approve struct {
	*writing
	reason string
}

func (s *Service) beginApprove(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.ApproveApprovedVendorRequest)
	w, err := s.decision(r.GetName(), r.GetEtag(), r.GetReason(), false)
	if err != nil {
		return nil, err
	}
	a := &approve{writing: w, reason: strings.TrimSpace(r.GetReason())}
	a.change = a.approved
	return a, nil
}

func (a *approve) approved(ctx context.Context, w *command.Work, before *supplierv1.ApprovedVendor) (*supplierv1.ApprovedVendor, error) {
	switch {
	case before == nil:
		return nil, fault.NotFound(a.Name)
	case before.GetStatus() != supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_PROPOSED:
		return nil, command.Refused("%s is %s: there is nothing to approve.", a.Name, wordOf(before.GetStatus()))
	case a.service.byTwo() && slices.Contains(before.GetProposedBy(), w.Principal):
		return nil, SamePerson(a.Name, w.Principal)
	}
	if is := before.GetInForce(); is != nil {
		today := DayOf(a.service.clock.Now().In(w.Odoo.Zone()))
		if err := Early(a.Name, before.GetValidFrom(), is.GetValidFrom(), is.GetValidUntil(), today); err != nil {
			return nil, err
		}
	}
	if err := a.service.inUse(ctx, before); err != nil {
		return nil, err
	}
	v := proto.CloneOf(before)
	v.Status = supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_APPROVED
	v.InForce = &supplierv1.VendorTerm{
		ValidFrom: v.GetValidFrom(), ValidUntil: v.GetValidUntil(), Conditions: v.GetConditions(),
		ApprovedBy: w.Principal, ApproveTime: timestamppb.New(a.service.clock.Now()), Reason: a.reason,
	}
	return v, nil
}

// SamePerson refuses an approval by who has proposed it.
func SamePerson(name, principal string) error {
	return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, fmt.Sprintf("%s has proposed %s, and so does not approve it.", principal, name),
		fault.Precondition("segregation", name, "who proposes excludes who approves"), fault.Instead("Ask somebody else who may approve."))
}

// withdraw ends an entry.
type withdraw struct {
	*writing
	reason string
}

func (s *Service) beginWithdraw(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.WithdrawApprovedVendorRequest)
	w, err := s.decision(r.GetName(), r.GetEtag(), r.GetReason(), true)
	if err != nil {
		return nil, err
	}
	d := &withdraw{writing: w, reason: strings.TrimSpace(r.GetReason())}
	d.change = d.withdrawn
	return d, nil
}

func (d *withdraw) withdrawn(_ context.Context, w *command.Work, before *supplierv1.ApprovedVendor) (*supplierv1.ApprovedVendor, error) {
	switch {
	case before == nil:
		return nil, fault.NotFound(d.Name)
	case before.GetStatus() == supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_WITHDRAWN:
		return nil, command.Refused("%s is withdrawn already, by %s on %s: %s", d.Name, before.GetWithdrawnBy(), before.GetWithdrawTime().AsTime().Format("2006-01-02"), before.GetWithdrawReason())
	}
	v := proto.CloneOf(before)
	v.Status, v.InForce = supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_WITHDRAWN, nil
	v.WithdrawnBy, v.WithdrawTime, v.WithdrawReason = w.Principal, timestamppb.New(d.service.clock.Now()), d.reason
	return v, nil
}
