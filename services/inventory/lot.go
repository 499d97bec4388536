package inventory

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/stream"
)

// GetLot answers one lot.
func (s *Service) GetLot(ctx context.Context, r *inventoryv1.GetLotRequest) (*inventoryv1.Lot, error) {
	return s.lots.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetLots answers lots by name.
func (s *Service) BatchGetLots(ctx context.Context, r *inventoryv1.BatchGetLotsRequest) (*inventoryv1.BatchGetLotsResponse, error) {
	b, err := s.lots.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &inventoryv1.BatchGetLotsResponse{Lots: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListLots answers a page of lots.
func (s *Service) ListLots(ctx context.Context, r *inventoryv1.ListLotsRequest) (*inventoryv1.ListLotsResponse, error) {
	p, err := s.lots.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.ListLotsResponse{Lots: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchLots sends the changes of lots.
func (s *Service) WatchLots(r *inventoryv1.WatchLotsRequest, out inventoryv1.InventoryService_WatchLotsServer) error {
	return s.lotsChanges.Watch(out.Context(), r, func(m stream.Message[*inventoryv1.Lot]) error {
		return out.Send(&inventoryv1.WatchLotsResponse{
			ChangeType: m.Type, Lot: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
