package inventory

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
	"odoomesh/services/inventory/stockbook"
)

// GetInventoryEvent answers one event.
func (s *Service) GetInventoryEvent(ctx context.Context, r *inventoryv1.GetInventoryEventRequest) (*inventoryv1.InventoryEvent, error) {
	position, err := strconv.ParseUint(strings.TrimPrefix(r.GetName(), stockbook.Collection+"/"), 10, 64)
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
		References: b.Names().Map(), InventoryEvents: b.Events, Position: b.Position, SendTime: timestamppb.New(b.Sent),
		ReachedEvent: int64(b.Reached), NewestEvent: int64(b.Newest),
	}
}

// VerifyBalances compares the sums of all events with Odoo's stock.
func (s *Service) VerifyBalances(ctx context.Context, _ *inventoryv1.VerifyBalancesRequest) (*inventoryv1.VerifyBalancesResponse, error) {
	if !s.book.Ready() {
		return nil, fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, "The history of stock is being taken over.", fault.AskAgain)
	}
	proof, err := s.book.Prove(ctx)
	if errors.Is(err, stockbook.ErrUnsettled) {
		return nil, fault.Unavailable(errorsv1.Reason_REASON_ODOO_UNAVAILABLE,
			"Some balances differ, and Odoo does not answer whether they still do.", fault.AskAgain, fault.Because(err))
	}
	if err != nil {
		return nil, err
	}
	return &inventoryv1.VerifyBalancesResponse{
		LastEvent: int64(proof.LastEvent), Compared: int64(proof.Compared),
		Drifts: drifts(proof.Drifts), Drifting: int64(len(proof.Drifts)),
		Explained: drifts(proof.Explained), ExplainedCount: int64(len(proof.Explained)),
		Freshness: read.FreshnessOf(proof.Verified, s.StockPositions.Freshness().GetOdooReachable()),
	}, nil
}

// shownDrifts is how many drifts one answer lists.
const shownDrifts = 1000

func drifts(found []stockbook.Drift) []*inventoryv1.StockDrift {
	var shown []*inventoryv1.StockDrift
	for _, d := range found[:min(len(found), shownDrifts)] {
		shown = append(shown, d.Message())
	}
	return shown
}
