package capture_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/capture"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
)

// spare adds products that nothing in Odoo refers to, so that they can be deleted.
func (h *house) spare(n int) []int64 {
	h.t.Helper()
	var ids []int64
	h.do(func(tx *odoosim.Tx) error {
		for i := range n {
			id, err := tx.Create("product.product", map[string]any{"name": fmt.Sprintf("Spare %03d", i)})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	h.eventually("the spare products", h.equals)
	return ids
}

// unattended is a house whose capture looks once and then waits for ever, with
// some spare products.
func unattended(t *testing.T, version, spares int) (h *house, spare []int64) {
	t.Helper()
	h = newHouse(t, version, 20)
	h.loaded()
	spare = h.spare(spares)
	h.halt()
	h.tune = func(c *capture.Config) {
		// The tests let an hour pass.
		const never = 1000 * time.Hour
		c.Poll, c.Seldom, c.Reach, c.Count, c.Census = never, never, never, never, never
	}
	h.start()
	h.eventually("the only census and the only looks", func() error {
		for _, s := range h.engine.Statuses() {
			if s.Drift.Compared.IsZero() || s.Verified.IsZero() {
				return fmt.Errorf("%s is not compared", s.Collection)
			}
		}
		return nil
	})
	return h, spare
}

func ignore(capture.ResyncProgress) error { return nil }

func (h *house) rename(id int64, sku string) {
	h.t.Helper()
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{id}, map[string]any{"default_code": sku})
	})
}

