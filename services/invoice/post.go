package invoice

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
	"odoomesh/services/invoice/match"
)

// post posts a draft.
type post struct {
	name, etag string
	id         int64
	live       func(ctx context.Context, name string) (*invoicev1.Invoice, error)
	// matcher is nil where invoices are not compared.
	matcher *Matcher
}

func (s *Service) beginPost(request proto.Message) (command.Command, error) {
	r := request.(*invoicev1.PostInvoiceRequest)
	var g command.Given
	p := post{name: r.GetName(), etag: r.GetEtag(), id: g.ID("name", invoiceservice.Invoices, r.GetName()), live: s.live, matcher: s.matcher}
	return p, g.Err()
}

// Document is the invoice.
func (p post) Document() string { return p.name }

func (p post) read(ctx context.Context, o *command.Odoo) (bill, error) {
	found, ok, err := readBill(ctx, o, p.id)
	if err == nil && !ok {
		err = fault.NotFound(p.name)
	}
	return found, err
}

// Look tells from the invoice's state.
func (p post) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := p.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := command.Standing{Document: p.name, Model: invoiceModel, ID: p.id, Evidence: fmt.Sprintf("%s %d is in state %q", invoiceModel, p.id, found.state)}
	if found.state == "posted" {
		s.Stage = command.Done
		s.Evidence += ", as " + found.number
		s.Warnings, err = twinWarned(ctx, w.Odoo, found)
	}
	return s, err
}

// twinWarned tells of another bill that is posted under the supplier's number: somebody
// has posted it in Odoo at the same time.
func twinWarned(ctx context.Context, o *command.Odoo, found bill) ([]string, error) {
	if found.reference == "" {
		return nil, nil
	}
	twin, err := twinOf(ctx, o, found)
	if err != nil || twin == 0 {
		return nil, err
	}
	return []string{fmt.Sprintf("%s of the same supplier is posted with the same number, too: one of the two may have to be reversed.", resource.Name(invoiceservice.Invoices, twin))}, nil
}

// Unchanged refuses a bill that has changed since its etag was read.
func (p post) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, p.name, p.etag, p.live)
}

// Check refuses what Odoo refuses in some releases and not in others: a bill of the
// supplier that is posted already, under its number.
func (p post) Check(ctx context.Context, w *command.Work) error {
	if err := p.Unchanged(ctx); err != nil {
		return err
	}
	if err := p.possible(ctx, w.Odoo); err != nil {
		return err
	}
	return p.matches(ctx)
}

// matches refuses what does not match, and nobody has overridden.
func (p post) matches(ctx context.Context) error {
	if p.matcher == nil {
		return nil
	}
	_, outcome, err := p.matcher.Outcome(ctx, p.name)
	if err != nil || !outcome.GetBlocks() {
		return err
	}
	text := p.name + " does not match its orders and receipts."
	var details []fault.Detail
	for _, l := range match.Blocking(outcome) {
		text += fmt.Sprintf(" Line %s: %s", l.GetLineId(), l.GetExplanation())
		details = append(details, fault.Precondition("mesh/three-way-match", p.name+"/lines/"+l.GetLineId(), l.GetExplanation()))
	}
	details = append(details, fault.With("rule", "three-way-match"), fault.Instead("Have the bill, the order or the receipt mended; or let somebody who may say by invoices.overrideMatch, with the reason, that it is right."))
	return fault.New(errorsv1.Reason_REASON_BUSINESS_RULE, text, details...)
}

func (p post) possible(ctx context.Context, o *command.Odoo) error {
	found, err := p.read(ctx, o)
	switch {
	case err != nil:
		return err
	case found.state != "draft":
		return command.Refused("%s is no draft: in Odoo it is in state %q.", p.name, found.state)
	case found.day == "":
		return command.Refused("%s has no invoice date: Odoo posts no bill without one.", p.name)
	case found.reference == "":
		return nil
	}
	return unlike(ctx, o, found)
}

const alreadyExists = errorsv1.Reason_REASON_ALREADY_EXISTS

// entered is the refusal of a document whose number another one has that is posted.
func entered(twin int64, reference string) error {
	name := resource.Name(invoiceservice.Invoices, twin)
	return fault.New(alreadyExists, fmt.Sprintf("%s of the same supplier is posted with the number %q.", name, reference), fault.Resource("mesh/Invoice", name))
}

// Do posts the draft. Odoo refuses to post one that is posted. One bill of a supplier is
// posted at a time: of two with one number the second has to see the first.
func (p post) Do(ctx context.Context, w *command.Work) error {
	found, err := p.read(ctx, w.Odoo)
	if err != nil {
		return err
	}
	leave, err := w.Alone(ctx, resource.Name("suppliers", found.supplier))
	if err != nil {
		return err
	}
	defer leave()
	if err := p.possible(ctx, w.Odoo); err != nil {
		return err
	}
	if err := p.matches(ctx); err != nil {
		return err
	}
	return book(ctx, w, found)
}
