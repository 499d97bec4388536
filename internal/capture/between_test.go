package capture_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// interrupted is an Odoo in whose answers something happens: before it counts the
// products that have come since the last count, and after it has read products.
type interrupted struct {
	beforeCount, fetched func()
	counted              func(upTo int64)
}

type interruptedTables struct {
	capture.Tables
	by *interrupted
}

func (s interruptedTables) Count(ctx context.Context, model string, after, upTo int64) (int64, error) {
	if model == "product.product" {
		if after > 0 {
			s.by.beforeCount()
		}
		defer s.by.counted(upTo)
	}
	return s.Tables.Count(ctx, model, after, upTo)
}

type interruptedRecords struct {
	capture.Records
	by *interrupted
}

func (s interruptedRecords) Fetch(ctx context.Context, keys [][]byte) ([]*mapping.Record, error) {
	records, err := s.Records.Fetch(ctx, keys)
	if len(keys) == 1 && err == nil {
		s.by.fetched()
	}
	return records, err
}

// interruptible is a house whose products can be interrupted, and where no census
// heals anything.
func interruptible(t *testing.T) (h *house, between *interrupted) {
	h = newHouse(t, 17, 20)
	h.halt()
	nothing := func() {}
	between = &interrupted{beforeCount: nothing, fetched: nothing, counted: func(int64) {}}
	h.around = func(c *capture.Connection) {
		c.Tables = interruptedTables{c.Tables, between}
		c.Records["products"] = interruptedRecords{c.Records["products"], between}
	}
	return h, between
}

// unlooked captures by looks so far apart, and counts as often as ever: no last
// reading of a stamp and no census finds what they do not.
func (h *house) unlooked(poll time.Duration) {
	h.tune = func(c *capture.Config) { c.Census, c.Overlap, c.Poll, c.Seldom = time.Hour, time.Hour, poll, poll }
	h.start()
	h.loaded()
	h.compared()
}

// compared waits for the first census.
func (h *house) compared() {
	h.t.Helper()
	h.eventually("the first census", func() error {
		for _, s := range h.engine.Statuses() {
			if s.Drift.Compared.IsZero() {
				return fmt.Errorf("%s was not compared", s.Collection)
			}
		}
		return nil
	})
}

// read reads a product live.
func (h *house) read(id int64) {
	h.t.Helper()
	if err := h.engine.Refresh(h.t.Context(), "products", [][]byte{resource.Key(id)}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) create(name string) (id int64) {
	h.t.Helper()
	h.do(func(tx *odoosim.Tx) (err error) {
		id, err = tx.Create("product.product", map[string]any{"name": name})
		return err
	})
	return id
}

func (h *house) unlink(id int64) error {
	return h.sim.Do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", []int64{id}) })
}

func (h *house) gone(id int64) func() error {
	return func() error {
		if _, err := h.product(id); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("product %d is still there: %v", id, err)
		}
		return nil
	}
}

// What goes between the count of the rows known so far and the count of those that
// have come since makes the first of the two too great, and no later one smaller.
func TestADeletionBetweenTwoCountsIsSeen(t *testing.T) {
	t.Parallel()
	h, between := interruptible(t)
	var old atomic.Int64
	var once sync.Once
	between.beforeCount = func() {
		if id := old.Load(); id > 0 {
			once.Do(func() {
				if err := h.unlink(id); err != nil {
					t.Error(err)
				}
			})
		}
	}
	h.unlooked(10 * time.Millisecond)
	passing := h.create("Passing")
	h.eventually("a new product", func() error { _, err := h.product(passing); return err })
	h.later(time.Minute)
	var counts atomic.Int64
	between.counted = func(int64) { counts.Add(1) }
	h.eventually("its counts", func() error {
		if n := counts.Load(); n < 3 {
			return fmt.Errorf("%d counts", n)
		}
		return nil
	})
	old.Store(passing)
	h.create("Next")
	h.eventually("the deletion", h.gone(passing))
}

// A record that was read while it was still there, and is stored when the counts
// that could tell of its deletion are over, is gone all the same.
func TestARecordDeletedWhileItIsReadIsNotKept(t *testing.T) {
	t.Parallel()
	h, between := interruptible(t)
	var reading atomic.Bool
	var counts, greatest, reads atomic.Int64
	var id int64
	between.counted = func(upTo int64) {
		counts.Add(1)
		greatest.Store(upTo)
	}
	between.fetched = func() {
		reads.Add(1)
		if !reading.Swap(false) {
			return
		}
		if err := h.unlink(id); err != nil {
			t.Error(err)
		}
		began := counts.Load()
		h.eventually("counts", func() error {
			if n := counts.Load() - began; n < 3 {
				return fmt.Errorf("%d counts since the deletion", n)
			}
			return nil
		})
	}
	h.unlooked(time.Hour)
	id = h.create("Read once")
	later := h.create("Read before it")
	h.read(later)
	h.eventually("the count of both, and the second reading", func() error {
		if counted, n := greatest.Load(), reads.Load(); counted < later || n < 2 {
			return fmt.Errorf("counted up to %d, read %d times", counted, n)
		}
		return nil
	})
	reading.Store(true)
	h.read(id)
	h.eventually("the deletion", h.gone(id))
}

