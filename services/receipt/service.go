package receipt

import (
	"context"
	_ "embed" // the mapping is part of the program

	"google.golang.org/protobuf/types/known/timestamppb"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// Collection is the first part of the names of receipts.
const Collection = "receipts"

//go:embed mapping.yaml
var mapping []byte

// Mapping says how a receipt is read out of Odoo.
func Mapping() []byte { return mapping }

// Service answers ReceiptService.
type Service struct {
	receiptv1.UnimplementedReceiptServiceServer
	receipts *read.Collection[*receiptv1.Receipt]
	changes  *stream.Watcher[*receiptv1.Receipt]
}

// New makes the service of what it reads and what it watches.
func New(r read.Deps, s stream.Deps) (*Service, error) {
	receipts, err := read.NewCollection[*receiptv1.Receipt](r)
	if err != nil {
		return nil, err
	}
	changes, err := stream.NewWatcher[*receiptv1.Receipt](s)
	if err != nil {
		return nil, err
	}
	return &Service{receipts: receipts, changes: changes}, nil
}

// GetReceipt answers one receipt.
func (s *Service) GetReceipt(ctx context.Context, r *receiptv1.GetReceiptRequest) (*receiptv1.Receipt, error) {
	return s.receipts.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetReceipts answers receipts by name.
func (s *Service) BatchGetReceipts(ctx context.Context, r *receiptv1.BatchGetReceiptsRequest) (*receiptv1.BatchGetReceiptsResponse, error) {
	b, err := s.receipts.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &receiptv1.BatchGetReceiptsResponse{Receipts: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListReceipts answers a page of receipts.
func (s *Service) ListReceipts(ctx context.Context, r *receiptv1.ListReceiptsRequest) (*receiptv1.ListReceiptsResponse, error) {
	p, err := s.receipts.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &receiptv1.ListReceiptsResponse{Receipts: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchReceipts sends the changes of receipts.
func (s *Service) WatchReceipts(r *receiptv1.WatchReceiptsRequest, out receiptv1.ReceiptService_WatchReceiptsServer) error {
	return s.changes.Watch(out.Context(), r, func(m stream.Message[*receiptv1.Receipt]) error {
		return out.Send(&receiptv1.WatchReceiptsResponse{
			ChangeType: m.Type, Receipt: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
