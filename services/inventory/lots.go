package inventory

import (
	"context"
	"fmt"
	"strings"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/command"
)

// issuedAtMost bounds how many movements the answer to a hold lists.
const issuedAtMost = 1000

// leaving are the types of movement by which goods leave the house for somebody.
var leaving = []inventoryv1.InventoryEventType{
	inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CONSUMPTION,
	inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER,
}

// HoldLot takes a lot out of use, and tells where it lies and who got it.
func (s *Service) HoldLot(ctx context.Context, r *inventoryv1.HoldLotRequest) (*inventoryv1.HoldLotResponse, error) {
	intent, lots, err := command.Carried(ctx, s.desk, inventoryv1.InventoryService_HoldLot_FullMethodName, r, s.twins)
	if err != nil {
		return nil, err
	}
	answer := &inventoryv1.HoldLotResponse{Intent: intent, Lots: lots}
	if len(lots) == 0 {
		return answer, nil
	}
	if answer.Stock, err = s.stockOf(ctx, lots); err != nil {
		return nil, err
	}
	answer.Issued, err = s.issued(ctx, lots)
	return answer, err
}

// ReleaseLotHold gives a lot free.
func (s *Service) ReleaseLotHold(ctx context.Context, r *inventoryv1.ReleaseLotHoldRequest) (*inventoryv1.ReleaseLotHoldResponse, error) {
	intent, lots, err := command.Carried(ctx, s.desk, inventoryv1.InventoryService_ReleaseLotHold_FullMethodName, r, s.twins)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.ReleaseLotHoldResponse{Intent: intent, Lots: lots}, nil
}

// anyOf is a filter for one of several lots.
func anyOf(lots []*inventoryv1.Lot) string {
	parts := make([]string, len(lots))
	for i, lot := range lots {
		parts[i] = fmt.Sprintf("lot = %q", lot.GetName())
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// stockOf is where lots lie.
func (s *Service) stockOf(ctx context.Context, lots []*inventoryv1.Lot) (all []*inventoryv1.HeldStock, err error) {
	for _, lot := range lots {
		for token := ""; ; {
			page, err := s.StockPositions.List(ctx, &inventoryv1.ListStockPositionsRequest{Filter: fmt.Sprintf("lot = %q", lot.GetName()), PageSize: 1000, PageToken: token})
			if err != nil {
				return nil, err
			}
			for _, p := range page.Records {
				all = append(all, &inventoryv1.HeldStock{
					StockPosition: p.GetName(), Lot: p.GetLot(), Location: p.GetLocation(), Quantity: p.GetQuantity(), ReservedQuantity: p.GetReservedQuantity(),
				})
			}
			if token = page.NextToken; token == "" {
				break
			}
		}
	}
	return all, nil
}

// issued is who got something of lots, the latest first.
func (s *Service) issued(ctx context.Context, lots []*inventoryv1.Lot) ([]*inventoryv1.IssuedStock, error) {
	kinds := make([]string, len(leaving))
	for i, t := range leaving {
		kinds[i] = "type = " + strings.TrimPrefix(t.String(), "INVENTORY_EVENT_TYPE_")
	}
	page, err := s.Movements.List(ctx, &inventoryv1.ListMovementsRequest{
		Filter: anyOf(lots) + " AND (" + strings.Join(kinds, " OR ") + ")", OrderBy: "move_time desc", PageSize: issuedAtMost,
	})
	if err != nil {
		return nil, err
	}
	all := make([]*inventoryv1.IssuedStock, len(page.Records))
	for i, m := range page.Records {
		all[i] = &inventoryv1.IssuedStock{
			Movement: m.GetName(), Lot: m.GetLot(), Partner: m.GetPartner(), TransferNumber: m.GetTransferNumber(), Quantity: m.GetQuantity(), MoveTime: m.GetMoveTime(),
		}
	}
	return all, nil
}
