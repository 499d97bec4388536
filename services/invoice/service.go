package invoice

import (
	"context"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/owned"
)

// Rooms gives what is read from and what is watched, and who carries commands out.
type Rooms interface {
	domain.Rooms
	Commands() *command.Desk
	Owned() *owned.Writer
	// Matcher compares invoices with their orders; nil where orders or products are not
	// served.
	Matcher() *Matcher
}

// Service answers InvoiceService.
type Service struct {
	*invoiceservice.Standard
	desk  *command.Desk
	owned *owned.Writer
	// matcher is nil where invoices are not compared.
	matcher *Matcher
}

// New makes the service, and says what its commands are.
func New(r Rooms) (*Service, error) {
	standard, err := invoiceservice.New(r)
	if err != nil {
		return nil, err
	}
	s := &Service{Standard: standard, desk: r.Commands(), owned: r.Owned(), matcher: r.Matcher()}
	s.desk.Register(kinds(s)...)
	return s, nil
}

// kinds are the commands; s may be nil for what is said of them without carrying them
// out.
func kinds(s *Service) []command.Kind {
	return []command.Kind{
		{Name: "invoices.create", Method: invoicev1.InvoiceService_CreateInvoice_FullMethodName, Request: &invoicev1.CreateInvoiceRequest{}, Begin: beginCreate, Needs: createNeeds, Mails: true},
		{Name: "invoices.post", Method: invoicev1.InvoiceService_PostInvoice_FullMethodName, Request: &invoicev1.PostInvoiceRequest{}, Begin: s.beginPost, Needs: postNeeds},
		{Name: "invoices.overrideMatch", Method: invoicev1.InvoiceService_OverrideMatch_FullMethodName, Request: &invoicev1.OverrideMatchRequest{}, Begin: s.beginOverride, Own: true},
		{Name: "invoices.cancel", Method: invoicev1.InvoiceService_CancelInvoice_FullMethodName, Request: &invoicev1.CancelInvoiceRequest{}, Begin: s.beginCancel, Needs: postNeeds},
		{Name: "invoices.reverse", Method: invoicev1.InvoiceService_ReverseInvoice_FullMethodName, Request: &invoicev1.ReverseInvoiceRequest{}, Begin: s.beginReverse, Needs: reverseNeeds, Mails: true},
	}
}

// CreateInvoice makes a draft of a bill.
func (s *Service) CreateInvoice(ctx context.Context, r *invoicev1.CreateInvoiceRequest) (*invoicev1.CreateInvoiceResponse, error) {
	intent, invoice, err := s.carry(ctx, invoicev1.InvoiceService_CreateInvoice_FullMethodName, r, asOdooHas)
	if err != nil {
		return nil, err
	}
	return &invoicev1.CreateInvoiceResponse{Intent: intent, Invoice: invoice}, nil
}

// PostInvoice posts a draft.
func (s *Service) PostInvoice(ctx context.Context, r *invoicev1.PostInvoiceRequest) (*invoicev1.PostInvoiceResponse, error) {
	intent, invoice, err := s.carry(ctx, invoicev1.InvoiceService_PostInvoice_FullMethodName, r, nil)
	if err != nil {
		return nil, err
	}
	answer := &invoicev1.PostInvoiceResponse{Intent: intent, Invoice: invoice}
	if r.GetValidateOnly() && s.matcher != nil {
		_, answer.Match, err = s.matcher.Outcome(ctx, r.GetName())
	}
	return answer, err
}

// OverrideMatch keeps that an invoice may be posted although it does not match.
func (s *Service) OverrideMatch(ctx context.Context, r *invoicev1.OverrideMatchRequest) (*invoicev1.OverrideMatchResponse, error) {
	intent, invoice, err := s.carry(ctx, invoicev1.InvoiceService_OverrideMatch_FullMethodName, r, nil)
	if err != nil {
		return nil, err
	}
	return &invoicev1.OverrideMatchResponse{Intent: intent, Invoice: invoice}, nil
}

// CancelInvoice cancels a draft.
func (s *Service) CancelInvoice(ctx context.Context, r *invoicev1.CancelInvoiceRequest) (*invoicev1.CancelInvoiceResponse, error) {
	intent, invoice, err := s.carry(ctx, invoicev1.InvoiceService_CancelInvoice_FullMethodName, r, nil)
	if err != nil {
		return nil, err
	}
	return &invoicev1.CancelInvoiceResponse{Intent: intent, Invoice: invoice}, nil
}

// ReverseInvoice takes a posted bill back.
func (s *Service) ReverseInvoice(ctx context.Context, r *invoicev1.ReverseInvoiceRequest) (*invoicev1.ReverseInvoiceResponse, error) {
	intent, invoice, err := s.carry(ctx, invoicev1.InvoiceService_ReverseInvoice_FullMethodName, r, nil)
	if err != nil {
		return nil, err
	}
	return &invoicev1.ReverseInvoiceResponse{Intent: intent, Invoice: invoice}, nil
}

// carry carries a command out. The invoice is compared before it is answered, so that its
// etag holds; orders says how its orders are read for it.
func (s *Service) carry(ctx context.Context, method string, r command.Request, orders *typesv1.ReadMode) (*commandv1.Intent, *invoicev1.Invoice, error) {
	return command.Carried(ctx, s.desk, method, r, func(ctx context.Context, name string) (*invoicev1.Invoice, error) {
		if s.matcher != nil {
			_ = s.matcher.Refresh(ctx, name, orders) // where it fails, it is done a moment later
		}
		return s.copied(ctx, name)
	})
}

// copied reads an invoice as the copy has it.
func (s *Service) copied(ctx context.Context, name string) (*invoicev1.Invoice, error) {
	return s.Invoices.Get(ctx, name, nil, nil)
}

// live reads an invoice as Odoo has it.
func (s *Service) live(ctx context.Context, name string) (*invoicev1.Invoice, error) {
	return s.Invoices.Get(ctx, name, asOdooHas, nil)
}
