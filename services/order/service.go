package order

import (
	"context"
	_ "embed" // the mapping is part of the program

	"google.golang.org/protobuf/types/known/timestamppb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// The first parts of the names of orders and of requisitions.
const (
	Collection   = "orders"
	Requisitions = "requisitions"
)

var (
	//go:embed mapping.yaml
	mapping []byte
	//go:embed requisition.yaml
	requisitionMapping []byte
)

// Mapping says how a order is read out of Odoo.
func Mapping() []byte { return mapping }

// RequisitionMapping says how a requisition is read out of Odoo.
func RequisitionMapping() []byte { return requisitionMapping }

// Rooms gives what is read from and what is watched of each kind of record.
type Rooms interface {
	Read(collection string) read.Deps
	Watch(collection string) stream.Deps
}

// Service answers OrderService.
type Service struct {
	orderv1.UnimplementedOrderServiceServer
	orders             *read.Collection[*orderv1.Order]
	changes            *stream.Watcher[*orderv1.Order]
	requisitions       *read.Collection[*orderv1.Requisition]
	requisitionChanges *stream.Watcher[*orderv1.Requisition]
}

// New makes the service of what it reads and what it watches.
func New(r Rooms) (*Service, error) {
	s := &Service{}
	var err error
	if s.orders, err = read.NewCollection[*orderv1.Order](r.Read(Collection)); err != nil {
		return nil, err
	}
	if s.changes, err = stream.NewWatcher[*orderv1.Order](r.Watch(Collection)); err != nil {
		return nil, err
	}
	if s.requisitions, err = read.NewCollection[*orderv1.Requisition](r.Read(Requisitions)); err != nil {
		return nil, err
	}
	if s.requisitionChanges, err = stream.NewWatcher[*orderv1.Requisition](r.Watch(Requisitions)); err != nil {
		return nil, err
	}
	return s, nil
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
			ChangeType: m.Type, Order: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
