package receipt

import (
	"context"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/owned"
	"odoomesh/services/inventory/goods"
)

// Rooms gives what is read from and what is watched, who carries commands out, and who
// keeps what Odoo does not own.
type Rooms interface {
	domain.Rooms
	Commands() *command.Desk
	Owned() *owned.Writer
}

// Service answers ReceiptService.
type Service struct {
	*receiptservice.Standard
	desk  *command.Desk
	owned *owned.Writer
}

// New makes the service, and says what its commands are.
func New(r Rooms) (*Service, error) {
	standard, err := receiptservice.New(r)
	if err != nil {
		return nil, err
	}
	s := &Service{Standard: standard, desk: r.Commands(), owned: r.Owned()}
	s.desk.Register(kinds(s)...)
	return s, nil
}

// kinds are the commands; s may be nil for what is said of them without carrying them
// out.
func kinds(s *Service) []command.Kind {
	return []command.Kind{
		{Name: "receipts.receive", Method: receiptv1.ReceiptService_ReceiveReceipt_FullMethodName, Request: &receiptv1.ReceiveReceiptRequest{}, Begin: s.beginReceive, Needs: receiveNeeds, Mails: true},
		{Name: "receipts.return", Method: receiptv1.ReceiptService_ReturnReceipt_FullMethodName, Request: &receiptv1.ReturnReceiptRequest{}, Begin: s.beginReturn, Needs: goods.Needs, Mails: true},
		{Name: "receipts.reportMilestone", Method: receiptv1.ReceiptService_ReportMilestone_FullMethodName, Request: &receiptv1.ReportMilestoneRequest{}, Begin: s.beginReport, Own: true},
	}
}

// ReceiveReceipt books what has come.
func (s *Service) ReceiveReceipt(ctx context.Context, r *receiptv1.ReceiveReceiptRequest) (*receiptv1.ReceiveReceiptResponse, error) {
	intent, receipt, err := command.Carried(ctx, s.desk, receiptv1.ReceiptService_ReceiveReceipt_FullMethodName, r, s.copied)
	if err != nil {
		return nil, err
	}
	return &receiptv1.ReceiveReceiptResponse{Intent: intent, Receipt: receipt}, nil
}

// ReturnReceipt sends goods back to the supplier.
func (s *Service) ReturnReceipt(ctx context.Context, r *receiptv1.ReturnReceiptRequest) (*receiptv1.ReturnReceiptResponse, error) {
	intent, receipt, err := command.Carried(ctx, s.desk, receiptv1.ReceiptService_ReturnReceipt_FullMethodName, r, s.copied)
	if err != nil {
		return nil, err
	}
	return &receiptv1.ReturnReceiptResponse{Intent: intent, Receipt: receipt}, nil
}

// ReportMilestone keeps what the carrier says of a shipment.
func (s *Service) ReportMilestone(ctx context.Context, r *receiptv1.ReportMilestoneRequest) (*receiptv1.ReportMilestoneResponse, error) {
	intent, receipt, err := command.Carried(ctx, s.desk, receiptv1.ReceiptService_ReportMilestone_FullMethodName, r, s.copied)
	if err != nil {
		return nil, err
	}
	return &receiptv1.ReportMilestoneResponse{Intent: intent, Receipt: receipt}, nil
}

// copied reads a receipt as the copy has it.
func (s *Service) copied(ctx context.Context, name string) (*receiptv1.Receipt, error) {
	return s.Receipts.Get(ctx, name, nil, nil)
}

// live reads a receipt as Odoo has it.
func (s *Service) live(ctx context.Context, name string) (*receiptv1.Receipt, error) {
	return s.Receipts.Get(ctx, name, &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}, nil)
}
