package e2e

import (
	"fmt"
	"odoomesh/internal/race"
	"testing"
)

// stage is a running mesh before an Odoo that people work in.
type stage struct {
	*person
	*mesh
}

// suite is what holds on every Odoo, simulated or live.
func suite(t *testing.T, s *stage) {
	for _, rule := range []struct {
		name string
		test func(*testing.T, *stage)
		// calm says that little goes on at once: the race detector need not see it.
		calm bool
	}{
		{"people buy, receive, move, return and pay", buys, false},
		{"every record of Odoo's is in the mesh with equal values", showsOdoo, false},
		{"the events tell every movement, and add up to Odoo's stock", tellsEvents, false},
		{"a watcher sees what people change", seesChanges, false},
		{"deletions are seen one by one, of old records and of new ones", seesDeletions, false},
		{"many loaded products come and go", loadsMany, true},
		{"a filter finds what it says, over gRPC and REST", filtersFind, true},
		{"an application buys through the mesh", buysThroughTheMesh, false},
		{"an application changes a draft", changesADraft, false},
		{"an application amends an order", amendsAnOrder, false},
		{"an application buys a kit, which comes in parts", buysAKit, true},
		{"an application buys in another currency", buysInAnotherCurrency, true},
		{"products are kept through the mesh", keepsProducts, true},
		{"suppliers are kept through the mesh", keepsSuppliers, true},
		{"bills are taken back through the mesh", takesBillsBack, true},
		{"an order is total", ordersAreTotal, true},
		{"pages show each record once while records come and go", pagesHoldStill, false},
		{"a live read asks Odoo", liveReads, false},
		{"what is malformed is refused with the field named", refuses, true},
		{"a position from elsewhere is refused", refusesForeignPositions, true},
		{"a watch sends the current state first, each record once", currentFirst, false},
		{"a watcher is told of what leaves its filter", leavesTheFilter, false},
		{"a save that changes nothing is no change", savedWithoutAChange, true},
	} {
		if rule.calm && race.Enabled {
			continue
		}
		t.Run(rule.name, func(t *testing.T) {
			// Deferred, because a context of a test's ends before its cleanups.
			defer func() {
				s.tidy(t)
				if !t.Failed() {
					s.equalsOdoo(t, s.person)
				}
			}()
			rule.test(t, s)
		})
	}
}

func TestSimulated(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel() // the suite waits as often as it works
			p := simulated(t, major, 60)
			suite(t, &stage{p, start(t, settings(t, p))})
		})
	}
}

func TestLive(t *testing.T) {
	p := live(t)
	suite(t, &stage{p, start(t, settings(t, p))})
}

func showsOdoo(t *testing.T, s *stage) {
	counts := s.equalsOdoo(t, s.person)
	for _, d := range domains() {
		t.Logf("%d %s were compared", counts[d.name], d.name)
		for _, r := range byName(d.inMesh(t, s.mesh)) {
			checkOrigin(t, s, r)
		}
	}
}

// checkOrigin checks what every record says about where it comes from.
func checkOrigin(t *testing.T, s *stage, r record) {
	t.Helper()
	p := r.GetProvenance()
	switch {
	case r.GetEtag() == "":
		t.Errorf("%s has no etag", r.GetName())
	case r.GetUpdateTime() == nil:
		t.Errorf("%s has no update_time", r.GetName())
	case len(p.GetFaults()) > 0:
		t.Errorf("%s: %v", r.GetName(), p.GetFaults())
	case p.GetSourceTime() == nil || p.GetObservedTime() == nil || p.GetVerifiedTime() == nil:
		t.Errorf("%s does not say how old it is: %v", r.GetName(), p)
	case p.GetMappingVersion() == 0:
		t.Errorf("%s does not name its mapping: %v", r.GetName(), p)
	}
}
