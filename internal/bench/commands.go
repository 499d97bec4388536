package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/metadata"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/clock"
)

const (
	// drafted is how many orders are released in each way.
	drafted = 40
	// between two commands of one caller Odoo is looked at anew, as for a lone command.
	between = 3 * time.Second
	// deferrers put off so many commands each, and deferredGoal is how many a second are to be
	// taken on, each written down and synced.
	deferrers, deferredEach, deferredGoal = 32, 100, 500
	// apart is how many commands are that far apart.
	apart = 8
)

// measureCommands compares releasing an order through the mesh, with all that it looks up,
// writes down, notes and reads back, with Odoo's button alone.
func measureCommands(ctx context.Context, p *place) ([]row, error) {
	sim, odoo, err := startOdoo(200)
	if err != nil {
		return nil, err
	}
	defer odoo.Close()
	m, err := p.startMesh(p.path("commands"), odoo.URL)
	if err != nil {
		return nil, err
	}
	defer m.stop()
	if _, err := m.ready(ctx); err != nil {
		return nil, err
	}
	conns, err := dial(m.grpcAddr)
	if err != nil {
		return nil, err
	}
	defer conns.close()
	direct, err := past(ctx, odoo.URL)
	if err != nil {
		return nil, err
	}
	drafts, err := draftOrders(direct, 2*(drafted+apart))
	if err != nil {
		return nil, err
	}
	sim.Faults().Costs(4)
	orders := orderv1.NewOrderServiceClient(conns[0])
	release := func(id int) error {
		_, err := orders.ReleaseOrder(signedIn(ctx), &orderv1.ReleaseOrderRequest{Name: fmt.Sprint("orders/", id), RequestId: fmt.Sprint("release-", id)})
		return err
	}
	press := func(id int) error {
		var done any
		return direct(&done, "purchase.order", "button_confirm", []any{[]any{id}}, nil)
	}
	often, err := pairs(ctx, drafts[:2*drafted], 0, press, release)
	if err != nil {
		return nil, err
	}
	lone, err := pairs(ctx, drafts[2*drafted:], between, press, release)
	if err != nil {
		return nil, err
	}
	rate, err := deferred(ctx, orders)
	if err != nil {
		return nil, err
	}
	return []row{
		often.row("releasing an order, one after the other, p50"), lone.row("releasing an order, a lone one, p50"),
		{fmt.Sprintf("deferred commands taken on, %d callers", deferrers), rate, "commands/s", deferredGoal, rate / deferredGoal, atLeast(1)},
	}, nil
}

// deferred is how many commands a second are put off. Those are of orders that are not
// there: what they come to when their turn comes is not measured.
func deferred(ctx context.Context, orders orderv1.OrderServiceClient) (rate float64, err error) {
	later := metadata.AppendToOutgoingContext(signedIn(ctx), "prefer", "respond-async")
	began := now()
	var group errgroup.Group
	for caller := range deferrers {
		group.Go(func() error {
			for n := range deferredEach {
				id := 1_000_000 + caller*deferredEach + n
				if _, err := orders.ReleaseOrder(later, &orderv1.ReleaseOrderRequest{Name: fmt.Sprint("orders/", id), RequestId: fmt.Sprint("later-", id)}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	return deferrers * deferredEach / now().Sub(began).Seconds(), nil
}

// paired are the times of the same thing done in two ways, in milliseconds.
type paired struct{ bare, full []float64 }

// pairs does one after the other, so that what else the machine does falls on both.
func pairs(ctx context.Context, ids []int, pause time.Duration, bare, full func(id int) error) (p paired, err error) {
	timed := func(do func(int) error, id int) (float64, error) {
		began := now()
		err := do(id)
		return now().Sub(began).Seconds() * 1e3, err
	}
	for two := range slices.Chunk(ids, 2) {
		if !clock.Sleep(ctx, clock.System{}, pause) {
			return p, ctx.Err()
		}
		b, err := timed(bare, two[0])
		if err != nil {
			return p, err
		}
		f, err := timed(full, two[1])
		if err != nil {
			return p, err
		}
		p.bare, p.full = append(p.bare, b), append(p.full, f)
	}
	return p, nil
}

func (p paired) row(name string) row {
	bare, full := median(p.bare), median(p.full)
	return row{name, full, "ms", bare, full / bare, atMost(1.25)}
}

// directCall calls a method of a model past the mesh.
type directCall func(answer any, model, method string, args []any, named map[string]any) error

// past signs in to the simulated Odoo.
func past(ctx context.Context, root string) (directCall, error) {
	o := pastMesh{url: root, db: "sim", user: "admin", password: "admin"}
	uid, err := o.signIn(ctx, http.DefaultClient)
	return func(answer any, model, method string, args []any, named map[string]any) error {
		return o.callOf(ctx, http.DefaultClient, uid, answer, model, method, args, named)
	}, err
}

// draftOrders makes orders that can be released, of one supplier and product.
func draftOrders(call directCall, n int) (ids []int, err error) {
	var suppliers, products []int
	if err := call(&suppliers, "res.partner", "search", []any{[]any{[]any{"supplier_rank", ">", 0}}}, map[string]any{"limit": 1}); err != nil {
		return nil, err
	}
	if err := call(&products, "product.product", "search", []any{[]any{}}, map[string]any{"limit": 1}); err != nil {
		return nil, err
	}
	for range n {
		var id int
		line := map[string]any{"product_id": products[0], "product_qty": 10.0, "price_unit": 2.75}
		err := call(&id, "purchase.order", "create", []any{map[string]any{"partner_id": suppliers[0], "order_line": []any{[]any{0, 0, line}}}}, nil)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
