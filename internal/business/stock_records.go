package business

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// goodsReceived: a receipt that is done was received, at its done_time.
func goodsReceived(o *occurrences, r *receiptv1.Receipt) error {
	if r.GetState() != receiptv1.State_STATE_DONE || r.GetDirection() != receiptv1.Direction_DIRECTION_RECEIPT {
		return nil
	}
	data := &eventv1.GoodsReceived{
		Receipt: r.GetName(), Number: r.GetNumber(), Supplier: r.GetSupplier(), Orders: r.GetOrders(),
		DoneTime: r.GetDoneTime(), DestinationLocation: r.GetDestinationLocation(),
	}
	for _, l := range r.GetLines() {
		data.Items = append(data.Items, received(l)...)
	}
	return o.tell(r.GetName(), r.GetDoneTime(), data, moment(r.GetDoneTime()))
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
func stockTransferred(o *occurrences, m *inventoryv1.Movement) error {
	if m.GetType() != inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER {
		return nil
	}
	return o.tell(m.GetName(), m.GetMoveTime(), &eventv1.StockTransferred{
		Movement: m.GetName(), Product: m.GetProduct(), Lot: m.GetLot(), LotNumber: m.GetLotNumber(), Quantity: m.GetQuantity(),
		Unit: m.GetUnit().GetDisplayName(), SourceLocation: m.GetSourceLocation(), DestinationLocation: m.GetDestinationLocation(),
		TransferNumber: m.GetTransferNumber(), MoveTime: m.GetMoveTime(),
	})
}

// shipmentDispatched: the transfer behind a movement to a customer was dispatched,
// once, though each of its movements says so. The event has what all of them share.
func shipmentDispatched(o *occurrences, m *inventoryv1.Movement) error {
	if m.GetType() != inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY || m.GetOdooTransferId() == 0 {
		return nil
	}
	return o.tell(fmt.Sprintf("transfers/%d", m.GetOdooTransferId()), m.GetMoveTime(), &eventv1.ShipmentDispatched{
		OdooTransferId: m.GetOdooTransferId(), TransferNumber: m.GetTransferNumber(), Partner: m.GetPartner(),
		Reference: m.GetReference(), DispatchTime: m.GetMoveTime(),
	})
}

// lotHeld: a lot that is held or recalled was, at its hold_time. Without one nothing
// tells a hold from a later one of the same kind.
func lotHeld(o *occurrences, l *inventoryv1.Lot) error {
	if s := l.GetHoldState(); s != inventoryv1.HoldState_HOLD_STATE_HELD && s != inventoryv1.HoldState_HOLD_STATE_RECALLED {
		return nil
	}
	since := l.GetHoldTime()
	if since == nil {
		since = o.kept.GetSourceTime()
	}
	return o.tell(l.GetName(), since, &eventv1.QualityHold{
		HoldState: l.GetHoldState(), Product: l.GetProduct(), Lot: l.GetName(), LotNumber: l.GetLotNumber(),
		Reason: l.GetHoldReason(), HeldBy: l.GetHeldBy(), HoldTime: since,
	}, "lot", l.GetHoldState().String(), moment(l.GetHoldTime()))
}

// movedIntoHold: a movement into a hold location from outside of all of them held
// what it moved. Its subject is the lot, or the product of goods that are not tracked.
func (r Rules) movedIntoHold(o *occurrences, m *inventoryv1.Movement) error {
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
	return o.tell(subject, m.GetMoveTime(), &eventv1.QualityHold{
		HoldState: inventoryv1.HoldState_HOLD_STATE_HELD, Product: m.GetProduct(), Lot: m.GetLot(), LotNumber: m.GetLotNumber(),
		Reason: m.GetReference(), HoldTime: timestamppb.New(m.GetMoveTime().AsTime()), Movement: m.GetName(), Location: m.GetDestinationLocation(),
		Quantity: m.GetQuantity(), Unit: m.GetUnit().GetDisplayName(),
	}, "movement", m.GetName())
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