func TestVerifyTellsWhatDiffersAndChangesNothing(t *testing.T) {
	t.Parallel()
	h, spare := unattended(t, 18, 1)
	head := h.log.Head()
	verify := func(id int64) reconcile.Verification {
		t.Helper()
		v, err := h.engine.Verify(t.Context(), "products", resource.Key(id))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := verify(5); !v.Equal() || v.Pending || v.Compared.IsZero() {
		t.Errorf("an untouched record: %+v", v)
	}
	was, err := h.product(5)
	if err != nil {
		t.Fatal(err)
	}
	h.later(time.Second)
	h.rename(5, "SEEN-LATER")
	want := []reconcile.Difference{{Field: "sku", Mesh: fmt.Sprintf("%q", was.GetSku()), Odoo: `"SEEN-LATER"`}}
	if v := verify(5); v.Equal() || !v.Pending || cmp.Diff(want, v.Differences) != "" {
		t.Errorf("a record that was just written: %+v", v)
	}
	// A transaction that lasted longer than the overlap leaves no stamp that a look sees.
	late := h.sim.Begin()
	if err := late.Write("product.product", []int64{6}, map[string]any{"default_code": "TOO-LATE"}); err != nil {
		t.Fatal(err)
	}
	h.later(time.Hour)
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	if v := verify(6); v.Equal() || v.Pending || len(v.Differences) != 1 {
		t.Errorf("a record behind all windows: %+v", v)
	}
	h.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", spare[:1]) })
	if v := verify(spare[0]); v.Equal() || !v.InCache || v.InOdoo || len(v.Differences) > 0 {
		t.Errorf("a deleted record: %+v", v)
	}
	if v := verify(1_000_000); v.Equal() || v.InCache || v.InOdoo {
		t.Errorf("a record that never was: %+v", v)
	}
	if now, err := h.product(5); err != nil || now.GetSku() != was.GetSku() || h.log.Head() != head {
		t.Errorf("verifying changed the copy: %v, %v, the log is at %d", now.GetSku(), err, h.log.Head())
	}
}

func TestResyncHealsWhatNoLookSees(t *testing.T) {
	t.Parallel()
	h, spare := unattended(t, 18, 200)
	late := h.sim.Begin()
	if err := late.Write("product.product", []int64{5, 6}, map[string]any{"default_code": "TOO-LATE"}); err != nil {
		t.Fatal(err)
	}
	h.later(time.Hour)
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	h.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", spare[:3]) })
	var steps []capture.ResyncProgress
	got, err := h.engine.Resync(t.Context(), "products", false, func(p capture.ResyncProgress) error {
		steps = append(steps, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Changed != 2 || got.Deleted != 3 || got.Held != 0 || got.Checked < 210 {
		t.Errorf("%+v", got)
	}
	if err := h.equals(); err != nil {
		t.Error(err)
	}
	last := steps[len(steps)-1]
	if len(steps) < 2 || last.Done != last.Total || last.Done != got.Checked || last.Changed != 2 {
		t.Errorf("%d reports, the last %+v", len(steps), last)
	}
	if again, err := h.engine.Resync(t.Context(), "products", false, ignore); err != nil || again.Changed+again.Deleted != 0 {
		t.Errorf("the second time: %+v, %v", again, err)
	}
}

func TestResyncDeletesManyOnlyWhenItMay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 30)
	h.loaded()
	spare := h.spare(120)
	before, gone := h.cache.Count("products"), int64(len(spare))
	h.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", spare) })
	h.eventually("the census", func() error {
		if s := h.engine.Status("products"); s.Held != gone || s.Drift.Gone != gone || s.Drift.Compared.IsZero() {
			return fmt.Errorf("held %d, drift %+v", s.Held, s.Drift)
		}
		return nil
	})
	got, err := h.engine.Resync(t.Context(), "products", false, ignore)
	if err != nil || got.Held != gone || got.Deleted != 0 || h.cache.Count("products") != before {
		t.Fatalf("not accepted: %+v, %v", got, err)
	}
	// What else happens meanwhile does not make the warning disappear.
	h.rename(5, "MEANWHILE")
	h.eventually("the change", func() error {
		if p, err := h.product(5); err != nil || p.GetSku() != "MEANWHILE" {
			return fmt.Errorf("%q, %w", p.GetSku(), err)
		}
		return nil
	})
	if s := h.engine.Status("products"); s.Held != gone {
		t.Errorf("held is %d, want %d", s.Held, gone)
	}
	got, err = h.engine.Resync(t.Context(), "products", true, ignore)
	if err != nil || got.Held != 0 || got.Deleted != gone {
		t.Fatalf("accepted: %+v, %v", got, err)
	}
	h.eventually("equality", h.equals)
	h.eventually("no warning", func() error {
		if s := h.engine.Status("products"); s.Held != 0 {
			return fmt.Errorf("held is %d", s.Held)
		}
		return nil
	})
}

func TestResyncBesideCaptureAndWriters(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 120)
	h.loaded()
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for i := range 60 {
				id := int64(5 + (i*7+w)%60)
				if err := h.sim.Do(func(tx *odoosim.Tx) error {
					return tx.Write("product.product", []int64{id}, map[string]any{"default_code": fmt.Sprintf("W%d-%d", w, i)})
				}); err != nil {
					t.Errorf("writing: %v", err)
				}
				h.later(100 * time.Millisecond)
			}
		})
	}
	for range 5 {
		if _, err := h.engine.Resync(t.Context(), "products", false, ignore); err != nil {
			t.Error(err)
		}
	}
	writers.Wait()
	h.eventually("equality", h.equals)
	if err := (&adversary{house: h}).storiesHaveNoGap(); err != nil {
		t.Error(err)
	}
}

func TestOperatingIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 20)
	h.loaded()
	if _, err := h.engine.Verify(t.Context(), "unicorns", resource.Key(1)); !errors.Is(err, capture.ErrNoCollection) {
		t.Errorf("unknown collection: %v", err)
	}
	given := errors.New("the caller has gone")
	if _, err := h.engine.Resync(t.Context(), "products", false, func(capture.ResyncProgress) error { return given }); !errors.Is(err, given) {
		t.Errorf("a report that fails: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.engine.Resync(cancelled, "products", false, ignore); err == nil {
		t.Error("a cancelled resync ended well")
	}
	_, err := h.engine.Resync(t.Context(), "products", false, func(capture.ResyncProgress) error {
		_, inner := h.engine.Resync(t.Context(), "products", false, ignore)
		return inner
	})
	if !errors.Is(err, capture.ErrResyncRuns) {
		t.Errorf("two at once: %v", err)
	}
	h.halt()
	h.sim.Faults().Down(true)
	h.start()
	if _, err := h.engine.Verify(t.Context(), "products", resource.Key(5)); !errors.Is(err, capture.ErrNotConnected) {
		t.Errorf("without Odoo: %v", err)
	}
	if _, err := h.engine.Resync(t.Context(), "products", false, ignore); !errors.Is(err, capture.ErrNotConnected) {
		t.Errorf("without Odoo: %v", err)
	}
}
