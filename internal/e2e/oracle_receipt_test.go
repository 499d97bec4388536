package e2e

import (
	"cmp"
	"slices"

	"google.golang.org/genproto/googleapis/type/decimal"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

func (b *books) transfers() map[int64]raw {
	fields := []any{"name", "partner_id", "state", "scheduled_date", "date_deadline", "date_done", "location_id", "location_dest_id", "origin",
		"move_ids", "backorder_id", "backorder_ids", "note", "picking_type_id", "company_id", "create_date"}
	if b.major > 16 {
		fields = append(fields, "return_id", "return_ids")
	}
	return b.all("stock.picking", fields...)
}

func (b *books) moves() map[int64]raw {
	fields := []any{"sequence", "product_id", "purchase_line_id", "product_uom_qty", "product_uom", "state", "move_line_ids", "location_dest_id",
		"origin_returned_move_id", "returned_move_ids", "picking_id", "is_inventory"}
	switch b.major {
	case 16:
		fields = append(fields, "quantity_done", "scrapped", "scrap_ids")
	case 17, 18:
		fields = append(fields, "quantity", "picked", "scrapped", "scrap_id")
	default:
		fields = append(fields, "quantity", "picked", "scrap_id")
	}
	return b.all("stock.move", fields...)
}

func (b *books) moveLines() map[int64]raw {
	fields := []any{"product_id", "product_uom_id", "lot_id", "lot_name", "expiration_date", "location_id", "location_dest_id", "package_id",
		"result_package_id", "owner_id", "state", "date", "picking_id", "move_id", "reference", "company_id", "create_date"}
	if b.major == 16 {
		fields = append(fields, "qty_done")
	} else {
		fields = append(fields, "quantity", "quantity_product_uom", "picked")
	}
	return b.all("stock.move.line", fields...)
}

func (b *books) lotRows() map[int64]raw {
	return b.all("stock.lot", "name", "ref", "product_id", "expiration_date", "use_date", "removal_date", "alert_date", "note", "company_id", "create_date")
}

func (b *books) places() map[int64]raw {
	fields := []any{"name", "complete_name", "location_id", "usage", "barcode", "warehouse_id", "active", "company_id", "create_date"}
	if b.major < 19 {
		fields = append(fields, "scrap_location")
	}
	return b.all("stock.location", fields...)
}

func (b *books) usage(r raw, field string) string { return b.places()[r.id(field)].text("usage") }

// isReceipt says whether a transfer is one from or to a supplier: it moves what was
// ordered, its places say so, or it comes in from anywhere but a customer.
func (b *books) isReceipt(r raw) bool {
	for _, id := range r.ids("move_ids") {
		if b.moves()[id].id("purchase_line_id") != 0 {
			return true
		}
	}
	from, to := b.usage(r, "location_id"), b.usage(r, "location_dest_id")
	kind := b.all("stock.picking.type", "code")[r.id("picking_type_id")].text("code")
	return from == "supplier" || to == "supplier" || kind == "incoming" && from != "customer"
}

var receiptStates = map[string]receiptv1.State{
	"draft": receiptv1.State_STATE_DRAFT, "waiting": receiptv1.State_STATE_WAITING, "confirmed": receiptv1.State_STATE_CONFIRMED,
	"partially_available": receiptv1.State_STATE_PARTIALLY_READY, "assigned": receiptv1.State_STATE_READY, "done": receiptv1.State_STATE_DONE,
	"cancel": receiptv1.State_STATE_CANCELLED,
}

// receipts reads them, and returns to suppliers, by name.
func (b *books) receipts() map[string]*receiptv1.Receipt {
	out := map[string]*receiptv1.Receipt{}
	for _, r := range b.transfers() {
		if !b.isReceipt(r) {
			continue
		}
		s := &receiptv1.Receipt{
			Name: r.ref("receipts", "id"), Number: r.text("name"), Direction: receiptv1.Direction_DIRECTION_RECEIPT,
			Supplier: r.ref("suppliers", "partner_id"), LegalSupplier: b.legal(r, "partner_id"), State: receiptStates[r.text("state")], SourceState: r.text("state"),
			ScheduledDate: b.day(r, "scheduled_date"), DeadlineDate: b.day(r, "date_deadline"),
			ScheduledTime: b.moment(r, "scheduled_date"), DeadlineTime: b.moment(r, "date_deadline"), DoneTime: b.moment(r, "date_done"),
			SourceLocation: r.ref("locations", "location_id"), DestinationLocation: r.ref("locations", "location_dest_id"),
			Origin: r.text("origin"), BackorderOf: r.ref("receipts", "backorder_id"), Backorders: refs("receipts", r.ids("backorder_ids")),
			ReturnOf: r.ref("receipts", "return_id"), Returns: refs("receipts", r.ids("return_ids")), Notes: r.words("note"),
			Operation: b.all("stock.picking.type", "display_name")[r.id("picking_type_id")].text("display_name"),
			Company:   b.company(r), CreateTime: b.moment(r, "create_date"),
		}
		switch b.usage(r, "location_dest_id") {
		case "supplier", "transit":
			s.Direction = receiptv1.Direction_DIRECTION_RETURN
		case "customer":
			s.Direction = receiptv1.Direction_DIRECTION_DROP_SHIPMENT
		}
		for _, id := range r.ids("move_ids") {
			move := b.moves()[id]
			s.Orders = once(s.GetOrders(), b.orderOf(move))
			// Up to 16 the lines alone tell what was returned.
			if from := b.moves()[move.id("origin_returned_move_id")].ref("receipts", "picking_id"); b.major == 16 && from != "" {
				s.ReturnOf = cmp.Or(s.GetReturnOf(), from)
			}
			for _, back := range move.ids("returned_move_ids") {
				if b.major == 16 {
					s.Returns = once(s.GetReturns(), b.moves()[back].ref("receipts", "picking_id"))
				}
			}
			if b.usage(move, "location_dest_id") != "inventory" {
				s.Lines = append(s.Lines, b.receiptLine(move))
			}
		}
		out[s.GetName()] = s
	}
	return out
}

// handled is a quantity that was done, or entered so far.
func (b *books) handled(r raw, before, since string) *decimal.Decimal {
	if b.major == 16 {
		return r.decimal(before)
	}
	if !r.flag("picked") && r.text("state") != "done" {
		return decimalOf(0)
	}
	return r.decimal(since)
}

func (b *books) receiptLine(r raw) *receiptv1.ReceiptLine {
	l := &receiptv1.ReceiptLine{
		Id: r.idText("id"), Sequence: r.whole("sequence"), Product: r.ref("products", "product_id"), Order: b.orderOf(r),
		OrderLineId: r.idText("purchase_line_id"), ExpectedQuantity: r.decimal("product_uom_qty"), AcceptedQuantity: b.handled(r, "quantity_done", "quantity"),
		Unit: b.unit(r.id("product_uom")), State: receiptStates[r.text("state")], SourceState: r.text("state"),
		ReturnedLineId: r.idText("origin_returned_move_id"),
	}
	ids := r.ids("move_line_ids")
	slices.Sort(ids)
	for _, id := range ids {
		l.LotLines = append(l.LotLines, b.lotLine(b.moveLines()[id]))
	}
	return l
}

func (b *books) lotLine(r raw) *receiptv1.ReceiptLotLine {
	lot := b.lotRows()[r.id("lot_id")]
	l := &receiptv1.ReceiptLotLine{
		Id: r.idText("id"), Lot: r.ref("lots", "lot_id"), LotNumber: cmp.Or(lot.text("name"), r.text("lot_name")),
		ExpirationDate: either(b.day(lot, "expiration_date"), b.day(r, "expiration_date")),
		ExpirationTime: either(b.moment(lot, "expiration_date"), b.moment(r, "expiration_date")), AcceptedQuantity: b.handled(r, "qty_done", "quantity"),
		Unit: b.unit(r.id("product_uom_id")), BaseQuantity: b.handled(r, "", "quantity_product_uom"),
		DestinationLocation: r.ref("locations", "location_dest_id"), Package: r.ref("packages", "result_package_id"), Picked: r.flag("picked"),
	}
	if b.major == 16 {
		l.BaseQuantity, l.Picked = b.baseDone(r), r.number("qty_done") != 0
	}
	return l
}

func either[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// baseUnit is the unit that a row's product is counted in.
func (b *books) baseUnit(r raw) int64 {
	return b.all("product.product", "uom_id")[r.id("product_id")].id("uom_id")
}

// baseDone is what a row has done in the product's own unit, on 16.
func (b *books) baseDone(r raw) *decimal.Decimal {
	return decimalOf(b.inUnits(r.number("qty_done"), r.id("product_uom_id"), b.baseUnit(r)))
}
