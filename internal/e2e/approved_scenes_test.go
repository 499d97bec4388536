package e2e

import (
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/resource"
)

// theSteps: where a warehouse receives in two steps, an entry for its stock holds for what
// comes to where goods are taken in.
func (b *buying) theSteps(order string) {
	t := b.t
	at := func(model string, id int64, field string) int64 {
		t.Helper()
		return b.person.rows(t, model, []any{[]any{"id", "=", id}}, []any{field})[0].id(field)
	}
	kind := at("purchase.order", idOf(t, order), "picking_type_id")
	house, to := at("stock.picking.type", kind, "warehouse_id"), at("stock.picking.type", kind, "default_location_dest_id")
	b.person.write(t, "stock.picking.type", kind, map[string]any{"default_location_dest_id": at("stock.warehouse", house, "wh_input_stock_loc_id")})
	one, err := b.propose("sue", resource.Name("locations", at("stock.warehouse", house, "lot_stock_id")))
	if err == nil {
		one, err = b.approve("quinn", one.GetName())
	}
	if err == nil {
		_, err = b.release(order)
	}
	if err == nil {
		_, err = b.vendors.WithdrawApprovedVendor(as(t.Context(), "quinn"), &supplierv1.WithdrawApprovedVendorRequest{RequestId: b.id(), Name: one.GetName(), Reason: "tested"})
	}
	if err != nil {
		t.Error("received in two steps:", err)
	}
	b.person.write(t, "stock.picking.type", kind, map[string]any{"default_location_dest_id": to})
}

// theArchived: what is archived, or another's in law, is neither proposed nor approved.
func (b *buying) theArchived(entry string) {
	t := b.t
	contact := b.person.create(t, "res.partner", map[string]any{"name": "Desk " + b.person.mark, "parent_id": b.on.supplier, "supplier_rank": 1})
	b.person.write(t, "res.partner", b.on.supplier, map[string]any{"active": false})
	eventually(t, func() (bool, any) {
		s, err := b.suppliers.GetSupplier(as(t.Context(), "sue"), &supplierv1.GetSupplierRequest{Name: supplierName(contact)})
		is := b.status()
		return err == nil && s.GetLegalSupplier() == supplierName(b.on.supplier) && !is.GetActive(), is
	})
	_, err := b.suppliers.ProposeSupplierApproval(as(t.Context(), "sue"), &supplierv1.ProposeSupplierApprovalRequest{RequestId: b.id(), Name: supplierName(contact), Reason: "r"})
	b.want("a contact", "BUSINESS_RULE", err, "belongs to "+supplierName(b.on.supplier)+" in law")
	if _, err := b.suppliers.SuspendSupplier(as(t.Context(), "quinn"), &supplierv1.SuspendSupplierRequest{RequestId: b.id(), Name: supplierName(contact), Reason: "r"}); err != nil {
		t.Fatal(err)
	}
	_, err = b.suppliers.ProposeSupplierApproval(as(t.Context(), "sue"), &supplierv1.ProposeSupplierApprovalRequest{RequestId: b.id(), Name: supplierName(contact), Reason: "r"})
	if err == nil {
		_, err = b.suppliers.ApproveSupplier(as(t.Context(), "quinn"), &supplierv1.ApproveSupplierRequest{RequestId: b.id(), Name: supplierName(contact), Reason: "r"})
	}
	if err != nil {
		t.Error("a contact that is suspended is not freed:", err)
	}
	b.want("an archived supplier", "BUSINESS_RULE", b.approveSupplier("quinn"), "suppliers.restore")
	_, err = b.vendors.UpdateApprovedVendor(as(t.Context(), "sue"), &supplierv1.UpdateApprovedVendorRequest{RequestId: b.id(), ApprovedVendor: &supplierv1.ApprovedVendor{Name: entry, Reason: "again"}})
	b.want("an entry of an archived supplier", "BUSINESS_RULE", err, "supplier: "+supplierName(b.on.supplier)+" is archived")
	_, err = b.propose("sue", "companies/1")
	b.want("a new entry of an archived supplier", "INVALID_ARGUMENT", err, "approved_vendor.supplier")
}

func (b *buying) amend(name string, line *orderv1.OrderLine, quantity string, price int64) (*orderv1.AmendOrderResponse, error) {
	return b.orders.AmendOrder(as(b.t.Context(), "dora"), &orderv1.AmendOrderRequest{RequestId: b.id(), Name: name, Lines: []*orderv1.OrderLine{{
		Id: line.GetId(), Quantity: &decimal.Decimal{Value: quantity}, UnitPrice: &money.Money{Units: price},
	}}})
}

// destination is the location above the one to which the goods of an order are to go.
func (b *buying) destination(order string) string {
	b.t.Helper()
	at := func(model string, id int64, field string) int64 {
		return b.person.rows(b.t, model, []any{[]any{"id", "=", id}}, []any{field})[0].id(field)
	}
	key, err := resource.KeyOf("orders", order)
	if err != nil {
		b.t.Fatal(err)
	}
	place := at("stock.picking.type", at("purchase.order", resource.KeyID(key), "picking_type_id"), "default_location_dest_id")
	return resource.Name("locations", at("stock.location", place, "location_id"))
}
