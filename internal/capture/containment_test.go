package capture_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/resource"
)

// proxied is a house that tries again soon; before prepares what comes through its
// proxy.
func proxied(t *testing.T, version int, before ...func(*house, *odooproxy.Proxy)) (*house, *odooproxy.Proxy) {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), tune: func(c *capture.Config) { c.Backoff = 20 * time.Millisecond }}
	h.prepare = func(h *house, p *odooproxy.Proxy) {
		for _, prepare := range before {
			prepare(h, p)
		}
	}
	openHouse(h, version, 20)
	return h, h.proxy
}

// priceSeen changes a product's price and waits until the cache has it.
func (h *house) priceSeen(what string, cents int) {
	h.t.Helper()
	h.priceOfSeen(2, what, cents)
}

func (h *house) priceOfSeen(id int64, what string, cents int) {
	h.t.Helper()
	price := float64(cents) / 100
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.template", []int64{id}, map[string]any{"list_price": price})
	})
	h.eventually(what, func() error {
		p, err := h.product(id)
		if err != nil {
			return err
		}
		if have := p.GetSalesPrice().GetUnits()*100 + int64(p.GetSalesPrice().GetNanos())/10_000_000; have != int64(cents) {
			return fmt.Errorf("the price is %d cents", have)
		}
		return nil
	})
}

// degradedBy lists the collections that something is wrong with.
func (h *house) degradedBy(model string) map[string]capture.Trouble {
	found := map[string]capture.Trouble{}
	for _, s := range h.engine.Statuses() {
		for _, t := range s.Degraded {
			if t.Model == model {
				found[s.Collection] = t
			}
		}
	}
	return found
}

// A right that is lost on one model degrades what shows it, by name, and stops nothing
// else. It heals when the right is back.
func TestARightLostOnOneModelStopsNothingElse(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		h, proxy := proxied(t, version)
		h.loaded()
		end := proxy.Always(odooproxy.Model("stock.lot"), odooproxy.Denied())
		lost := h.now()
		h.eventually("lots are degraded", func() error {
			if d := h.degradedBy("stock.lot"); d["lots"].Reason == "" || d["lots"].Since.IsZero() || d["receipts"].Reason == "" {
				return fmt.Errorf("degraded are %v", d)
			}
			return nil
		})
		if d := h.degradedBy("stock.lot"); d["products"].Reason != "" || d["suppliers"].Reason != "" {
			t.Errorf("degraded are also %v", d)
		}
		h.priceSeen("a price while the right is lost", 123)
		if at := h.engine.Status("lots").Verified; at.After(lost) {
			t.Errorf("lots claim to be compared at %v, the right was lost at %v", at, lost)
		}
		end()
		h.eventually("all heals", func() error {
			if d := h.degradedBy("stock.lot"); len(d) > 0 {
				return fmt.Errorf("degraded are %v", d)
			}
			return h.equals()
		})
	})
}

// A record of which Odoo cannot give a field is shown with a fault that names it; all
// others are loaded and followed. It heals when Odoo does.
func TestARecordThatCannotBeReadStopsNoOther(t *testing.T) {
	t.Parallel()
	for _, warm := range []bool{false, true} {
		t.Run(fmt.Sprintf("warm %t", warm), func(t *testing.T) {
			var raises atomic.Pointer[cell]
			weight := &cell{"product.product", 7, "weight"}
			h, _ := proxied(t, 17, func(h *house, _ *odooproxy.Proxy) {
				h.refusing = func(r odoo.Reader) odoo.Reader { return raising{r, &raises} }
				if !warm {
					raises.Store(weight)
				}
			})
			if warm {
				h.loaded()
				raises.Store(weight)
				h.rename(7, "SEVEN")
			}
			h.eventually("the record has its fault", func() error {
				raw, err := h.cache.Get("products", resource.Key(7))
				if err != nil {
					return err
				}
				var kept internalv1.CacheRecord
				if err := proto.Unmarshal(raw, &kept); err != nil {
					return err
				}
				if f := kept.GetFaults(); len(f) != 1 || f[0].GetOdooField() != "weight" {
					return fmt.Errorf("its faults are %v", f)
				}
				if n := h.engine.Status("products").Faulty; n != 1 {
					return fmt.Errorf("%d records are called faulty", n)
				}
				return nil
			})
			h.loaded()
			h.priceSeen("a price of another record", 321)
			// What is mended leaves no stamp on the record.
			raises.Store(nil)
			h.later(time.Minute)
			h.eventually("it heals", h.equals)
		})
	}
}

// cell is one field of one row.
type cell struct {
	model string
	id    int64
	field string
}

// raising is an Odoo that raises whenever a field of a row is asked for.
type raising struct {
	odoo.Reader
	at *atomic.Pointer[cell]
}

func (r raising) SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) ([]odoo.Row, error) {
	rows, err := r.Reader.SearchRead(ctx, model, domain, fields, o)
	at := r.at.Load()
	if at != nil && at.model == model && slices.Contains(fields, at.field) &&
		slices.ContainsFunc(rows, func(row odoo.Row) bool { return row.ID() == at.id }) {
		return nil, odoo.NewFault(1, "Traceback (most recent call last):\n  File \"x.py\", line 1, in x\n    raise\nZeroDivisionError: float division by zero")
	}
	return rows, err
}

// A stamp in the future moves no window: what is written after it is seen, also after
// a restart.
func TestAStampInTheFutureBlindsNothing(t *testing.T) {
	t.Parallel()
	versions(t, aStampInTheFutureBlindsNothing)
}

