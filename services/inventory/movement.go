package inventory

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/stream"
)

// GetMovement answers one movement.
func (s *Service) GetMovement(ctx context.Context, r *inventoryv1.GetMovementRequest) (*inventoryv1.Movement, error) {
	return s.movements.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetMovements answers movements by name.
func (s *Service) BatchGetMovements(ctx context.Context, r *inventoryv1.BatchGetMovementsRequest) (*inventoryv1.BatchGetMovementsResponse, error) {
	b, err := s.movements.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &inventoryv1.BatchGetMovementsResponse{Movements: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListMovements answers a page of movements.
func (s *Service) ListMovements(ctx context.Context, r *inventoryv1.ListMovementsRequest) (*inventoryv1.ListMovementsResponse, error) {
	p, err := s.movements.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.ListMovementsResponse{Movements: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchMovements sends the changes of movements.
func (s *Service) WatchMovements(r *inventoryv1.WatchMovementsRequest, out inventoryv1.InventoryService_WatchMovementsServer) error {
	return s.movementsChanges.Watch(out.Context(), r, func(m stream.Message[*inventoryv1.Movement]) error {
		return out.Send(&inventoryv1.WatchMovementsResponse{
			ChangeType: m.Type, Movement: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
