package order

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
)

const (
	submitted = orderv1.ApprovalState_APPROVAL_STATE_SUBMITTED
	// toApprove is the state of an order that Odoo wants approved.
	toApprove = "to approve"
)

// asksForIt are the commands that keep from approving an order.
var asksForIt = []command.Apart{{From: []string{"orders.create", "orders.update", "orders.submit"}, Because: "who asks does not approve"}}

// consent is what submitting and approving have in common: the mesh keeps it, and then
// Odoo is told where it wants orders approved itself.
type consent struct {
	existing
	*sourced
	kept    command.Kept
	comment string
}

func (s *Service) consent(name, etag, comment string) (consent, error) {
	var g command.Given
	e, err := s.existing(name, etag)
	if err != nil {
		return consent{}, err
	}
	comment = g.Text("comment", comment, 1000)
	return consent{e, s.sourced(), command.Kept{Name: name, Model: orderModel, ID: e.id, Book: s.owned}, comment}, g.Err()
}

// write is what is to be kept of an approval; seen is what the book held before.
func (c consent) write(w *command.Work, seen uint64, approval *orderv1.OrderApproval) (write owned.Write, err error) {
	write = c.kept.Write(w)
	write.Owner, write.Seen = optionsv1.Owner_OWNER_MESH, &seen
	write.Fields, err = owned.FieldsOf(&orderv1.Order{Approval: approval}, "approval")
	return write, err
}

// keep keeps what is wanted, once; what is kept and could not be shown is shown.
func (c consent) keep(ctx context.Context, w *command.Work, wanted func(context.Context, *command.Work) (owned.Write, error)) error {
	made, shown, err := c.kept.Book.Made(c.kept.Collection(), c.kept.Key(), w.ID)
	if err != nil || made != 0 && shown {
		return err
	}
	var write owned.Write
	if made == 0 {
		write, err = wanted(ctx, w)
	} else { // what it says is not looked at any more
		write, err = c.write(w, made, &orderv1.OrderApproval{})
	}
	if err != nil {
		return err
	}
	return c.kept.Keep(ctx, w, write)
}

// fits refuses an order of nothing, what the book would not take, and what is not to be
// ordered so: Odoo may place an order that it wanted approved by that alone.
func (c consent) fits(ctx context.Context, w *command.Work, found order, write owned.Write) error {
	if _, err := c.ordered(ctx, w.Odoo); err != nil {
		return err
	}
	if err := c.kept.Try(write); err != nil {
		return err
	}
	return c.judgeAll(ctx, w, found)
}

// revision is what the book holds of the order.
func (c consent) revision() (uint64, error) {
	kept, err := c.kept.Book.Get(c.kept.Collection(), c.kept.Key())
	return kept.Revision, err
}

// submit puts a draft forward.
type submit struct{ consent }

func (s *Service) beginSubmit(request proto.Message) (command.Command, error) {
	r := request.(*orderv1.SubmitOrderRequest)
	c, err := s.consent(r.GetName(), r.GetEtag(), r.GetComment())
	return submit{c}, err
}

// Check refuses what is no draft, or orders nothing. One that waits for Odoo's approval may
// have been changed since, and is submitted anew.
func (c submit) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	found, err := c.read(ctx, w.Odoo)
	if err != nil {
		return err
	}
	if !found.draft() && found.state != toApprove {
		return c.noDraft(found)
	}
	write, err := c.wanted(ctx, w)
	if err != nil {
		return err
	}
	return c.fits(ctx, w, found, write)
}

// wanted is what is to be kept.
func (c submit) wanted(ctx context.Context, w *command.Work) (owned.Write, error) {
	seen, err := c.revision()
	if err != nil {
		return owned.Write{}, err
	}
	o, err := c.live(ctx, c.name)
	if err != nil {
		return owned.Write{}, err
	}
	return c.write(w, seen, &orderv1.OrderApproval{
		State: submitted, Content: content(o), TotalAmount: o.GetTotalAmount(), Submitter: w.Principal,
		SubmitTime: timestamppb.New(c.clock.Now()), SubmitComment: c.comment,
	})
}

// Look tells from the book, and from Odoo whether it waits for an approval there.
func (c submit) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	s, err := c.kept.Look(ctx, w)
	if err != nil || s.Stage != command.Done {
		return s, err
	}
	before, err := c.beforeOdoo(ctx, w.Odoo)
	if err == nil && !before {
		s.Stage = command.Begun
	}
	return s, err
}

// beforeOdoo tells whether an order waits in Odoo for an approval, where it has to.
func (c consent) beforeOdoo(ctx context.Context, o *command.Odoo) (bool, error) {
	found, err := c.read(ctx, o)
	if err != nil || !found.draft() {
		return true, err
	}
	asks, err := c.asks(ctx, o)
	return !asks, err
}

