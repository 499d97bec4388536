package inventory

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/stream"
)

// GetLocation answers one location.
func (s *Service) GetLocation(ctx context.Context, r *inventoryv1.GetLocationRequest) (*inventoryv1.Location, error) {
	return s.locations.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetLocations answers locations by name.
func (s *Service) BatchGetLocations(ctx context.Context, r *inventoryv1.BatchGetLocationsRequest) (*inventoryv1.BatchGetLocationsResponse, error) {
	b, err := s.locations.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &inventoryv1.BatchGetLocationsResponse{Locations: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListLocations answers a page of locations.
func (s *Service) ListLocations(ctx context.Context, r *inventoryv1.ListLocationsRequest) (*inventoryv1.ListLocationsResponse, error) {
	p, err := s.locations.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.ListLocationsResponse{Locations: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchLocations sends the changes of locations.
func (s *Service) WatchLocations(r *inventoryv1.WatchLocationsRequest, out inventoryv1.InventoryService_WatchLocationsServer) error {
	return s.locationsChanges.Watch(out.Context(), r, func(m stream.Message[*inventoryv1.Location]) error {
		return out.Send(&inventoryv1.WatchLocationsResponse{
			ChangeType: m.Type, Location: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
