package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	productv1 "odoomesh/gen/go/mesh/product/v1"

	"google.golang.org/protobuf/proto"
)

// kills is how often the crash test kills meshd; E2E_KILLS sets another number.
const kills = 15

// meshd is killed again and again while people work in Odoo. Its copy equals Odoo
// afterwards, and a watcher that goes on from where it was has seen each change
// once: what it saw, put together, is what there is.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	n := kills
	if text := os.Getenv("E2E_KILLS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	p := simulated(t, 18, 80)
	dir := t.TempDir()
	first := spawn(t, p, arguments(p, dir)...)
	first.await(t, "ready")
	history := &story{shown: map[string]*productv1.Product{}, positions: map[string]string{}}
	history.collect(t, first.mesh, "", func(m message) bool { return m.kind == heartbeat })
	first.kill()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		// People work while the mesh is away, and while it runs.
		steps(t, p, random.IntN(4))
		s := spawn(t, p, arguments(p, dir)...)
		w := s.overGRPC(t, watch{collection: "products", position: history.position})
		for range random.IntN(12) {
			steps(t, p, 1)
			// Any answered read lets the process get some way.
			s.ready(t)
		}
		s.kill()
		w.stop()
		history.take(t, fmt.Sprintf("run %d", i), w.all)
	}
	last := spawn(t, p, arguments(p, dir)...)
	last.await(t, "ready")
	last.equalsOdoo(t, p)
	end := p.create(t, "product.product", map[string]any{"name": "The end"})
	history.collect(t, last.mesh, history.position, func(m message) bool { return m.record != nil && m.record.GetName() == productName(end) })
	t.Logf("%d changes were seen over %d kills", len(history.positions), n)
	if len(history.positions) < n {
		t.Errorf("only %d changes were seen over %d kills: nothing was tried", len(history.positions), n)
	}
	if diff := difference(p.books(t).products(), history.shown); diff != "" {
		t.Errorf("what the watcher saw is not what there is (seed %d):\n%s", seed, shortened(diff))
	}
}

func steps(t *testing.T, p *person, n int) {
	t.Helper()
	for range n {
		if err := p.sim.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

// story is what one watcher saw over all runs.
type story struct {
	position string
	// revision is the greatest met; positions holds the change that each brought.
	revision  int64
	shown     map[string]*productv1.Product
	positions map[string]string
}

// collect watches until a message.
func (h *story) collect(t *testing.T, m *mesh, position string, last func(message) bool) {
	t.Helper()
	w := m.overGRPC(t, watch{collection: "products", position: position, current: position == ""})
	w.until(t, "the last message", last)
	w.stop()
	h.take(t, "collecting", w.all)
}

// take adds messages, and checks that none came twice and none in the wrong order.
func (h *story) take(t *testing.T, when string, messages []message) {
	t.Helper()
	for _, m := range messages {
		h.position = m.position
		if m.kind == heartbeat {
			continue
		}
		if m.kind != current {
			if earlier, twice := h.positions[m.position]; twice {
				t.Errorf("%s: position of %v was that of %s", when, m, earlier)
			}
			h.positions[m.position] = m.String()
		}
		name := m.record.GetName()
		revision := m.record.GetProvenance().GetRevision()
		switch {
		case m.kind == deleted:
			delete(h.shown, name)
			continue
		case m.kind != current && revision <= h.revision:
			t.Errorf("%s: %v came after revision %d", when, m, h.revision)
		case m.kind == created && h.shown[name] != nil:
			t.Errorf("%s: %v, and it was there", when, m)
		case m.kind == updated && h.shown[name] == nil:
			t.Errorf("%s: %v, and it was not there", when, m)
		}
		h.revision = max(h.revision, revision)
		h.shown[name] = proto.CloneOf(m.record.(*productv1.Product))
	}
}
