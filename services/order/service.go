package order

import (
	"context"
	_ "embed" // the mapping is part of the program

	"google.golang.org/protobuf/types/known/timestamppb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// Collection is the first part of the names of orders.
const Collection = "orders"

//go:embed mapping.yaml
var mapping []byte

// Mapping says how a order is read out of Odoo.
func Mapping() []byte { return mapping }

// Service answers OrderService.
type Service struct {
	orderv1.UnimplementedOrderServiceServer
	orders  *read.Collection[*orderv1.Order]
	changes *stream.Watcher[*orderv1.Order]
}

// New makes the service of what it reads and what it watches.
func New(r read.Deps, s stream.Deps) (*Service, error) {
	orders, err := read.NewCollection[*orderv1.Order](r)
	if err != nil {
		return nil, err
	}
	changes, err := stream.NewWatcher[*orderv1.Order](s)
	if err != nil {
		return nil, err
	}
	return &Service{orders: orders, changes: changes}, nil
}

// GetOrder answers one order.
func (s *Service) GetOrder(ctx context.Context, r *orderv1.GetOrderRequest) (*orderv1.Order, error) {
	return s.orders.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetOrders answers orders by name.
func (s *Service) BatchGetOrders(ctx context.Context, r *orderv1.BatchGetOrdersRequest) (*orderv1.BatchGetOrdersResponse, error) {
	b, err := s.orders.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &orderv1.BatchGetOrdersResponse{Orders: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListOrders answers a page of orders.
func (s *Service) ListOrders(ctx context.Context, r *orderv1.ListOrdersRequest) (*orderv1.ListOrdersResponse, error) {
	p, err := s.orders.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.ListOrdersResponse{Orders: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchOrders sends the changes of orders.
func (s *Service) WatchOrders(r *orderv1.WatchOrdersRequest, out orderv1.OrderService_WatchOrdersServer) error {
	return s.changes.Watch(out.Context(), r, func(m stream.Message[*orderv1.Order]) error {
		return out.Send(&orderv1.WatchOrdersResponse{
			ChangeType: m.Type, Order: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded),
		})
	})
}
