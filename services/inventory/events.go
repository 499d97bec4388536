package inventory

import (
	"context"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// Events is the first part of the names of inventory events.
const Events = "inventoryEvents"

// GetInventoryEvent answers one event.
func (s *Service) GetInventoryEvent(ctx context.Context, r *inventoryv1.GetInventoryEventRequest) (*inventoryv1.InventoryEvent, error) {
	position, err := strconv.ParseUint(strings.TrimPrefix(r.GetName(), Events+"/"), 10, 64)
	if err != nil {
		return nil, fault.NotFound(r.GetName()) // a number that no event will have
	}
	event, found, err := s.events.Get(ctx, position, r.GetReadMask())
	if err == nil && !found {
		err = fault.NotFound(r.GetName())
	}
	return event, err
}

// ListInventoryEvents answers a page of events.
func (s *Service) ListInventoryEvents(ctx context.Context, r *inventoryv1.ListInventoryEventsRequest) (*inventoryv1.ListInventoryEventsResponse, error) {
	p, err := s.events.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.ListInventoryEventsResponse{
		InventoryEvents: p.Events, NextPageToken: p.Next, Position: p.Position, Freshness: s.Movements.Freshness(),
	}, nil
}

// StreamInventoryEvents sends events from some place on.
func (s *Service) StreamInventoryEvents(r *inventoryv1.StreamInventoryEventsRequest, out inventoryv1.InventoryService_StreamInventoryEventsServer) error {
	return s.events.Stream(out.Context(), r, func(b stream.Batch[*inventoryv1.InventoryEvent]) error {
		m, err := stream.Together(b, eventsMessage)
		if err != nil {
			return err
		}
		return out.SendMsg(m)
	})
}

func eventsMessage(b stream.Batch[*inventoryv1.InventoryEvent]) *inventoryv1.StreamInventoryEventsResponse {
	return &inventoryv1.StreamInventoryEventsResponse{
		InventoryEvents: b.Events, Position: b.Position, SendTime: timestamppb.New(b.Sent),
		ReachedEvent: int64(b.Reached), NewestEvent: int64(b.Newest),
	}
}

// VerifyBalances compares the sums of all events with Odoo's stock.
func (s *Service) VerifyBalances(ctx context.Context, _ *inventoryv1.VerifyBalancesRequest) (*inventoryv1.VerifyBalancesResponse, error) {
	proof, err := s.book.Prove(ctx)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.VerifyBalancesResponse{
		LastEvent: proof.LastEvent, Compared: proof.Compared, Drifting: int64(len(proof.Drifts)),
		Drifts:    proof.Drifts[:min(len(proof.Drifts), shownDrifts)],
		Explained: proof.Explained[:min(len(proof.Explained), shownDrifts)], ExplainedCount: int64(len(proof.Explained)),
		Freshness: read.FreshnessOf(proof.Verified, proof.Reachable),
	}, nil
}

// shownDrifts is how many drifts one answer lists.
const shownDrifts = 1000

// Proof is what a comparison of all balances with Odoo's stock found.
type Proof struct {
	LastEvent, Compared int64
	// Drifts are the differences that nothing explains, Explained those that are known.
	Drifts, Explained []*inventoryv1.StockDrift
	// Verified is until when the copy of Odoo's stock that was compared is known to
	// equal it, zero for not known; Reachable says whether Odoo answers.
	Verified  time.Time
	Reachable bool
}
