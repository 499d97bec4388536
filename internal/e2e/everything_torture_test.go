package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/race"
)

// Clients play lives of suppliers and products through all commands, imports and what is
// put off among them, and send each call again at random; meshd is killed again and again;
// what stands before Odoo cuts answers, and answers for Odoo. In the end Odoo holds all that
// was answered as done, once, and nothing of what was refused.
func TestEverythingWhileTheMeshIsKilled(t *testing.T) {
	t.Parallel()
	ownProcess(t)
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			playWhileKilled(t, p, before(p.sim))
		})
	}
}

func TestLiveEverythingWhileTheMeshIsKilled(t *testing.T) {
	p := live(t)
	playWhileKilled(t, p, before(p.server(t)))
}

// mixed is a mesh that is killed while lives are played through it.
type mixed struct {
	*killing
	vendors supplierv1.ApprovedVendorServiceClient
	// stock and ward are places of the house, account the code of one that bills of no order
	// are booked to.
	stock, ward           int64
	account, currencyCode string
}

func playWhileKilled(t *testing.T, p *person, odoo *visible) {
	x := &mixed{}
	x.prepare(t, p)
	access := filepath.Join(t.TempDir(), "access.yaml")
	both := `rights: {"*": [read, write, operate]}`
	accessFileOf(t, access, [2]string{"sue", both}, [2]string{"quinn", both})
	more := []string{"--access-file", access, "--time-zone", zone}
	if p.sim != nil {
		more = append(more, "--odoo-longest-request", "20s") // nothing hangs here
	}
	x.killing = killable(t, p, odoo, more...)
	x.vendors = supplierv1.NewApprovedVendorServiceClient(x.conn)
	x.keepsAndCounts()

	lives := times(t, "E2E_LIVES", 4)
	var mu sync.Mutex
	var played []*life
	x.play(lives, parts, times(t, "E2E_LIFE_KILLS", 3), func(n int, random *rand.Rand) {
		l := x.life(n, random)
		l.plays()
		mu.Lock()
		defer mu.Unlock()
		played = append(played, l)
	})
	x.kill() // what was answered is durable
	sue := as(t.Context(), "sue")
	x.settled(sue, commandv1.State_STATE_DONE, commandv1.State_STATE_REFUSED)
	ledger := x.ledger(sue)
	sent := 0
	for _, l := range played {
		if l.err != nil {
			continue
		}
		l.heldInMesh(sue)
		l.heldInOdoo()
		l.told(ledger)
		sent += l.sent
	}
	x.says(fmt.Sprint(len(played), " lives of ", sent, " commands beside imports"))
}

// prepare makes what lives share.
func (x *mixed) prepare(t *testing.T, p *person) {
	t.Helper()
	x.stock = p.rows(t, "stock.warehouse", []any{}, []any{"lot_stock_id"})[0].id("lot_stock_id")
	x.ward = (&pantry{stage: &stage{person: p}, stock: x.stock}).ward(t, "Ward")
	x.currencyCode = p.currency(t)
	company := p.create(t, "res.partner", map[string]any{"name": "Landlord " + p.mark, "is_company": true, "supplier_rank": 1})
	like := p.create(t, "account.move", map[string]any{"move_type": "in_invoice", "partner_id": company, "invoice_line_ids": []any{[]any{0, 0, map[string]any{"name": "like", "quantity": 1.0, "price_unit": 1.0}}}})
	account := p.rows(t, "account.move.line", []any{[]any{"move_id", "=", like}, []any{"display_type", "=", "product"}}, []any{"account_id"})[0].id("account_id")
	x.account = p.rows(t, "account.account", []any{[]any{"id", "=", account}}, []any{"code"})[0].text("code")
	p.unlink(t, "account.move", like)
}

// keepsAndCounts skips the test where the mesh's user may not do it all: up to 17 it takes an
// administrator to keep products and to book counts.
func (x *mixed) keepsAndCounts() {
	x.t.Helper()
	err := insisting(x.t)(func(ctx context.Context) error {
		_, err := x.products.CreateProduct(as(ctx, "sue"), &productv1.CreateProductRequest{RequestId: "may", ValidateOnly: true, Product: novelty(x.mark + "-may")})
		return err
	})
	if refusalOf(err).reason == "NOT_PERMITTED" {
		x.t.Skipf("the mesh's user may not keep products here: %v", err)
	}
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *mixed) life(n int, random *rand.Rand) *life {
	return &life{
		mixed: x, mark: fmt.Sprintf("%s-%d", x.mark, n), random: random, insist: repeating(x.t, random), said: &undoneSaid{},
		did: map[string]*commandv1.Intent{}, undone: map[string][]time.Time{}, products: map[string]*kept{}, prices: map[string]float64{},
	}
}
