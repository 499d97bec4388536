package stockbook

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/resource"
)

// eventOf tells a movement as it is now. It has no balances yet.
func eventOf(m *inventoryv1.Movement, kept *internalv1.CacheRecord) *inventoryv1.InventoryEvent {
	return &inventoryv1.InventoryEvent{
		Provenance: provenanceOf(kept), Attributes: m.GetAttributes(),
		Type: m.GetType(), SourceType: m.GetSourceType(),
		Product: m.GetProduct(), Lot: m.GetLot(), LotNumber: m.GetLotNumber(),
		ExpirationTime: m.GetExpirationTime(), ExpirationDate: m.GetExpirationDate(),
		Quantity: m.GetQuantity(), Unit: m.GetUnit(), BookedQuantity: m.GetBookedQuantity(), BookedUnit: m.GetBookedUnit(),
		SourceTime: m.GetMoveTime(), SourceLocation: m.GetSourceLocation(), DestinationLocation: m.GetDestinationLocation(),
		Owner: m.GetOwner(), SourcePackage: m.GetSourcePackage(), DestinationPackage: m.GetDestinationPackage(),
		Partner: m.GetPartner(), Documents: documentsOf(m),
		OdooMoveLineId: idOf(m.GetName()), OdooMoveId: m.GetOdooMoveId(), Company: m.GetCompany(),
	}
}

// provenanceOf lacks the instance, which is the same for all, and the time of
// verification: an event is not verified again.
func provenanceOf(kept *internalv1.CacheRecord) *typesv1.Provenance {
	return &typesv1.Provenance{
		Company: kept.GetCompany(), CompanyId: kept.GetCompanyId(), SourceTime: kept.GetSourceTime(),
		ObservedTime: kept.GetObservedTime(), MappingVersion: kept.GetMappingVersion(), Faults: kept.GetFaults(),
	}
}

// documentsOf names the documents behind a movement. Odoo has no field that links
// a count, a scrap order or a production order from its rows: there the
// reference is the document's number.
func documentsOf(m *inventoryv1.Movement) []*inventoryv1.DocumentLink {
	var links []*inventoryv1.DocumentLink
	if m.GetOrder() != "" {
		links = append(links, &inventoryv1.DocumentLink{
			Type: inventoryv1.DocumentType_DOCUMENT_TYPE_ORDER, Document: m.GetOrder(), LineId: m.GetOrderLineId(),
		})
	}
	if m.GetOdooTransferId() != 0 {
		link := &inventoryv1.DocumentLink{Type: inventoryv1.DocumentType_DOCUMENT_TYPE_TRANSFER, Number: m.GetTransferNumber()}
		if isReceipt(m) {
			link.Type = inventoryv1.DocumentType_DOCUMENT_TYPE_RECEIPT
			link.Document = resource.Name("receipts", m.GetOdooTransferId())
		}
		return append(links, link)
	}
	kind := inventoryv1.DocumentType_DOCUMENT_TYPE_UNSPECIFIED
	switch m.GetType() {
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_SCRAP:
		kind = inventoryv1.DocumentType_DOCUMENT_TYPE_SCRAP
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CONSUMPTION, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_PRODUCTION:
		kind = inventoryv1.DocumentType_DOCUMENT_TYPE_PRODUCTION
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_ADJUSTMENT:
		kind = inventoryv1.DocumentType_DOCUMENT_TYPE_COUNT
	}
	if m.GetReference() == "" {
		return links
	}
	return append(links, &inventoryv1.DocumentLink{Type: kind, Number: m.GetReference()})
}

// isReceipt tells whether the transfer is one of the mesh's receipts: what has an
// order behind it, or comes from or goes to a supplier.
func isReceipt(m *inventoryv1.Movement) bool {
	switch m.GetType() {
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT,
		inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER,
		inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT,
		inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN:
		return true
	}
	return m.GetOrder() != ""
}

// counts tells whether an event is of a count, by the mark in Odoo's words.
func counts(e *inventoryv1.InventoryEvent) bool { return strings.Contains(e.GetSourceType(), "+count") }

// knownOf is what the book will know of a movement's row.
func knownOf(m *inventoryv1.Movement) *internalv1.KnownRow {
	return &internalv1.KnownRow{
		Product: idOf(m.GetProduct()), Lot: idOf(m.GetLot()),
		SourceLocation: idOf(m.GetSourceLocation()), DestinationLocation: idOf(m.GetDestinationLocation()),
		Owner: idOf(m.GetOwner()), SourcePackage: idOf(m.GetSourcePackage()), DestinationPackage: idOf(m.GetDestinationPackage()),
		Quantity: m.GetQuantity().GetValue(), BookedQuantity: m.GetBookedQuantity().GetValue(),
	}
}

// samePlaces tells whether two states of a row differ in quantities at most.
func samePlaces(a, b *internalv1.KnownRow) bool {
	return source(a) == source(b) && destination(a) == destination(b)
}

func source(k *internalv1.KnownRow) place {
	return place{k.GetProduct(), k.GetSourceLocation(), k.GetLot(), k.GetOwner(), k.GetSourcePackage()}
}

func destination(k *internalv1.KnownRow) place {
	return place{k.GetProduct(), k.GetDestinationLocation(), k.GetLot(), k.GetOwner(), k.GetDestinationPackage()}
}

// idOf is the number in a name such as "products/42"; 0 for no name.
func idOf(name string) int64 {
	_, digits, _ := strings.Cut(name, "/")
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// holdOf tells that a lot is held, or free again. Nothing moves.
func holdOf(lot *inventoryv1.Lot, kept *internalv1.CacheRecord, at *timestamppb.Timestamp) *inventoryv1.InventoryEvent {
	kind := inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_HOLD_PLACED
	if !held(lot) {
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_HOLD_RELEASED
	}
	if lot.GetHoldTime() != nil {
		at = lot.GetHoldTime()
	}
	return &inventoryv1.InventoryEvent{
		Provenance: provenanceOf(kept), Type: kind, SourceTime: at, Company: lot.GetCompany(),
		Product: lot.GetProduct(), Lot: lot.GetName(), LotNumber: lot.GetLotNumber(),
		ExpirationTime: lot.GetExpirationTime(), ExpirationDate: lot.GetExpirationDate(),
	}
}

func held(lot *inventoryv1.Lot) bool {
	return lot.GetHoldState() == inventoryv1.HoldState_HOLD_STATE_HELD || lot.GetHoldState() == inventoryv1.HoldState_HOLD_STATE_RECALLED
}
