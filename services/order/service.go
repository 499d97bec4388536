package order

import (
	"context"
	"fmt"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/owned"
	"odoomesh/internal/scope"
)

// Rooms gives what is read from and what is watched, who carries commands out, and who
// keeps what Odoo does not own.
type Rooms interface {
	domain.Rooms
	Commands() *command.Desk
	Owned() *owned.Writer
	// Approver approves purchases in Odoo; nil where a person does that.
	Approver() command.Caller
	// ApprovalFrom is from which total on an order needs an approval of the mesh, such as
	// "1000 EUR"; empty where none does.
	ApprovalFrom() string
}

// Service answers OrderService.
type Service struct {
	*orderservice.Standard
	desk  *command.Desk
	owned *owned.Writer
	// approver is nil where nobody approves purchases in Odoo for the mesh.
	approver command.Caller
	// policy says which orders need an approval of the mesh, as it is in force.
	policy func() policy
}

// New makes the service, and says what its commands are.
func New(r Rooms) (*Service, error) {
	standard, err := orderservice.New(r)
	if err != nil {
		return nil, err
	}
	s := &Service{Standard: standard, desk: r.Commands(), owned: r.Owned(), approver: r.Approver(), policy: func() policy { return policyOf(r.ApprovalFrom()) }}
	s.desk.Register(kinds(s)...)
	return s, nil
}

// kinds are the commands; s may be nil for what is said of them without carrying them
// out.
func kinds(s *Service) []command.Kind {
	return []command.Kind{
		{Name: "orders.create", Method: orderv1.OrderService_CreateOrder_FullMethodName, Request: &orderv1.CreateOrderRequest{}, Begin: beginCreate, Needs: createNeeds},
		{Name: "orders.update", Method: orderv1.OrderService_UpdateOrder_FullMethodName, Request: &orderv1.UpdateOrderRequest{}, Begin: s.beginUpdate, Needs: updateNeeds, Mails: true},
		{Name: "orders.submit", Method: orderv1.OrderService_SubmitOrder_FullMethodName, Request: &orderv1.SubmitOrderRequest{}, Begin: s.beginSubmit, Needs: changeNeeds},
		{Name: "orders.approve", Method: orderv1.OrderService_ApproveOrder_FullMethodName, Request: &orderv1.ApproveOrderRequest{}, Begin: s.beginApprove, Needs: changeNeeds, Apart: asksForIt},
		{Name: "orders.release", Method: orderv1.OrderService_ReleaseOrder_FullMethodName, Request: &orderv1.ReleaseOrderRequest{}, Begin: s.beginRelease, Needs: changeNeeds},
		{Name: "orders.amend", Method: orderv1.OrderService_AmendOrder_FullMethodName, Request: &orderv1.AmendOrderRequest{}, Begin: s.beginAmend, Needs: amendNeeds, Mails: true},
		{Name: "orders.cancel", Method: orderv1.OrderService_CancelOrder_FullMethodName, Request: &orderv1.CancelOrderRequest{}, Begin: s.beginCancel, Needs: changeNeeds},
		{Name: "orders.acceptAcknowledgement", Method: orderv1.OrderService_AcceptAcknowledgement_FullMethodName, Request: &orderv1.AcceptAcknowledgementRequest{}, Begin: s.beginAccept, Own: true},
		{Name: "orders.acknowledge", Method: orderv1.OrderService_AcknowledgeOrder_FullMethodName, Request: &orderv1.AcknowledgeOrderRequest{}, Begin: s.beginAcknowledge, Own: true},
	}
}