// asks tells whether Odoo wants the order approved when the mesh's user confirms it. One
// who may approve would place the order by that.
func (c consent) asks(ctx context.Context, o *command.Odoo) (bool, error) {
	s, err := sumsOf(ctx, o, c.id, c.name)
	if err != nil || !s.asks(s.total) {
		return false, err
	}
	may, err := o.Member(ctx, mayApprove)
	return !may, err
}

// Do keeps it, and then has Odoo ask for its own approval where it wants one.
func (c submit) Do(ctx context.Context, w *command.Work) error {
	if err := c.keep(ctx, w, c.wanted); err != nil {
		return err
	}
	before, err := c.beforeOdoo(ctx, w.Odoo)
	if err != nil || before {
		return err
	}
	return confirm(ctx, w.Odoo, c.id)
}

// approve approves what another has submitted.
type approve struct {
	consent
	approver command.Caller
}

func (s *Service) beginApprove(request proto.Message) (command.Command, error) {
	r := request.(*orderv1.ApproveOrderRequest)
	c, err := s.consent(r.GetName(), r.GetEtag(), r.GetComment())
	return approve{c, s.approver}, err
}

// Check refuses what nobody, or the same one, has submitted, and what says something else
// by now.
func (c approve) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	found, err := c.read(ctx, w.Odoo)
	if err != nil {
		return err
	}
	if !found.draft() && found.state != toApprove {
		return c.noDraft(found)
	}
	write, err := c.wanted(ctx, w)
	if err != nil {
		return err
	}
	return c.fits(ctx, w, found, write)
}

// wanted is what is to be kept.
func (c approve) wanted(ctx context.Context, w *command.Work) (owned.Write, error) {
	seen, err := c.revision()
	if err != nil {
		return owned.Write{}, err
	}
	o, err := c.live(ctx, c.name)
	if err != nil {
		return owned.Write{}, err
	}
	is := o.GetApproval()
	switch {
	case is.GetState() == orderv1.ApprovalState_APPROVAL_STATE_UNSPECIFIED:
		return owned.Write{}, command.Refused("%s has not been submitted: that is done by orders.submit.", c.name)
	case is.GetSubmitter() == w.Principal:
		return owned.Write{}, fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, fmt.Sprintf("%s has submitted %s, and so does not approve it.", w.Principal, c.name),
			fault.Precondition("segregation", c.name, "orders.submit excludes orders.approve"), fault.Instead("Ask somebody else who may."))
	case is.GetContent() != content(o):
		return owned.Write{}, command.Refused("%s was changed since it was submitted at %s: it has to be submitted anew.", c.name, is.GetSubmitTime().AsTime().Format(odooTime))
	case is.GetState() != submitted:
		return owned.Write{}, command.Refused("%s was approved already, by %s at %s.", c.name, is.GetApprover(), is.GetApproveTime().AsTime().Format(odooTime))
	}
	is = proto.CloneOf(is)
	is.State, is.Approver, is.ApproveTime, is.ApproveComment = orderv1.ApprovalState_APPROVAL_STATE_APPROVED, w.Principal, timestamppb.New(c.clock.Now()), c.comment
	return c.write(w, seen, is)
}

// Look tells from the book, and from Odoo whether it still waits for an approval there.
func (c approve) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	s, err := c.kept.Look(ctx, w)
	if err != nil || s.Stage != command.Done {
		return s, err
	}
	found, err := c.read(ctx, w.Odoo)
	if err != nil || found.state != toApprove {
		return s, err
	}
	s.Stage = command.Begun
	s.Evidence += ", and in Odoo it waits for an approval"
	if c.approver == nil {
		s.Stage, s.Question = command.Asks, c.question()
	}
	return s, nil
}

func (c approve) question() string {
	return fmt.Sprintf("It is approved here, and Odoo wants %s approved too: somebody with the right to approve purchases has to do that in Odoo.", c.name)
}

// Do keeps it, and then approves it in Odoo where somebody may. That places the order, and
// may come long after the check: what has been kept meanwhile is judged once more.
func (c approve) Do(ctx context.Context, w *command.Work) error {
	if err := c.keep(ctx, w, c.wanted); err != nil {
		return err
	}
	found, err := c.read(ctx, w.Odoo)
	if err != nil || found.state != toApprove || c.approver == nil {
		return err
	}
	if err := c.judgeAll(ctx, w, found); err != nil {
		return err
	}
	if _, err := w.Odoo.DoAs(ctx, c.approver, orderModel, "button_approve", []int64{c.id}, nil); err != nil {
		return err
	}
	// Odoo answers the same where it has done nothing, as to who may not.
	found, err = c.read(ctx, w.Odoo)
	if err == nil && found.state == toApprove && !w.Odoo.Dry() {
		err = &command.Question{Text: c.question() + " The user of odoo-approver-user may not."}
	}
	return err
}
