package e2e

import (
	"slices"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// requisitions reads all of them by name.
func (b *books) requisitions() map[string]*orderv1.Requisition {
	fields := []any{"name", "state", "vendor_id", "currency_id", "line_ids", "date_end", "purchase_ids", "user_id", "picking_type_id",
		"description", "company_id", "create_date"}
	if b.major < 18 {
		fields = append(fields, "type_id", "origin", "ordering_date", "schedule_date")
	} else {
		fields = append(fields, "requisition_type", "reference", "date_start")
	}
	lines := b.all("purchase.requisition.line", "product_id", "product_description_variants", "product_qty", "product_uom_id", "price_unit")
	out := map[string]*orderv1.Requisition{}
	for _, r := range b.all("purchase.requisition", fields...) {
		q := &orderv1.Requisition{
			Name: r.ref("requisitions", "id"), Number: r.text("name"), SourceState: r.text("state"), Supplier: r.ref("suppliers", "vendor_id"),
			LegalSupplier: b.legal(r, "vendor_id"),
			State: map[string]orderv1.RequisitionState{
				"draft": orderv1.RequisitionState_REQUISITION_STATE_DRAFT, "ongoing": orderv1.RequisitionState_REQUISITION_STATE_APPROVED,
				"in_progress": orderv1.RequisitionState_REQUISITION_STATE_APPROVED, "open": orderv1.RequisitionState_REQUISITION_STATE_APPROVED,
				"confirmed": orderv1.RequisitionState_REQUISITION_STATE_APPROVED, "done": orderv1.RequisitionState_REQUISITION_STATE_CLOSED,
				"cancel": orderv1.RequisitionState_REQUISITION_STATE_CANCELLED,
			}[r.text("state")],
			CurrencyCode: b.currency(r, "currency_id"), Buyer: b.named("res.users", r.id("user_id")), Notes: r.words("description"),
			ReceivingOperation: b.all("stock.picking.type", "display_name")[r.id("picking_type_id")].text("display_name"),
			Company:            b.company(r), CreateTime: b.moment(r, "create_date"),
		}
		orders := r.ids("purchase_ids")
		slices.Sort(orders)
		q.Orders = refs("orders", orders)
		if b.major < 18 {
			if pair, ok := r["type_id"].([]any); ok {
				q.SourceType, _ = pair[1].(string)
			}
			q.Origin, q.OrderingDate, q.RequestedDate, q.EndTime = r.text("origin"), r.date("ordering_date"), r.date("schedule_date"), b.moment(r, "date_end")
			q.EndDate = b.day(r, "date_end")
		} else {
			q.SourceType, q.Origin, q.StartDate, q.EndDate = r.text("requisition_type"), r.text("reference"), r.date("date_start"), r.date("date_end")
		}
		for _, id := range r.ids("line_ids") {
			l := lines[id]
			q.Lines = append(q.Lines, &orderv1.RequisitionLine{
				Id: l.idText("id"), Product: l.ref("products", "product_id"), Description: l.text("product_description_variants"),
				Quantity: l.decimal("product_qty"), Unit: b.unit(l.id("product_uom_id")), UnitPrice: l.decimal("price_unit"),
			})
		}
		out[q.GetName()] = q
	}
	return out
}