// CreateOrder makes a draft of an order.
func (s *Service) CreateOrder(ctx context.Context, r *orderv1.CreateOrderRequest) (*orderv1.CreateOrderResponse, error) {
	intent, order, err := s.carry(ctx, orderv1.OrderService_CreateOrder_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.CreateOrderResponse{Intent: intent, Order: order}, nil
}

// UpdateOrder changes a draft.
func (s *Service) UpdateOrder(ctx context.Context, r *orderv1.UpdateOrderRequest) (*orderv1.UpdateOrderResponse, error) {
	intent, order, err := s.carry(ctx, orderv1.OrderService_UpdateOrder_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.UpdateOrderResponse{Intent: intent, Order: order}, nil
}

// SubmitOrder puts a draft forward for approval.
func (s *Service) SubmitOrder(ctx context.Context, r *orderv1.SubmitOrderRequest) (*orderv1.SubmitOrderResponse, error) {
	intent, order, err := s.carry(ctx, orderv1.OrderService_SubmitOrder_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.SubmitOrderResponse{Intent: intent, Order: order}, nil
}

// ApproveOrder approves what another has submitted.
func (s *Service) ApproveOrder(ctx context.Context, r *orderv1.ApproveOrderRequest) (*orderv1.ApproveOrderResponse, error) {
	intent, order, err := s.carry(ctx, orderv1.OrderService_ApproveOrder_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.ApproveOrderResponse{Intent: intent, Order: order}, nil
}

// ReleaseOrder orders what a draft says.
func (s *Service) ReleaseOrder(ctx context.Context, r *orderv1.ReleaseOrderRequest) (*orderv1.ReleaseOrderResponse, error) {
	intent, order, err := s.carry(ctx, orderv1.OrderService_ReleaseOrder_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.ReleaseOrderResponse{Intent: intent, Order: order}, nil
}

// AmendOrder changes an order that is released.
func (s *Service) AmendOrder(ctx context.Context, r *orderv1.AmendOrderRequest) (*orderv1.AmendOrderResponse, error) {
	intent, order, err := s.carry(ctx, orderv1.OrderService_AmendOrder_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.AmendOrderResponse{Intent: intent, Order: order}, nil
}

// CancelOrder cancels an order of which nothing has come.
func (s *Service) CancelOrder(ctx context.Context, r *orderv1.CancelOrderRequest) (*orderv1.CancelOrderResponse, error) {
	intent, order, err := s.carry(ctx, orderv1.OrderService_CancelOrder_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.CancelOrderResponse{Intent: intent, Order: order}, nil
}

// AcknowledgeOrder keeps what the supplier answered to an order. Who meets no prices says
// nothing of them, either.
func (s *Service) AcknowledgeOrder(ctx context.Context, r *orderv1.AcknowledgeOrderRequest) (*orderv1.AcknowledgeOrderResponse, error) {
	if caller := scope.From(ctx); caller != nil && caller.HidePrices {
		var g command.Given
		for i, l := range r.GetLines() {
			if l.GetUnitPrice() != nil {
				g.Wrong(fmt.Sprintf("lines[%d].unit_price", i), "there is no such field for this caller")
			}
		}
		if err := g.Err(); err != nil {
			return nil, err
		}
	}
	intent, order, err := command.CarriedFor(ctx, s.desk, orderv1.OrderService_AcknowledgeOrder_FullMethodName, r, s.copied, "lines", "acknowledgement_status")
	if err != nil {
		return nil, err
	}
	return &orderv1.AcknowledgeOrderResponse{Intent: intent, Order: order}, nil
}

// AcceptAcknowledgement takes what the supplier answered as it is.
func (s *Service) AcceptAcknowledgement(ctx context.Context, r *orderv1.AcceptAcknowledgementRequest) (*orderv1.AcceptAcknowledgementResponse, error) {
	intent, order, err := s.carry(ctx, orderv1.OrderService_AcceptAcknowledgement_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.AcceptAcknowledgementResponse{Intent: intent, Order: order}, nil
}

func (s *Service) carry(ctx context.Context, method string, r command.Request) (*commandv1.Intent, *orderv1.Order, error) {
	return command.Carried(ctx, s.desk, method, r, s.copied)
}

// copied reads an order as the copy has it.
func (s *Service) copied(ctx context.Context, name string) (*orderv1.Order, error) {
	return s.Orders.Get(ctx, name, nil, nil)
}

// whole reads an order as the copy has it, whatever of it the caller meets: whether the
// caller meets it was decided before.
func (s *Service) whole(ctx context.Context, name string) (*orderv1.Order, error) {
	return s.copied(scope.With(ctx, nil), name)
}

// live reads an order as Odoo has it.
func (s *Service) live(ctx context.Context, name string) (*orderv1.Order, error) {
	return s.Orders.Get(ctx, name, &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}, nil)
}
