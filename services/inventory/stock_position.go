package inventory

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/stream"
)

// GetStockPosition answers one stock position.
func (s *Service) GetStockPosition(ctx context.Context, r *inventoryv1.GetStockPositionRequest) (*inventoryv1.StockPosition, error) {
	return s.positions.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetStockPositions answers stock positions by name.
func (s *Service) BatchGetStockPositions(ctx context.Context, r *inventoryv1.BatchGetStockPositionsRequest) (*inventoryv1.BatchGetStockPositionsResponse, error) {
	b, err := s.positions.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &inventoryv1.BatchGetStockPositionsResponse{StockPositions: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListStockPositions answers a page of stock positions.
func (s *Service) ListStockPositions(ctx context.Context, r *inventoryv1.ListStockPositionsRequest) (*inventoryv1.ListStockPositionsResponse, error) {
	p, err := s.positions.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.ListStockPositionsResponse{StockPositions: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchStockPositions sends the changes of stock positions.
func (s *Service) WatchStockPositions(r *inventoryv1.WatchStockPositionsRequest, out inventoryv1.InventoryService_WatchStockPositionsServer) error {
	return s.positionsChanges.Watch(out.Context(), r, func(m stream.Message[*inventoryv1.StockPosition]) error {
		return out.Send(&inventoryv1.WatchStockPositionsResponse{
			ChangeType: m.Type, StockPosition: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
