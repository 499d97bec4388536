package invoice

import (
	"context"
	_ "embed" // the mapping is part of the program

	"google.golang.org/protobuf/types/known/timestamppb"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// Collection is the first part of the names of invoices.
const Collection = "invoices"

//go:embed mapping.yaml
var mapping []byte

// Mapping says how a invoice is read out of Odoo.
func Mapping() []byte { return mapping }

// Service answers InvoiceService.
type Service struct {
	invoicev1.UnimplementedInvoiceServiceServer
	invoices *read.Collection[*invoicev1.Invoice]
	changes  *stream.Watcher[*invoicev1.Invoice]
}

// New makes the service of what it reads and what it watches.
func New(r read.Deps, s stream.Deps) (*Service, error) {
	invoices, err := read.NewCollection[*invoicev1.Invoice](r)
	if err != nil {
		return nil, err
	}
	changes, err := stream.NewWatcher[*invoicev1.Invoice](s)
	if err != nil {
		return nil, err
	}
	return &Service{invoices: invoices, changes: changes}, nil
}

// GetInvoice answers one invoice.
func (s *Service) GetInvoice(ctx context.Context, r *invoicev1.GetInvoiceRequest) (*invoicev1.Invoice, error) {
	return s.invoices.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetInvoices answers invoices by name.
func (s *Service) BatchGetInvoices(ctx context.Context, r *invoicev1.BatchGetInvoicesRequest) (*invoicev1.BatchGetInvoicesResponse, error) {
	b, err := s.invoices.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &invoicev1.BatchGetInvoicesResponse{Invoices: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListInvoices answers a page of invoices.
func (s *Service) ListInvoices(ctx context.Context, r *invoicev1.ListInvoicesRequest) (*invoicev1.ListInvoicesResponse, error) {
	p, err := s.invoices.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &invoicev1.ListInvoicesResponse{Invoices: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchInvoices sends the changes of invoices.
func (s *Service) WatchInvoices(r *invoicev1.WatchInvoicesRequest, out invoicev1.InvoiceService_WatchInvoicesServer) error {
	return s.changes.Watch(out.Context(), r, func(m stream.Message[*invoicev1.Invoice]) error {
		return out.Send(&invoicev1.WatchInvoicesResponse{
			ChangeType: m.Type, Invoice: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
