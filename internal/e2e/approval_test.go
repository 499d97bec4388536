package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/race"
)

func TestALimitOfApprovalIsNotGotRound(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			p.user, p.password = "mesh", "mesh"
			asksForApproval(t, p)
		})
	}
}

func TestLiveALimitOfApprovalIsNotGotRound(t *testing.T) {
	p := live(t)
	if p.user == "admin" {
		t.Skip("the mesh's user may approve: ODOO_MESH_USER names none that may not")
	}
	asksForApproval(t, p)
}

// asksForApproval is that an order above the company's limit waits for a person who may
// approve it, is told as released only then, and is done when it is asked for once more.
func asksForApproval(t *testing.T, p *person) {
	on := shelfOf(t, p)
	p.limited(t, "two_step", 100)
	defer p.limited(t, "one_step", 5000)
	m := start(t, settings(t, p))
	release := func(mark, price string) (string, *commandv1.Intent, error) {
		o := &orderv1.Order{Supplier: supplierName(on.supplier), Origin: mark, Lines: []*orderv1.OrderLine{{
			Product: productName(on.product), Quantity: &decimal.Decimal{Value: price}, UnitPrice: &money.Money{Units: 5},
		}}}
		var made *orderv1.CreateOrderResponse
		err := insisting(t)(func(ctx context.Context) (err error) {
			made, err = m.orders.CreateOrder(ctx, &orderv1.CreateOrderRequest{RequestId: mark + "-create", Order: o})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		name := made.GetIntent().GetDocument()
		r, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: mark + "-release", Name: name})
		return name, r.GetIntent(), err
	}
	if _, i, err := release(p.mark+"-small", "2"); err != nil || i.GetState() != commandv1.State_STATE_DONE {
		t.Fatalf("below the limit: %v, %v", i, err)
	}
	for range 2 { // sent again it asks again, and gets round nothing
		name, _, err := release(p.mark+"-great", "100")
		if is := refusalOf(err); is.reason != "ACTION_REQUIRED" || !strings.Contains(err.Error(), "approve") {
			t.Fatalf("above the limit: %v", err)
		}
		if order := m.orderLive(t, name); order.GetState() != orderv1.State_STATE_TO_APPROVE || order.GetConfirmTime() != nil {
			t.Fatalf("%v", order)
		}
	}
	order := p.find(t, "purchase.order", "origin", p.mark+"-great")
	// What Odoo notes of prices with an approval is told by whole seconds: those of before are
	// older.
	began := clock.System{}.Now().Truncate(time.Second)
	eventually(t, func() (bool, any) { now := clock.System{}.Now(); return now.Truncate(time.Second).After(began), now })
	p.press(t, "purchase.order", "button_approve", order, nil)
	name, i, err := release(p.mark+"-great", "100")
	if err != nil || i.GetState() != commandv1.State_STATE_DONE || len(i.GetDeviations()) > 0 {
		t.Fatalf("approved: %v, %v", i, err)
	}
	if order := m.orderLive(t, name); order.GetState() != orderv1.State_STATE_CONFIRMED || len(order.GetReceipts()) != 1 {
		t.Errorf("%v", order)
	}
}
