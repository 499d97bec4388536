package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/durationpb"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/race"
)

// While Odoo is down, readers do not notice, and what they are told of the copy's
// age is true. When it comes back the mesh catches up by itself.
func TestOdooStopsAndComesBack(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := simulated(t, major, 40)
			m := start(t, settings(t, p))
			before := m.allProducts(t)
			changes, err := healthv1.NewHealthClient(m.conn).Watch(t.Context(), &healthv1.HealthCheckRequest{})
			if err != nil {
				t.Fatal(err)
			}
			var statuses []healthv1.HealthCheckResponse_ServingStatus
			watched := make(chan struct{})
			go func() {
				defer close(watched)
				for {
					r, err := changes.Recv()
					if err != nil {
						return
					}
					statuses = append(statuses, r.GetStatus())
				}
			}()
			p.sim.Faults().Down(true)
			// On a busy machine a copy can be called old before Odoo is called unreachable.
			eventually(t, func() (bool, any) { r := m.ready(t); return r.Status == "degraded" && !r.Odoo.Reachable, r })
			first := m.ready(t)
			if first.Code != 200 {
				t.Errorf("/readyz answers %d", first.Code)
			}
			readsGoOn(t, m, before)
			for i, c := range m.ready(t).Collections {
				if !c.VerifiedTime.Equal(first.Collections[i].VerifiedTime) {
					t.Errorf("verified_time of %s moved from %v to %v without Odoo", c.Name, first.Collections[i].VerifiedTime, c.VerifiedTime)
				}
			}
			if err := p.sim.Do(func(tx *odoosim.Tx) error {
				_, err := tx.Create("product.product", map[string]any{"name": "Made in the dark"})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			p.sim.Faults().Down(false)
			m.await(t, "ready")
			m.equalsOdoo(t, p)
			m.conn.Close()
			<-watched
			if !slices.Equal(statuses, []healthv1.HealthCheckResponse_ServingStatus{healthv1.HealthCheckResponse_SERVING}) {
				t.Errorf("health went through %v, and serving never ended", statuses)
			}
		})
	}
}

func readsGoOn(t *testing.T, m *mesh, before map[string]*productv1.Product) {
	t.Helper()
	if after := m.allProducts(t); len(after) != len(before) {
		t.Errorf("%d products were listed, and before there were %d", len(after), len(before))
	}
	name := byName(before)[0].GetName()
	for _, c := range []struct {
		mode   *typesv1.ReadMode
		code   codes.Code
		reason string
	}{
		{nil, codes.OK, ""},
		{&typesv1.ReadMode{Mode: &typesv1.ReadMode_MaxStaleness{MaxStaleness: durationpb.New(time.Hour)}}, codes.OK, ""},
		{&typesv1.ReadMode{Mode: &typesv1.ReadMode_MaxStaleness{MaxStaleness: durationpb.New(0)}}, codes.Unavailable, "STALE"},
		{&typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}, codes.Unavailable, "ODOO_UNAVAILABLE"},
	} {
		_, err := m.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: name, ReadMode: c.mode})
		if r := refusalOf(err); r.code != c.code || r.reason != c.reason {
			t.Errorf("read mode %v: %v %q, want %v %q (%v)", c.mode, r.code, r.reason, c.code, c.reason, err)
		}
	}
	list, err := m.products.ListProducts(t.Context(), &productv1.ListProductsRequest{PageSize: 1})
	if err != nil || list.GetFreshness().GetOdooReachable() {
		t.Errorf("freshness is %v (%v)", list.GetFreshness(), err)
	}
}
