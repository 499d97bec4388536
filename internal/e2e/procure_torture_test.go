package e2e

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// Clients buy through the mesh and send each call again at random, also where it was
// answered; meshd is killed again and again; what stands before Odoo cuts answers, and
// answers for Odoo after the commit. In the end Odoo holds each purchase once.
func TestPurchasesWhileTheMeshIsKilled(t *testing.T) {
	t.Parallel()
	ownProcess(t)
	p := simulated(t, 18, 20)
	buyWhileKilled(t, p, before(p.sim))
}

func TestLivePurchasesWhileTheMeshIsKilled(t *testing.T) {
	p := live(t)
	buyWhileKilled(t, p, before(p.server(t)))
}

func buyWhileKilled(t *testing.T, p *person, odoo *visible) {
	on := shelfOf(t, p)
	k := killable(t, p, odoo, "--local-writes")
	var mu sync.Mutex
	var bought []*purchase
	undone := map[*purchase][][]time.Time{}
	k.play(times(t, "E2E_PURCHASES", 8), 1, times(t, "E2E_MESH_KILLS", 3), func(n int, random *rand.Rand) {
		said := &undoneSaid{}
		b, err := purchased(k.mesh, on, fmt.Sprintf("%s-%d", p.mark, n), said.noting(repeating(t, random)))
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		bought, undone[b] = append(bought, b), said.steps
		mu.Unlock()
		k.done.Add(1)
	})
	k.settled(t.Context(), commandv1.State_STATE_DONE)
	for _, b := range bought {
		p.heldInOdoo(t, on, b)
		for step, i := range b.intents {
			k.timely(b.mark, i, undone[b][step])
		}
	}
	k.says(fmt.Sprint(len(bought), " purchases"))
}
