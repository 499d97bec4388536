package receipt

import (
	"context"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/scope"
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
	goods known
}

// New makes the service, and says what its commands are.
func New(r Rooms) (*Service, error) {
	standard, err := receiptservice.New(r)
	if err != nil {
		return nil, err
	}
	goods, err := newKnown(r)
	if err != nil {
		return nil, err
	}
	s := &Service{Standard: standard, desk: r.Commands(), owned: r.Owned(), goods: goods}
	s.desk.Register(kinds(s)...)
	return s, nil
}

// kinds are the commands; s may be nil for what is said of them without carrying them
// out.
func kinds(s *Service) []command.Kind {
	return []command.Kind{
		{Name: "receipts.receive", Method: receiptv1.ReceiptService_ReceiveReceipt_FullMethodName, Request: &receiptv1.ReceiveReceiptRequest{}, Begin: s.beginReceive, Needs: receiveNeeds, Mails: true},
		{Name: "receipts.return", Method: receiptv1.ReceiptService_ReturnReceipt_FullMethodName, Request: &receiptv1.ReturnReceiptRequest{}, Begin: s.beginReturn, Needs: goods.Needs, Mails: true},
		{Name: "receipts.announce", Method: receiptv1.ReceiptService_AnnounceReceipt_FullMethodName, Request: &receiptv1.AnnounceReceiptRequest{}, Begin: s.beginAnnounce, Own: true},
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

// AnnounceReceipt keeps what the supplier says is on its way.
func (s *Service) AnnounceReceipt(ctx context.Context, r *receiptv1.AnnounceReceiptRequest) (*receiptv1.AnnounceReceiptResponse, error) {
	intent, receipt, err := command.CarriedFor(ctx, s.desk, receiptv1.ReceiptService_AnnounceReceipt_FullMethodName, r, s.copied, "lines", announcements)
	if err != nil {
		return nil, err
	}
	return &receiptv1.AnnounceReceiptResponse{Intent: intent, Receipt: receipt}, nil
}

// ReportMilestone keeps what the carrier says of a shipment. A carrier says that it is
// itself who brings it: another name would give the shipment to another.
func (s *Service) ReportMilestone(ctx context.Context, r *receiptv1.ReportMilestoneRequest) (*receiptv1.ReportMilestoneResponse, error) {
	if caller := scope.From(ctx); caller.Kind() == scope.Carrier && r.GetCarrier() != "" && r.GetCarrier() != caller.Carrier {
		return nil, fault.Invalid(fault.Violation("carrier", "it is the caller's own name, or left out"))
	}
	intent, receipt, err := command.CarriedFor(ctx, s.desk, receiptv1.ReceiptService_ReportMilestone_FullMethodName, r, s.copied, "shipment")
	if err != nil {
		return nil, err
	}
	return &receiptv1.ReportMilestoneResponse{Intent: intent, Receipt: receipt}, nil
}

// copied reads a receipt as the copy has it.
func (s *Service) copied(ctx context.Context, name string) (*receiptv1.Receipt, error) {
	return s.Receipts.Get(ctx, name, nil, nil)
}

// whole reads a receipt as the copy has it, whatever of it the caller meets: whether the
// caller meets it was decided before.
func (s *Service) whole(ctx context.Context, name string) (*receiptv1.Receipt, error) {
	return s.copied(scope.With(ctx, nil), name)
}

// live reads a receipt as Odoo has it.
func (s *Service) live(ctx context.Context, name string) (*receiptv1.Receipt, error) {
	return s.Receipts.Get(ctx, name, &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}, nil)
}
