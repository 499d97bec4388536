package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// times is how often something is tried; a variable of the environment sets
// another number.
func times(t testing.TB, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// A consumer of events breaks off and comes back at random, while the server is
// killed again and again and people move stock: it has each event once, in order,
// and what it has adds up to Odoo's stock to the last unit.
func TestConsumerAndServerAreKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	kills, reconnects := times(t, "E2E_SERVER_KILLS", 5), times(t, "E2E_RECONNECTS", 100)
	p := hospitalAtWork(t, 18, 60)
	dir := t.TempDir()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	tp, done := &tape{}, 0
	for life := range kills {
		s := spawn(t, p, arguments(p, dir)...)
		for ; done < reconnects*(life+1)/kills; done++ {
			steps(t, p, random.IntN(3))
			tp.some(t, s.mesh, random)
		}
		s.kill()
		steps(t, p, random.IntN(4))
	}
	last := spawn(t, p, arguments(p, dir)...)
	last.await(t, "ready")
	proof := last.proven(t)
	tp.read(t, last.mesh, &inventoryv1.StreamInventoryEventsRequest{}, func(tp *tape) bool { return int64(len(tp.events)) >= proof.GetLastEvent() })
	dense(t, tp.events)
	t.Logf("%d events over %d reconnects and %d kills", len(tp.events), done, kills)
	sameAsQuants(t, p, tp.events)
}

// some reads a few messages and breaks off, at no particular point.
func (tp *tape) some(t testing.TB, m *mesh, random *rand.Rand) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, err := m.inventory.StreamInventoryEvents(ctx, &inventoryv1.StreamInventoryEventsRequest{Position: tp.position, BatchSize: int32(1 + random.IntN(20))})
	for range 1 + random.IntN(6) {
		var message *inventoryv1.StreamInventoryEventsResponse
		if err == nil {
			message, err = s.Recv()
		}
		if err != nil {
			t.Fatalf("after %d events: %v", len(tp.events), err)
		}
		tp.events, tp.position = append(tp.events, message.GetInventoryEvents()...), message.GetPosition()
		if len(message.GetInventoryEvents()) == 0 {
			return
		}
	}
}

// sameAsQuants adds events up and compares with Odoo's own quants.
func sameAsQuants(t testing.TB, p *person, events []*inventoryv1.InventoryEvent) {
	t.Helper()
	exact := apd.BaseContext.WithPrecision(40)
	balances := map[string]*apd.Decimal{}
	add := func(key, text string, negative bool) {
		d, _, err := apd.NewFromString(text)
		if err != nil {
			t.Fatal(err)
		}
		if balances[key] == nil {
			balances[key] = new(apd.Decimal)
		}
		d.Negative = d.Negative != negative
		if _, err := exact.Add(balances[key], balances[key], d); err != nil {
			t.Fatal(err)
		}
	}
	number := func(name string) string {
		if _, digits, found := strings.Cut(name, "/"); found {
			return digits
		}
		return "0"
	}
	for _, e := range events {
		if e.GetQuantity() == nil {
			continue
		}
		key := func(location, pack string) string {
			return strings.Join([]string{number(e.GetProduct()), number(location), number(e.GetLot()), number(e.GetOwner()), number(pack)}, "-")
		}
		add(key(e.GetSourceLocation(), e.GetSourcePackage()), e.GetQuantity().GetValue(), true)
		add(key(e.GetDestinationLocation(), e.GetDestinationPackage()), e.GetQuantity().GetValue(), false)
	}
	counted := 0
	for _, q := range p.table(t, "stock.quant", "product_id", "location_id", "lot_id", "owner_id", "package_id", "quantity") {
		key := fmt.Sprintf("%d-%d-%d-%d-%d", q.id("product_id"), q.id("location_id"), q.id("lot_id"), q.id("owner_id"), q.id("package_id"))
		add(key, q.decimal("quantity").GetValue(), true)
		counted++
	}
	if counted == 0 {
		t.Fatal("Odoo has no stock: nothing was compared")
	}
	// Of what is only bought and used up Odoo keeps no stock.
	storable := []any{"is_storable", "=", true}
	if p.major < 18 {
		storable = []any{"detailed_type", "=", "product"}
	}
	kept := map[string]bool{}
	for _, r := range p.rows(t, "product.product", []any{storable}, []any{"id"}) {
		kept[fmt.Sprint(r.id("id"))] = true
	}
	for key, left := range balances {
		product, _, _ := strings.Cut(key, "-")
		if !left.IsZero() && kept[product] {
			t.Errorf("%s: the events say %s more than Odoo's quants", key, left.Text('f'))
		}
	}
}
