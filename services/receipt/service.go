package receipt

import (
	"context"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
)

// Rooms gives what is read from and what is watched, and who carries commands out.
type Rooms interface {
	domain.Rooms
	Commands() *command.Desk
}

// Service answers ReceiptService.
type Service struct {
	*receiptservice.Standard
	desk *command.Desk
}

// New makes the service, and says what its commands are.
func New(r Rooms) (*Service, error) {
	standard, err := receiptservice.New(r)
	if err != nil {
		return nil, err
	}
	s := &Service{Standard: standard, desk: r.Commands()}
	s.desk.Register(kinds(s)...)
	return s, nil
}

// kinds are the commands; s may be nil for what is said of them without carrying them
// out.
func kinds(s *Service) []command.Kind {
	return []command.Kind{
		{Name: "receipts.receive", Method: receiptv1.ReceiptService_ReceiveReceipt_FullMethodName, Request: &receiptv1.ReceiveReceiptRequest{}, Begin: s.beginReceive, Needs: receiveNeeds, Mails: true},
	}
}

// ReceiveReceipt books what has come.
func (s *Service) ReceiveReceipt(ctx context.Context, r *receiptv1.ReceiveReceiptRequest) (*receiptv1.ReceiveReceiptResponse, error) {
	intent, receipt, err := command.Carried(ctx, s.desk, receiptv1.ReceiptService_ReceiveReceipt_FullMethodName, r, func(ctx context.Context, name string) (*receiptv1.Receipt, error) {
		return s.Receipts.Get(ctx, name, nil, nil)
	})
	if err != nil {
		return nil, err
	}
	return &receiptv1.ReceiveReceiptResponse{Intent: intent, Receipt: receipt}, nil
}

// live reads a receipt as Odoo has it.
func (s *Service) live(ctx context.Context, name string) (*receiptv1.Receipt, error) {
	return s.Receipts.Get(ctx, name, &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}, nil)
}
