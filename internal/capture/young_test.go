package capture_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/capture"
	"odoomesh/internal/odoosim"
)

// youngHouse captures products and suppliers of which no stamp is young, nor leaves the
// overlap while the test runs. It tells how many products were read again because of
// what rows with young stamps held.
func youngHouse(t *testing.T, products int) (h *house, again func() float64) {
	t.Helper()
	registry := prometheus.NewRegistry()
	h = openHouse(&house{t: t, dir: t.TempDir(), only: []string{"product", "supplier"}, tune: func(c *capture.Config) {
		c.Census, c.Overlap, c.Reach, c.Registerer = time.Hour, time.Hour, time.Hour, registry
	}}, 18, products)
	h.meanwhile = func() { h.later(time.Millisecond) } // so that a stamp stays young
	h.loaded()
	h.later(time.Minute)
	h.eventually("rest", h.equals)
	return h, func() float64 {
		t.Helper()
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			for _, m := range f.Metric {
				if f.GetName() == "mesh_capture_suspects_total" && m.Label[0].GetValue() == string(capture.CauseYoung) && m.Label[1].GetValue() == "products" {
					return m.Counter.GetValue()
				}
			}
		}
		return 0
	}
}

// looked waits until products were looked at some more times.
func (h *house) looked() {
	h.t.Helper()
	before := h.sim.CallsOf("product.product", "search_read")
	h.eventually("some looks", func() error {
		if n := h.sim.CallsOf("product.product", "search_read") - before; n < 4 {
			return fmt.Errorf("%d looks", n)
		}
		return nil
	})
}

func TestAChangeIsReadOnceWhileItsStampIsYoung(t *testing.T) {
	t.Parallel()
	h, again := youngHouse(t, 20)
	before := again()
	h.rename(5, "ONCE")
	h.eventually("the change", h.equals)
	h.looked()
	h.later(3 * time.Second)
	h.looked()
	if n := again() - before; n > 0 {
		t.Errorf("a product that was written once was read %v times more", n)
	}
}

// The last write within the second of a stamp may come right before a look at which the
// stamp is young no more.
func TestAStampThatIsYoungNoMoreIsLookedAtOnceMore(t *testing.T) {
	t.Parallel()
	h, _ := youngHouse(t, 20)
	for round := range 2 {
		h.rename(5, fmt.Sprint("FIRST ", round))
		h.eventually("the first write", h.equals)
		h.looked()
		h.do(func(tx *odoosim.Tx) error {
			err := tx.Write("product.product", []int64{5}, map[string]any{"default_code": fmt.Sprint("SECOND ", round)})
			h.later(3 * time.Second)
			return err
		})
		h.eventually("the second write", h.equals)
	}
}

// Where too many rows are young to be looked at, all are read again.
func TestManyYoungStampsAreReadAgain(t *testing.T) {
	t.Parallel()
	h, again := youngHouse(t, 250)
	before, all := again(), 0
	h.do(func(tx *odoosim.Tx) error {
		ids, err := tx.Search("product.product", nil)
		if all = len(ids); err == nil {
			err = tx.Write("product.product", ids, map[string]any{"default_code": "ALL AT ONCE"})
		}
		return err
	})
	h.eventually("the changes", h.equals)
	h.later(3 * time.Second)
	h.eventually("reading them again", func() error {
		if n := again() - before; n < float64(all) {
			return fmt.Errorf("%v of %d were read again", n, all)
		}
		return nil
	})
}
