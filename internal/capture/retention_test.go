package capture_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/follow"
	"odoomesh/internal/odoosim"
)

// Retention asks all followers of the log, not the cache alone: what one of them has
// not read stays, however old it is, and goes soon after it was read.
func TestRetentionKeepsWhatAFollowerHasNotRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 20)
	h.loaded()
	h.halt()
	h.tune = func(c *capture.Config) { c.Retention = func() time.Duration { return time.Hour } }
	h.start()
	var needs atomic.Uint64
	needs.Store(h.log.Head() + 1)
	h.engine.Followers().Join("slow", func() follow.Standing { return follow.Standing{Followed: needs.Load() - 1, Needs: needs.Load()} })
	h.renamed("FIRST")
	unread := h.log.Head() + 1
	needs.Store(unread)
	h.renamed("SECOND")
	h.later(2 * time.Hour)
	h.eventually("dropping what all have read", func() error {
		// The newest of what is old enough to go stays.
		if oldest := h.log.Oldest(); oldest > unread {
			return errors.Join(fmt.Errorf("the log begins at %d, and %d was not read", oldest, unread))
		} else if oldest < unread-1 {
			return fmt.Errorf("the log begins at %d", oldest)
		}
		return nil
	})
	needs.Store(h.log.Head() + 1)
	h.eventually("dropping the rest", func() error {
		if oldest, head := h.log.Oldest(), h.log.Head(); oldest != head {
			return fmt.Errorf("the log holds %d to %d", oldest, head)
		}
		return nil
	})
}

// A cache that is lost when retention has taken the beginning of the log is filled
// again from Odoo.
func TestALostCacheIsFilledAgainBehindATruncatedLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 20)
	h.loaded()
	h.halt()
	h.tune = func(c *capture.Config) { c.Retention = func() time.Duration { return time.Hour } }
	h.start()
	h.renamed("OLD")
	h.renamed("OLDER")
	h.later(2 * time.Hour)
	h.eventually("dropping the old change", func() error {
		if oldest := h.log.Oldest(); oldest == 1 {
			return fmt.Errorf("the log holds %d to %d", oldest, h.log.Head())
		}
		return nil
	})
	h.renamed("NEW")
	h.halt()
	if err := os.RemoveAll(filepath.Join(h.dir, "cache")); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.loaded()
	h.eventually("the same as in Odoo", h.equals)
}

// renamed changes a product in Odoo and waits for the mesh to show it.
func (h *house) renamed(sku string) {
	h.t.Helper()
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{5}, map[string]any{"default_code": sku})
	})
	h.eventually("the change "+sku, func() error {
		p, err := h.product(5)
		if err != nil || p.GetSku() != sku {
			return fmt.Errorf("sku is %q, %w", p.GetSku(), err)
		}
		return nil
	})
}
