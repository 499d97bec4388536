package capture_test

import (
	"fmt"
	"testing"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/clock"
)

func TestHintBringsTheLookForward(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 20)
	h.loaded()
	h.halt()
	h.tune = func(c *capture.Config) {
		c.Poll, c.Reach, c.Count, c.Census = time.Hour, time.Hour, time.Hour, time.Hour
	}
	h.start()
	h.loaded()
	h.engine.Hint("no.such.model")
	late := h.sim.Begin()
	if err := late.Write("product.product", []int64{5}, map[string]any{"default_code": "HINTED"}); err != nil {
		t.Fatal(err)
	}
	// Odoo 17 and 18 send the hint before the transaction commits.
	h.engine.Hint("product.product")
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	h.eventually("the hinted change", func() error {
		p, err := h.product(5)
		if err != nil || p.GetSku() != "HINTED" {
			return fmt.Errorf("sku is %q, %w", p.GetSku(), err)
		}
		return nil
	})
}

func TestLogKeepsNoMoreThanItsRetention(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 20)
	h.loaded()
	h.renamed("OLD")
	h.renamed("NEWER")
	h.halt()
	// The next run is a day later.
	h.tune = func(c *capture.Config) {
		c.Retention = func() time.Duration { return time.Hour }
		c.Clock = clock.Func(func() time.Time { return clock.System{}.Now().Add(24 * time.Hour) })
	}
	h.start()
	h.eventually("dropping the old change", func() error {
		if oldest, head := h.log.Oldest(), h.log.Head(); oldest != head { // the newest of them stays
			return fmt.Errorf("the log holds %d to %d", oldest, head)
		}
		return nil
	})
	if err := h.equals(); err != nil {
		t.Error(err)
	}
}
