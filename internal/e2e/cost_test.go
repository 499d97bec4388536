package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// TestLiveWhatACommandCostsBesideOdoo prints how long orders take through the mesh, with
// all that it looks up, writes down, notes and reads back, beside Odoo's own call alone. What
// a machine makes of it is not the test's to judge, unless it is absurd.
func TestLiveWhatACommandCostsBesideOdoo(t *testing.T) {
	p := live(t)
	on := shelfOf(t, p)
	m := start(t, settings(t, p))
	timed := func(do func()) time.Duration {
		began := time.Now()
		do()
		return time.Since(began)
	}
	create := func(mark string) int64 {
		return p.create(t, "purchase.order", map[string]any{"partner_id": on.supplier, "origin": mark, "order_line": []any{[]any{0, false, map[string]any{
			"product_id": on.product, "product_qty": 10.0, "price_unit": 2.75,
		}}}})
	}
	release := func(id int64) { p.call(t, "purchase.order", "button_confirm", []any{[]any{id}}, nil) }
	var createdBare, createdFull, releasedBare, releasedFull []time.Duration
	for n := range 24 {
		mark := fmt.Sprint(p.mark, "-", n)
		var bare int64
		var full string
		createdBare = append(createdBare, timed(func() { bare = create(mark + "-bare") }))
		createdFull = append(createdFull, timed(func() {
			made, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: mark + "-create", Order: &orderv1.Order{
				Supplier: supplierName(on.supplier), Origin: mark, Lines: []*orderv1.OrderLine{{
					Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2, Nanos: 750_000_000},
				}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			full = made.GetOrder().GetName()
		}))
		releasedBare = append(releasedBare, timed(func() { release(bare) }))
		releasedFull = append(releasedFull, timed(func() {
			if _, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: mark + "-release", Name: full}); err != nil {
				t.Fatal(err)
			}
		}))
	}
	median := func(of []time.Duration) time.Duration {
		slices.Sort(of)
		return of[len(of)/2]
	}
	for _, c := range []struct {
		what       string
		bare, full []time.Duration
	}{{"creating", createdBare, createdFull}, {"releasing", releasedBare, releasedFull}} {
		bare, full := median(c.bare), median(c.full)
		ratio := full.Seconds() / bare.Seconds()
		t.Logf("%s an order: %s in Odoo alone, %s through the mesh: %.2f", c.what, bare.Round(time.Millisecond), full.Round(time.Millisecond), ratio)
		if ratio > 5 {
			t.Errorf("%s an order costs %.1f times what it costs in Odoo", c.what, ratio)
		}
	}
}
