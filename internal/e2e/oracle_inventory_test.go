package e2e

import (
	"fmt"
	"math"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// locationUsages are what Odoo's words for a place mean.
var locationUsages = map[string]inventoryv1.LocationUsage{
	"supplier": inventoryv1.LocationUsage_LOCATION_USAGE_SUPPLIER, "view": inventoryv1.LocationUsage_LOCATION_USAGE_VIEW,
	"internal": inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL, "customer": inventoryv1.LocationUsage_LOCATION_USAGE_CUSTOMER,
	"inventory": inventoryv1.LocationUsage_LOCATION_USAGE_ADJUSTMENT, "production": inventoryv1.LocationUsage_LOCATION_USAGE_PRODUCTION,
	"transit": inventoryv1.LocationUsage_LOCATION_USAGE_TRANSIT,
}

// locations reads all of them, archived ones too, by name.
func (b *books) locations() map[string]*inventoryv1.Location {
	out := map[string]*inventoryv1.Location{}
	for _, r := range b.places() {
		l := &inventoryv1.Location{
			Name: r.ref("locations", "id"), DisplayName: r.text("name"), CompleteName: r.text("complete_name"), Parent: r.ref("locations", "location_id"),
			Usage:       locationUsages[r.text("usage")],
			SourceUsage: r.text("usage"), Scrap: r.flag("scrap_location"), Barcode: r.text("barcode"),
			Warehouse: b.named("stock.warehouse", r.id("warehouse_id")), Active: r.flag("active"), Company: b.company(r), CreateTime: b.moment(r, "create_date"),
		}
		out[l.GetName()] = l
	}
	return out
}

// lots reads all of them by name.
func (b *books) lots() map[string]*inventoryv1.Lot {
	out := map[string]*inventoryv1.Lot{}
	for _, r := range b.lotRows() {
		l := &inventoryv1.Lot{
			Name: r.ref("lots", "id"), LotNumber: r.text("name"), Reference: r.text("ref"), Product: r.ref("products", "product_id"),
			ExpirationDate: b.day(r, "expiration_date"), BestBeforeDate: b.day(r, "use_date"), RemovalDate: b.day(r, "removal_date"), AlertDate: b.day(r, "alert_date"),
			ExpirationTime: b.moment(r, "expiration_date"), BestBeforeTime: b.moment(r, "use_date"), RemovalTime: b.moment(r, "removal_date"),
			AlertTime: b.moment(r, "alert_date"), Note: r.words("note"), Company: b.company(r), CreateTime: b.moment(r, "create_date"),
		}
		out[l.GetName()] = l
	}
	return out
}

// stockPositions adds up the rows that agree in product, place, lot, owner and
// package.
func (b *books) stockPositions() map[string]*inventoryv1.StockPosition {
	out := map[string]*inventoryv1.StockPosition{}
	have, held := map[string]float64{}, map[string]float64{}
	for _, r := range b.all("stock.quant", "product_id", "location_id", "lot_id", "owner_id", "package_id", "quantity", "reserved_quantity",
		"in_date", "company_id", "create_date") {
		name := fmt.Sprintf("stockPositions/%d-%d-%d-%d-%d", r.id("product_id"), r.id("location_id"), r.id("lot_id"), r.id("owner_id"), r.id("package_id"))
		p := out[name]
		if p == nil {
			lot := b.lotRows()[r.id("lot_id")]
			p = &inventoryv1.StockPosition{
				Name: name, Product: r.ref("products", "product_id"), Location: r.ref("locations", "location_id"), Lot: r.ref("lots", "lot_id"),
				LotNumber: lot.text("name"), ExpirationTime: b.moment(lot, "expiration_date"), ExpirationDate: b.day(lot, "expiration_date"), Owner: r.ref("partners", "owner_id"),
				OwnerDisplayName: b.partnerRows()[r.id("owner_id")].text("name"), Package: r.ref("packages", "package_id"), Unit: b.unit(b.baseUnit(r)),
				Company: b.company(r), LocationUsage: locationUsages[b.usage(r, "location_id")], SourceLocationUsage: b.usage(r, "location_id"),
				InHouse: b.usage(r, "location_id") == "internal",
			}
			out[name] = p
		}
		have[name] += r.number("quantity")
		held[name] += r.number("reserved_quantity")
		p.ArrivalTime = earlier(p.GetArrivalTime(), b.moment(r, "in_date"))
		p.CreateTime = earlier(p.GetCreateTime(), b.moment(r, "create_date"))
	}
	for name, p := range out {
		p.Quantity, p.ReservedQuantity, p.AvailableQuantity = added(have[name]), added(held[name]), added(have[name]-held[name])
	}
	return out
}

// added is a sum without the noise that adding floats makes.
func added(f float64) *decimal.Decimal { return decimalOf(math.Round(f*1e9) / 1e9) }

func earlier(a, b *timestamppb.Timestamp) *timestamppb.Timestamp {
	if a == nil || b != nil && b.AsTime().Before(a.AsTime()) {
		return b
	}
	return a
}

// movements reads what was done, by name.
func (b *books) movements() map[string]*inventoryv1.Movement {
	out := map[string]*inventoryv1.Movement{}
	for _, r := range b.moveLines() {
		if r.text("state") != "done" {
			continue
		}
		move, transfer := b.moves()[r.id("move_id")], b.transfers()[r.id("picking_id")]
		m := &inventoryv1.Movement{
			Name: r.ref("movements", "id"), Product: r.ref("products", "product_id"), Lot: r.ref("lots", "lot_id"),
			LotNumber: b.lotRows()[r.id("lot_id")].text("name"), ExpirationTime: b.moment(b.lotRows()[r.id("lot_id")], "expiration_date"),
			ExpirationDate: b.day(b.lotRows()[r.id("lot_id")], "expiration_date"),
			Unit:           b.unit(b.baseUnit(r)), BookedUnit: b.unit(r.id("product_uom_id")),
			Quantity: r.decimal("quantity_product_uom"), BookedQuantity: r.decimal("quantity"),
			MoveTime: b.moment(r, "date"), SourceLocation: r.ref("locations", "location_id"), DestinationLocation: r.ref("locations", "location_dest_id"),
			Owner: r.ref("partners", "owner_id"), SourcePackage: r.ref("packages", "package_id"), DestinationPackage: r.ref("packages", "result_package_id"),
			TransferNumber: transfer.text("name"), OdooTransferId: r.id("picking_id"), Partner: transfer.ref("partners", "partner_id"),
			Order: b.orderOf(move), OrderLineId: move.idText("purchase_line_id"), Reference: r.text("reference"), OdooMoveId: r.id("move_id"),
			Company: b.company(r), CreateTime: b.moment(r, "create_date"),
		}
		if b.major == 16 {
			m.Quantity, m.BookedQuantity = b.baseDone(r), r.decimal("qty_done")
		}
		m.Type, m.SourceType = b.reason(r, move)
		if strings.Contains(m.GetSourceType(), "supplier") || move.id("purchase_line_id") != 0 {
			m.Partner = transfer.ref("suppliers", "partner_id")
		}
		out[m.GetName()] = m
	}
	return out
}

// reason is why goods moved: the places tell it, and whether they were scrapped.
func (b *books) reason(r, move raw) (inventoryv1.InventoryEventType, string) {
	from, to := b.usage(r, "location_id"), b.usage(r, "location_dest_id")
	words := from + ">" + to
	scrapped := move.id("scrap_id") != 0 || b.major < 19 && move.flag("scrapped")
	if scrapped {
		words += "+scrap"
	}
	if move.flag("is_inventory") {
		words += "+count"
	}
	kind := inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER
	switch {
	case from == "inventory" && to == "inventory":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_UNSPECIFIED
	case scrapped, b.major >= 19 && to == "inventory" && !move.flag("is_inventory"):
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_SCRAP
	case from == "inventory" || to == "inventory":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_ADJUSTMENT
	case to == "production":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CONSUMPTION
	case from == "production":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_PRODUCTION
	case from == "supplier" && to == "customer":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT
	case from == "customer" && to == "supplier":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN
	case to == "customer":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY
	case from == "customer":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CUSTOMER_RETURN
	case to == "supplier":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER
	case from == "supplier":
		kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT
	}
	return kind, words
}