func aStampInTheFutureBlindsNothing(t *testing.T, version int) {
	h, _ := proxied(t, version, func(h *house, _ *odooproxy.Proxy) {
		// No last reading of a stamp finds what the looks do not.
		h.tune = func(c *capture.Config) { c.Backoff, c.Overlap = 20*time.Millisecond, time.Hour }
	})
	h.loaded()
	h.future.Store(int64(400 * 24 * time.Hour))
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.template", []int64{1}, map[string]any{"list_price": 9.5})
	})
	h.future.Store(0)
	h.eventually("the strange stamp is told", func() error {
		if said := h.said.String(); !strings.Contains(said, "a row has a stamp in the future") {
			return errors.New("nothing is said")
		}
		return nil
	})
	h.later(10 * time.Second)
	h.priceSeen("a price after it", 222)
	h.later(10 * time.Second)
	h.priceSeen("a price when no stamp is young any more", 223)
	// From 17 on a variant keeps the later stamp of its own and its template's.
	h.priceOfSeen(1, "another price of the product itself", 224)
	h.halt()
	h.start()
	h.priceSeen("a price after a restart", 225)
}

// What stands before Odoo may write any time into its answers.
func TestTheTimeInAHeaderBlindsNothing(t *testing.T) {
	t.Parallel()
	for _, shift := range []time.Duration{10 * time.Minute, -10 * time.Minute, 26 * time.Hour} {
		t.Run(shift.String(), func(t *testing.T) {
			h, proxy := proxied(t, 17)
			h.loaded()
			proxy.ShiftDate(shift)
			h.priceSeen("a price", 444)
			h.later(time.Minute)
			h.priceSeen("another", 445)
			if c := h.engine.Clock(); !c.Disagrees() {
				t.Errorf("the clocks are said to agree: %+v", c)
			}
		})
	}
}

// A database whose clock goes back is found by the next sign-in, or by a row that no
// window has met; until then nothing is claimed that was not compared.
func TestADatabaseClockThatGoesBackIsFound(t *testing.T) {
	t.Parallel()
	h, _ := proxied(t, 17, func(h *house, _ *odooproxy.Proxy) {
		h.tune = func(c *capture.Config) { c.Relearn = 10 * time.Second }
	})
	h.loaded()
	h.behind.Store(int64(time.Hour))
	h.priceSeen("a price under a stamp of an hour ago", 555)
}

// A model that does not answer lets all others be followed, whatever Odoo is asked
// about it when that begins: its stamps, its counts, its newest rows. Others are asked
// again even if their last answers came slowly, as all of a busy Odoo do.
func TestASlowModelStopsNoOther(t *testing.T) {
	t.Parallel()
	looks := odooproxy.Model("product.product")
	var armed, slow atomic.Bool
	h, proxy := proxied(t, 17, func(h *house, p *odooproxy.Proxy) {
		h.timeout = time.Hour
		h.refusing = func(r odoo.Reader) odoo.Reader {
			return askedForNewest{r, "stock.lot", func() {
				if armed.Load() && !slow.Swap(true) {
					p.Always(odooproxy.Model("stock.lot"), odooproxy.Slow(time.Hour))
				}
			}}
		}
	})
	defer proxy.Clear()
	busy := proxy.Always(looks, odooproxy.Slow(100*time.Millisecond))
	h.loaded()
	before := proxy.Seen(looks)
	h.eventually("products are slow", func() error {
		if n := proxy.Seen(looks) - before; n < 8 {
			return fmt.Errorf("asked %d times", n)
		}
		return nil
	})
	armed.Store(true)
	h.eventually("the newest lots are asked for", func() error {
		if !slow.Load() {
			return errors.New("not yet")
		}
		return nil
	})
	h.priceSeen("a price of a slow model", 600)
	busy()
	for i := range 5 {
		h.priceSeen("a price", 601+i)
	}
}

// askedForNewest tells when the newest rows of a model are about to be asked for.
type askedForNewest struct {
	odoo.Reader
	model string
	asked func()
}

func (r askedForNewest) SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) ([]odoo.Row, error) {
	if model == r.model && len(domain) == 0 && o.Order == "id desc" {
		r.asked()
	}
	return r.Reader.SearchRead(ctx, model, domain, fields, o)
}

// In a first load one collection that cannot be read stays loading, with its reason;
// the others are served.
func TestAFirstLoadOfOneThatCannotBeReadStopsNoOther(t *testing.T) {
	t.Parallel()
	var end func()
	h, _ := proxied(t, 17, func(_ *house, p *odooproxy.Proxy) {
		// Odoo describes a model's fields to everybody.
		end = p.Always(odooproxy.Both(odooproxy.Model("stock.lot"), odooproxy.Method("search_read", "search", "search_count")), odooproxy.Denied())
	})
	h.eventually("what shows no lot is loaded", func() error {
		for _, name := range []string{"products", "suppliers", "orders", "invoices", "locations"} {
			if s := h.engine.Status(name); !s.Loaded || s.Verified.IsZero() {
				return fmt.Errorf("%s is not loaded: %v", name, s.Degraded)
			}
		}
		if s := h.engine.Status("lots"); s.Loaded || len(s.Degraded) == 0 {
			return fmt.Errorf("lots are loaded: %t, and degraded by %v", s.Loaded, s.Degraded)
		}
		return nil
	})
	end()
	h.loaded()
	h.eventually("all is equal", h.equals)
}