// A row whose id was drawn before that of another and that is committed after it
// makes the count of both no greater than it was, where one has gone meanwhile.
func TestARowThatComesLateHidesNoDeletion(t *testing.T) {
	t.Parallel()
	h, between := interruptible(t)
	var counts atomic.Int64
	between.counted = func(int64) { counts.Add(1) }
	h.tune = func(c *capture.Config) {
		c.Census, c.Overlap, c.Count, c.Reach = time.Hour, time.Hour, 200*time.Millisecond, time.Hour
	}
	passing := h.create("Passing")
	h.start()
	h.loaded()
	h.compared()
	late := h.sim.Begin()
	if _, err := late.Create("product.product", map[string]any{"name": "Late"}); err != nil {
		t.Fatal(err)
	}
	next := h.create("Next")
	h.eventually("the next product, counted or listed", func() error {
		_, err := h.product(next)
		if err == nil && counts.Load() < 5 {
			err = fmt.Errorf("%d counts", counts.Load())
		}
		return err
	})
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := h.unlink(passing); err != nil {
		t.Fatal(err)
	}
	h.eventually("the deletion", h.gone(passing))
}

// What has come a moment ago is listed and not counted yet; its deletion is seen as
// soon as any other.
func TestADeletionOfWhatIsNotCountedYetIsSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 20)
	h.halt()
	h.tune = func(c *capture.Config) { c.Census, c.Overlap, c.Reach = time.Hour, time.Hour, time.Hour }
	h.start()
	h.loaded()
	h.compared()
	passing := h.create("Passing")
	h.eventually("a new product", func() error { _, err := h.product(passing); return err })
	if err := h.unlink(passing); err != nil {
		t.Fatal(err)
	}
	h.eventually("its deletion", h.gone(passing))
}

// Rows that are found while a census removes what is gone belong to it: it ends, and
// both the removal and the rows show.
func TestACensusEndsWhileRowsAreFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 20)
	passing := h.create("Passing")
	h.eventually("a new product", func() error { _, err := h.product(passing); return err })
	h.halt()
	census := &interruptedCensus{}
	h.around = func(c *capture.Connection) {
		census.Tables = c.Tables
		c.Tables = census
	}
	h.tune = func(c *capture.Config) { c.Count, c.Reach, c.Census = time.Hour, time.Hour, time.Minute }
	h.start()
	h.loaded()
	h.compared()
	var once sync.Once
	interrupt := func() {
		once.Do(func() {
			h.rename(7, "MEANWHILE")
			for began := census.looks.Load(); census.looks.Load() < began+3; {
				if h.t.Context().Err() != nil {
					return
				}
				runtime.Gosched()
			}
		})
	}
	census.listed.Store(&interrupt)
	if err := h.unlink(passing); err != nil {
		t.Fatal(err)
	}
	h.later(time.Minute)
	h.eventually("the deletion", h.gone(passing))
	h.eventually("the row", h.equals)
}

// interruptedCensus is an Odoo in which something happens after the ids of products
// were listed, and whose looks at products are counted.
type interruptedCensus struct {
	capture.Tables
	looks  atomic.Int64
	listed atomic.Pointer[func()]
}

func (s *interruptedCensus) Stamps(ctx context.Context, model string, from time.Time, after int64, limit int) ([]odoo.Stamp, error) {
	if model == "product.product" {
		s.looks.Add(1)
	}
	return s.Tables.Stamps(ctx, model, from, after, limit)
}

func (s *interruptedCensus) RowIDs(ctx context.Context, model string, after int64, limit int) ([]int64, error) {
	ids, err := s.Tables.RowIDs(ctx, model, after, limit)
	if f := s.listed.Load(); f != nil && model == "product.product" && err == nil {
		(*f)()
	}
	return ids, err
}

// What a look has found as another question lost the connection is told all the same:
// the look remembers what it saw, and would not find it again.
func TestWhatALookFoundIsNotLostWithTheConnection(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 20)
	h.halt()
	broken := &brokenOff{began: make(chan struct{}), committed: make(chan struct{})}
	h.around = func(c *capture.Connection) {
		broken.Tables = c.Tables
		c.Tables = broken
	}
	h.tune = func(c *capture.Config) { c.Census, c.Overlap = time.Hour, time.Hour }
	h.start()
	h.loaded()
	h.compared()
	// What was loaded is young no more when it is written.
	for _, sku := range []string{"BEFORE", "BEFORE IT"} {
		h.later(10 * time.Second)
		h.rename(7, sku)
		h.eventually("a product before it", h.equals)
	}
	// Nor is the late stamp.
	late := h.sim.Begin()
	if err := late.Write("product.product", []int64{5}, map[string]any{"default_code": "BROKEN OFF"}); err != nil {
		t.Fatal(err)
	}
	h.later(9 * time.Second)
	broken.armed.Store(true)
	select {
	case <-broken.began:
	case <-time.After(patience):
		t.Fatal("no look has begun")
	}
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	close(broken.committed)
	h.eventually("the product", func() error {
		p, err := h.product(5)
		if err == nil && p.GetSku() != "BROKEN OFF" {
			err = fmt.Errorf("sku is %q", p.GetSku())
		}
		return err
	})
	if broken.armed.Load() {
		t.Error("the connection was not lost")
	}
}

// brokenOff is an Odoo that, once armed, ends a look at suppliers with an error that
// concerns the connection, and a look at products well, but only when capture has
// given the connection up.
type brokenOff struct {
	capture.Tables
	armed            atomic.Bool
	began, committed chan struct{}
}

func (s *brokenOff) Stamps(ctx context.Context, model string, from time.Time, after int64, limit int) ([]odoo.Stamp, error) {
	if s.armed.Load() {
		switch model {
		case "res.partner":
			<-s.committed
			return nil, &odoo.TransportError{Kind: odoo.RateLimited}
		case "product.product":
			close(s.began)
			<-ctx.Done()
			s.armed.Store(false)
			ctx = context.WithoutCancel(ctx)
		}
	}
	return s.Tables.Stamps(ctx, model, from, after, limit)
}
