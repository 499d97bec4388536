package e2e

import (
	"testing"
	"time"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// A record that only a live read has met, and that goes before the next look, is
// gone from the mesh as well.
func TestWhatALiveReadAloneHasMetIsNotKept(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 20)
	c := settings(t, p)
	c.PollInterval = 2 * time.Second
	m := start(t, c)
	id := p.create(t, "product.product", map[string]any{"name": "Met once"})
	if _, err := m.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: productName(id), ReadMode: &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}}); err != nil {
		t.Fatal(err)
	}
	p.unlink(t, "product.product", id)
	m.equalsOdoo(t, p)
}
