package rules

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// goodsMoved: a receipt that is done was received, or dropshipped, at its done_time.
// Only another state takes that back: a location that is made one of another kind
// afterwards changes the direction of receipts that were done long ago.
func goodsMoved(f *found, r *receiptv1.Receipt) error {
	state, way := r.GetState(), r.GetDirection()
	if state == receiptv1.State_STATE_UNSPECIFIED {
		return nil
	}
	done := state == receiptv1.State_STATE_DONE
	if !done || way == receiptv1.Direction_DIRECTION_RECEIPT {
		add(f, r.GetName(), when(done), r.GetDoneTime(), func() *eventv1.GoodsReceived {
			return &eventv1.GoodsReceived{
				Receipt: r.GetName(), Number: r.GetNumber(), Supplier: r.GetSupplier(), Orders: r.GetOrders(),
				DoneTime: r.GetDoneTime(), DestinationLocation: r.GetDestinationLocation(), Items: itemsOf(r),
			}
		}, r.GetName())
	}
	if !done || way == receiptv1.Direction_DIRECTION_DROP_SHIPMENT {
		add(f, r.GetName(), when(done), r.GetDoneTime(), func() *eventv1.GoodsDropshipped {
			return &eventv1.GoodsDropshipped{
				Receipt: r.GetName(), Number: r.GetNumber(), Supplier: r.GetSupplier(), Orders: r.GetOrders(),
				DoneTime: r.GetDoneTime(), DestinationLocation: r.GetDestinationLocation(), Items: itemsOf(r),
			}
		}, r.GetName())
	}
	return nil
}

func itemsOf(r *receiptv1.Receipt) (items []*eventv1.ReceivedItem) {
	for _, l := range r.GetLines() {
		items = append(items, received(l)...)
	}
	return items
}

// received lists what came of a line, lot by lot.
func received(l *receiptv1.ReceiptLine) []*eventv1.ReceivedItem {
	var items []*eventv1.ReceivedItem
	add := func(quantity *decimal.Decimal, unit string, lot *receiptv1.ReceiptLotLine) {
		if quantity == nil || strings.Trim(quantity.GetValue(), "0.") == "" {
			return
		}
		items = append(items, &eventv1.ReceivedItem{
			LineId: l.GetId(), Product: l.GetProduct(), Order: l.GetOrder(), Quantity: quantity, Unit: unit,
			Lot: lot.GetLot(), LotNumber: lot.GetLotNumber(), ExpirationTime: lot.GetExpirationTime(),
		})
	}
	for _, lot := range l.GetLotLines() {
		add(lot.GetAcceptedQuantity(), lot.GetUnit().GetDisplayName(), lot)
	}
	if len(l.GetLotLines()) == 0 {
		add(l.GetAcceptedQuantity(), l.GetUnit().GetDisplayName(), nil)
	}
	return items
}

// stockTransferred: a movement from one internal place to another was a transfer,
// once, however it is edited afterwards.
func stockTransferred(f *found, m *inventoryv1.Movement) error {
	if m.GetType() != inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER {
		return nil
	}
	add(f, m.GetName(), holding, m.GetMoveTime(), func() *eventv1.StockTransferred {
		return &eventv1.StockTransferred{
			Movement: m.GetName(), Product: m.GetProduct(), Lot: m.GetLot(), LotNumber: m.GetLotNumber(), Quantity: m.GetQuantity(),
			Unit: m.GetUnit().GetDisplayName(), SourceLocation: m.GetSourceLocation(), DestinationLocation: m.GetDestinationLocation(),
			TransferNumber: m.GetTransferNumber(), MoveTime: m.GetMoveTime(),
		}
	}, m.GetName())
	return nil
}

// bySupplier begins Odoo's own words for a movement out of a supplier's location.
const bySupplier = "supplier>"

// shipmentDispatched: the transfer behind a movement to a customer was dispatched,
// once, though each of its movements says so. The event has what all of them share.
// What a supplier sends to the customer was not dispatched from here.
func shipmentDispatched(f *found, m *inventoryv1.Movement) error {
	if m.GetType() != inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY || m.GetOdooTransferId() == 0 || strings.HasPrefix(m.GetSourceType(), bySupplier) {
		return nil
	}
	subject := fmt.Sprintf("transfers/%d", m.GetOdooTransferId())
	add(f, subject, holding, m.GetMoveTime(), func() *eventv1.ShipmentDispatched {
		return &eventv1.ShipmentDispatched{
			OdooTransferId: m.GetOdooTransferId(), TransferNumber: m.GetTransferNumber(), Partner: m.GetPartner(),
			Reference: m.GetReference(), DispatchTime: m.GetMoveTime(),
		}
	}, subject)
	return nil
}

// lotHeld: a lot that is held or recalled was, at its hold_time. Recalled is another
// occurrence than held. No state at all is one: nobody holds it.
func lotHeld(f *found, l *inventoryv1.Lot) error {
	state := ""
	if s := l.GetHoldState(); s == inventoryv1.HoldState_HOLD_STATE_HELD || s == inventoryv1.HoldState_HOLD_STATE_RECALLED {
		state = s.String()
	}
	since := l.GetHoldTime()
	if since == nil {
		since = f.kept.GetSourceTime()
	}
	add(f, l.GetName(), state, since, func() *eventv1.QualityHold {
		return &eventv1.QualityHold{
			HoldState: l.GetHoldState(), Product: l.GetProduct(), Lot: l.GetName(), LotNumber: l.GetLotNumber(),
			Reason: l.GetHoldReason(), HeldBy: l.GetHeldBy(), HoldTime: since,
		}
	}, "lot", l.GetName())
	return nil
}

// movedIntoHold: a movement into a hold location from outside of all of them held
// what it moved. Its subject is the lot, or the product of goods that are not tracked.
// A movement whose lot is corrected afterwards holds another one: that is told, while
// a location that gets another name takes nothing back.
func (r Rules) movedIntoHold(f *found, m *inventoryv1.Movement) error {
	from, err := r.holds(m.GetSourceLocation())
	if err != nil || from {
		return err
	}
	to, err := r.holds(m.GetDestinationLocation())
	if err != nil || !to {
		return err
	}
	subject := m.GetLot()
	if subject == "" {
		subject = m.GetProduct()
	}
	add(f, subject, subject, m.GetMoveTime(), func() *eventv1.QualityHold {
		return &eventv1.QualityHold{
			HoldState: inventoryv1.HoldState_HOLD_STATE_HELD, Product: m.GetProduct(), Lot: m.GetLot(), LotNumber: m.GetLotNumber(),
			Reason: m.GetReference(), HoldTime: m.GetMoveTime(), Movement: m.GetName(), Location: m.GetDestinationLocation(),
			Quantity: m.GetQuantity(), Unit: m.GetUnit().GetDisplayName(),
		}
	}, "movement", m.GetName())
	return nil
}

// holds tells whether a location is a hold location, or lies below one.
func (r Rules) holds(location string) (bool, error) {
	if len(r.HoldLocations) == 0 || location == "" {
		return false, nil
	}
	name, err := r.Places(location)
	if err != nil {
		return false, fmt.Errorf("looking for %s: %w", location, err)
	}
	for _, hold := range r.HoldLocations {
		if name == hold || strings.HasPrefix(name, hold+"/") {
			return true, nil
		}
	}
	return false, nil
}
