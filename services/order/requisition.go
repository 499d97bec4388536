package order

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/stream"
)

// GetRequisition answers one requisition.
func (s *Service) GetRequisition(ctx context.Context, r *orderv1.GetRequisitionRequest) (*orderv1.Requisition, error) {
	return s.requisitions.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetRequisitions answers requisitions by name.
func (s *Service) BatchGetRequisitions(ctx context.Context, r *orderv1.BatchGetRequisitionsRequest) (*orderv1.BatchGetRequisitionsResponse, error) {
	b, err := s.requisitions.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &orderv1.BatchGetRequisitionsResponse{Requisitions: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListRequisitions answers a page of requisitions.
func (s *Service) ListRequisitions(ctx context.Context, r *orderv1.ListRequisitionsRequest) (*orderv1.ListRequisitionsResponse, error) {
	p, err := s.requisitions.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &orderv1.ListRequisitionsResponse{Requisitions: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchRequisitions sends the changes of requisitions.
func (s *Service) WatchRequisitions(r *orderv1.WatchRequisitionsRequest, out orderv1.OrderService_WatchRequisitionsServer) error {
	return s.requisitionChanges.Watch(out.Context(), r, func(m stream.Message[*orderv1.Requisition]) error {
		return out.Send(&orderv1.WatchRequisitionsResponse{
			ChangeType: m.Type, Requisition: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
