package invoice

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

// cancel cancels a draft. Odoo's own method for it cancels a posted bill as well, so that
// the state is looked at right before.
type cancel struct {
	name, etag string
	id         int64
	live       func(ctx context.Context, name string) (*invoicev1.Invoice, error)
}

func (s *Service) beginCancel(request proto.Message) (command.Command, error) {
	r := request.(*invoicev1.CancelInvoiceRequest)
	var g command.Given
	c := cancel{name: r.GetName(), etag: r.GetEtag(), id: g.ID("name", invoiceservice.Invoices, r.GetName()), live: s.live}
	return c, g.Err()
}

// Document is the invoice.
func (c cancel) Document() string { return c.name }

// Unchanged refuses a bill that has changed since its etag was read.
func (c cancel) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, c.name, c.etag, c.live)
}

func (c cancel) read(ctx context.Context, o *command.Odoo) (bill, error) {
	found, ok, err := readBill(ctx, o, c.id)
	if err == nil && !ok {
		err = fault.NotFound(c.name)
	}
	return found, err
}

// Look tells from the invoice's state. That it was posted before is told: somebody may
// have posted it in the instant in which it was cancelled.
func (c cancel) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := c.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := command.Standing{Document: c.name, Model: invoiceModel, ID: c.id, Evidence: fmt.Sprintf("%s %d is in state %q", invoiceModel, c.id, found.state)}
	if found.state == "cancel" {
		s.Stage = command.Done
		if found.postedBefore {
			s.Warnings = append(s.Warnings, fmt.Sprintf("It was posted before, as %s, and is in the books no more: see whether it should be.", found.number))
		}
	}
	return s, nil
}

// Check refuses what is no draft.
func (c cancel) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	return c.possible(ctx, w.Odoo)
}

func (c cancel) possible(ctx context.Context, o *command.Odoo) error {
	found, err := c.read(ctx, o)
	switch {
	case err != nil:
		return err
	case found.state == "posted":
		return command.Refused("%s is posted, as %s: a posted bill is not cancelled but taken back, by invoices.reverse.", c.name, found.number)
	case found.state != "draft":
		return command.Refused("%s is no draft: in Odoo it is in state %q.", c.name, found.state)
	}
	return nil
}

// Do cancels the draft.
func (c cancel) Do(ctx context.Context, w *command.Work) error {
	if err := c.possible(ctx, w.Odoo); err != nil {
		return err
	}
	_, err := w.Odoo.Do(ctx, invoiceModel, "button_cancel", []int64{c.id}, nil)
	return err
}
