package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/odooproxy"
)

// Clients who wait for a moment alone, and try again and again while Odoo is away, keep
// nobody from finding out that it is back.
func TestImpatientClientsDoNotProlongAnOutage(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	proxy, c := behind(t, p)
	m := start(t, c)
	on := shelfOf(t, p)
	back := proxy.Always(odooproxy.Data, odooproxy.BadGateway())
	var sent atomic.Int64
	var clients sync.WaitGroup
	for n := range 8 {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(n)))
			request := &orderv1.CreateOrderRequest{RequestId: fmt.Sprint(p.mark, n), Order: &orderv1.Order{Supplier: supplierName(on.supplier), Origin: p.mark, Lines: []*orderv1.OrderLine{{
				Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2},
			}}}}
			var err error
			for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(5+random.IntN(400))*time.Millisecond)
				var r *orderv1.CreateOrderResponse
				r, err = m.orders.CreateOrder(ctx, request)
				<-ctx.Done()
				cancel()
				sent.Add(1)
				if err == nil && r.GetIntent().GetState() == commandv1.State_STATE_DONE {
					return
				}
			}
			t.Errorf("it was never done: %v", err)
		})
	}
	eventually(t, func() (bool, any) { return sent.Load() > 200, sent.Load() })
	back()
	clients.Wait()
	if rows := p.rows(t, "purchase.order", []any{[]any{"origin", "=", p.mark}}, []any{"name"}); len(rows) != 8 {
		t.Errorf("Odoo has %v", rows)
	}
	m.await(t, "ready")
}
