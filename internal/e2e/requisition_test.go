package e2e

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/testing/protocmp"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/race"
)

// A requisition is in the mesh as Odoo has it, in every release, and its approval
// shows.
func TestRequisitionsAreShownAndFollowed(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := hospitalAtWork(t, major, 30)
			m := start(t, settings(t, p))
			supplier := p.create(t, "res.partner", map[string]any{"name": "Asked Ltd", "supplier_rank": 1})
			product := p.create(t, "product.product", p.goods(map[string]any{"name": "Asked for"}))
			vals := map[string]any{"name": "REQ/1", "vendor_id": supplier, "description": "<p>soon</p>",
				"line_ids": []any{[]any{0, 0, map[string]any{"product_id": product, "product_qty": 12, "price_unit": 3.5}}}}
			want := &orderv1.Requisition{
				Number: "REQ/1", State: orderv1.RequisitionState_REQUISITION_STATE_DRAFT, SourceState: "draft",
				Supplier: fmt.Sprintf("suppliers/%d", supplier), LegalSupplier: fmt.Sprintf("suppliers/%d", supplier),
				Origin: "Ward 3", CurrencyCode: "EUR", Notes: "soon",
				Lines: []*orderv1.RequisitionLine{{Product: fmt.Sprintf("products/%d", product),
					Quantity: &decimal.Decimal{Value: "12"}, UnitPrice: &decimal.Decimal{Value: "3.5"}}},
			}
			day := &date.Date{Year: 2026, Month: 12, Day: 31}
			button := "action_confirm"
			if major < 18 {
				button = "action_in_progress"
				vals["origin"], vals["ordering_date"] = "Ward 3", "2026-12-31"
				want.OrderingDate = day
			} else {
				vals["reference"], vals["date_end"] = "Ward 3", "2026-12-31"
				want.EndDate, want.SourceType = day, "blanket_order"
			}
			id := p.create(t, "purchase.requisition", vals)
			name := fmt.Sprintf("requisitions/%d", id)
			shows := func(want *orderv1.Requisition) {
				t.Helper()
				eventually(t, func() (bool, any) {
					got, err := m.orders.GetRequisition(t.Context(), &orderv1.GetRequisitionRequest{Name: name})
					if err != nil {
						return false, err
					}
					if len(got.GetProvenance().GetFaults()) > 0 {
						return false, got.GetProvenance()
					}
					diff := gocmp.Diff(want, got, protocmp.Transform(),
						protocmp.IgnoreFields(&orderv1.Requisition{}, "name", "etag", "provenance", "create_time", "update_time", "buyer", "company", "receiving_operation", "references"),
						protocmp.IgnoreFields(&orderv1.RequisitionLine{}, "id", "unit"))
					return diff == "", diff
				})
			}
			shows(want)
			p.press(t, "purchase.requisition", button, id, nil)
			want.State, want.SourceState = orderv1.RequisitionState_REQUISITION_STATE_APPROVED, map[bool]string{true: "ongoing", false: "confirmed"}[major < 18]
			shows(want)
			m.equalsOdoo(t, p)
			listed, err := m.orders.ListRequisitions(t.Context(), &orderv1.ListRequisitionsRequest{Filter: "state = APPROVED AND number = \"REQ/1\""})
			if err != nil || len(listed.GetRequisitions()) != 1 {
				t.Errorf("the list has %v, %v", listed, err)
			}
			all, err := m.orders.BatchGetRequisitions(t.Context(), &orderv1.BatchGetRequisitionsRequest{Names: []string{name, "requisitions/999"}})
			if err != nil || len(all.GetRequisitions()) != 1 || len(all.GetMissing()) != 1 {
				t.Errorf("the batch has %v, %v", all, err)
			}
		})
	}
}

// Without Odoo's module there are no requisitions, and all else is served and fresh.
func TestAMeshStartsWithoutTheModuleOfRequisitions(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			sim, err := odoosim.New(odoosim.Options{Version: major, Without: []string{"purchase.requisition", "purchase.requisition.line"}})
			if err != nil {
				t.Fatal(err)
			}
			if err := sim.LoadClinical(20); err != nil {
				t.Fatal(err)
			}
			p := playedBy(t, sim)
			m := start(t, settings(t, p))
			listed, err := m.orders.ListRequisitions(t.Context(), &orderv1.ListRequisitionsRequest{})
			if err != nil || len(listed.GetRequisitions()) != 0 {
				t.Fatalf("got %v, %v; want no requisitions", listed, err)
			}
			eventually(t, func() (bool, any) {
				for _, c := range m.ready(t).Collections {
					if c.VerifiedTime.IsZero() {
						return false, c
					}
				}
				return true, nil
			})
			name := fmt.Sprintf("products/%d", p.create(t, "product.product", p.goods(map[string]any{"name": "Seen all the same"})))
			eventually(t, func() (bool, any) {
				got, err := m.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: name})
				return err == nil && got.GetDisplayName() == "Seen all the same", err
			})
		})
	}
}
