package e2e

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// Whoever asks for Odoo's own answer is told when an Odoo that hangs has none, long
// before Odoo's own time is over.
func TestALiveReadOfAHangingOdooEnds(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	c := settings(t, p)
	c.LiveTimeout, c.Timeout = 300*time.Millisecond, 2*time.Second
	m := start(t, c)
	name := byName(m.allProducts(t))[0].GetName()
	p.sim.Faults().Latency(4 * time.Second) // longer than any call waits
	for _, c := range []struct {
		mode   *typesv1.ReadMode
		reason string
	}{
		{&typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}, "ODOO_UNAVAILABLE"},
		{&typesv1.ReadMode{Mode: &typesv1.ReadMode_MaxStaleness{MaxStaleness: durationpb.New(0)}}, "STALE"},
	} {
		_, err := m.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: name, ReadMode: c.mode})
		if r := refusalOf(err); r.code != codes.Unavailable || r.reason != c.reason {
			t.Errorf("read mode %v: %v", c.mode, err)
		}
	}
	_, err := operationsv1.NewOperationsServiceClient(m.conn).VerifyRecord(t.Context(), &operationsv1.VerifyRecordRequest{Name: name})
	if r := refusalOf(err); r.code != codes.Unavailable || r.reason != "ODOO_UNAVAILABLE" {
		t.Errorf("verify: %v", err)
	}
	p.sim.Faults().Latency(0)
	m.await(t, "ready")
}
