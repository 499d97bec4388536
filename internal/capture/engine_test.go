package capture_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/clock"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/race"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services"
)

// house is a simulated Odoo with a capture beside it.
type house struct {
	t     *testing.T
	ahead atomic.Int64
	// behind is how far the clock of Odoo's database is behind the mesh's.
	behind atomic.Int64
	// future is how far ahead of that a row is stamped, as an import with a wrong clock does.
	future atomic.Int64
	tune   func(*capture.Config)
	// meanwhile is what happens while a test waits; nil lets Odoo's time go on.
	meanwhile func()
	// around puts a test between capture and Odoo; nil lets all through.
	around func(*capture.Connection)
	// refusing puts a test between the mapping and Odoo's rows; nil lets all through.
	refusing func(odoo.Reader) odoo.Reader
	// prepare is called before the first start; it may spoil what comes through the proxy.
	prepare func(*house, *odooproxy.Proxy)
	// timeout is how long capture waits for an answer of Odoo; 0 is the client's default.
	timeout time.Duration
	// only names the domains that are captured; nil is all.
	only []string
	sim  *odoosim.Sim
	// proxy stands between capture and Odoo.
	proxy *odooproxy.Proxy
	url   string
	dir   string
	// said is what capture has logged.
	said   shared
	log    *badgerstore.Log
	cache  *badgerstore.Cache
	engine *capture.Engine
	stop   func()
	done   chan error
}

// shared is a text that is written and read at once.
type shared struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// newHouse starts a simulated Odoo with a hospital's catalogue, and captures its
// products and suppliers.
func newHouse(t *testing.T, version, products int) *house {
	t.Helper()
	return openHouse(&house{t: t, dir: t.TempDir(), only: []string{"product", "supplier"}}, version, products)
}

// newWholeHouse captures everything.
func newWholeHouse(t *testing.T, version, products int) *house {
	t.Helper()
	return openHouse(&house{t: t, dir: t.TempDir()}, version, products)
}

func openHouse(h *house, version, products int) *house {
	t := h.t
	t.Helper()
	sim, err := odoosim.New(odoosim.Options{Version: version, Clock: clock.Func(h.stamp)})
	if err != nil {
		t.Fatal(err)
	}
	load := sim.LoadHospital
	if h.only != nil {
		load = sim.LoadClinical
	}
	// What capture finds at its start is older than this moment as a rule; what was written in
	// it is read again and again until nobody else can have written in it, too.
	h.future.Add(-int64(time.Hour))
	if err := load(products); err != nil {
		t.Fatal(err)
	}
	h.future.Add(int64(time.Hour))
	h.sim, h.proxy = sim, odooproxy.New(sim)
	server := httptest.NewServer(h.proxy)
	t.Cleanup(server.Close)
	h.url = server.URL
	if h.prepare != nil {
		h.prepare(h, h.proxy)
	}
	h.start()
	t.Cleanup(func() { h.halt() })
	return h
}

func (h *house) domains() []services.Domain {
	return slices.DeleteFunc(services.All(), func(d services.Domain) bool { return h.only != nil && !slices.Contains(h.only, d.Name) })
}

// now is the mesh's time. It moves only when the test waits or moves it.
func (h *house) now() time.Time {
	return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Add(time.Duration(h.ahead.Load()))
}

// odooNow is the time of Odoo's database.
func (h *house) odooNow() time.Time { return h.now().Add(-time.Duration(h.behind.Load())) }

// stamp is the time that Odoo writes into rows.
func (h *house) stamp() time.Time { return h.odooNow().Add(time.Duration(h.future.Load())) }

// later moves the time.
func (h *house) later(d time.Duration) { h.ahead.Add(int64(d)) }

// start opens the stores and captures, as a new process would.
func (h *house) start() {
	h.t.Helper()
	var err error
	if h.log, err = badgerstore.OpenLog(filepath.Join(h.dir, "log"), badgerstore.LogOptions{}); err != nil {
		h.t.Fatal(err)
	}
	if h.cache, err = badgerstore.OpenCache(filepath.Join(h.dir, "cache"), badgerstore.CacheOptions{}); err != nil {
		h.t.Fatal(err)
	}
	client := h.client()
	var collections []*reconcile.Collection
	for _, d := range h.domains() {
		for _, c := range d.Collections {
			col, err := reconcile.NewCollection(c.Name, c.Record.ProtoReflect().Type())
			if err != nil {
				h.t.Fatal(err)
			}
			collections = append(collections, col)
		}
	}
	settings := capture.Config{
		Log: h.log, Cache: h.cache, Collections: collections, Clock: clock.Func(h.now),
		Logger:  slog.New(slog.NewTextHandler(io.MultiWriter(h.t.Output(), &h.said), nil)),
		Connect: func(ctx context.Context) (*capture.Connection, error) { return h.connect(ctx, client) },
		Poll:    10 * time.Millisecond, Seldom: 10 * time.Millisecond, Reach: 500 * time.Millisecond, Count: 20 * time.Millisecond,
		Overlap: time.Minute, Part: 8, Census: 200 * time.Millisecond,
	}
	if h.tune != nil {
		h.tune(&settings)
	}
	h.engine = capture.New(settings)
	if err := h.engine.Open(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.done = make(chan error, 1)
	go func() { h.done <- h.engine.Run(ctx) }()
	h.stop = func() { cancel(); client.Close() }
}

func (h *house) client() *odoo.Client {
	h.t.Helper()
	c := odoo.DefaultConfig()
	c.URL, c.Database, c.User, c.Password, c.CallsPerSecond = h.url, "sim", "admin", "admin", 0
	if h.timeout > 0 {
		c.Timeout = h.timeout
	}
	client, err := odoo.New(c)
	if err != nil {
		h.t.Fatal(err)
	}
	return client
}

// connect is what a sign-in to the simulated Odoo gives capture. The clocks of mesh
// and database are one here.
func (h *house) connect(ctx context.Context, client *odoo.Client) (*capture.Connection, error) {
	sources, err := h.sources(ctx, client)
	if err != nil {
		return nil, err
	}
	c := &capture.Connection{
		Tables: odoo.NewTables(h.reader(client)), Records: map[string]capture.Records{}, Header: client.LastServerTime,
		SignIn: func(context.Context) (*capture.Evidence, error) { return h.evidence(), nil }, Evidence: h.evidence(),
	}
	for name, s := range sources {
		c.Records[name] = s
	}
	if h.around != nil {
		h.around(c)
	}
	return c, nil
}

func (h *house) sources(ctx context.Context, client *odoo.Client) (map[string]*mapping.Reader, error) {
	server, err := client.Connect(ctx)
	if err != nil {
		return nil, err
	}
	sources := map[string]*mapping.Reader{}
	for _, d := range h.domains() {
		for _, c := range d.Collections {
			spec, err := c.Spec()
			if err != nil {
				return nil, err
			}
			plan, err := mapping.Fit(ctx, spec, server.Version.Major, c.Record.ProtoReflect().Type(), c.Name, client)
			var missing *mapping.MissingError
			if errors.As(err, &missing) {
				return nil, &capture.FatalError{Err: err}
			}
			if err != nil {
				return nil, err
			}
			sources[c.Name] = mapping.NewReader(plan, h.reader(client))
		}
	}
	return sources, nil
}

func (h *house) evidence() *capture.Evidence {
	now := h.now()
	return &capture.Evidence{Before: now, After: now, Database: h.odooNow().Truncate(time.Second)}
}

// reader is what capture reads rows through.
func (h *house) reader(client *odoo.Client) odoo.Reader {
	if h.refusing == nil {
		return client
	}
	return h.refusing(client)
}

// halt ends the capture and closes the stores.
func (h *house) halt() {
	if h.stop == nil {
		return
	}
	h.stop()
	if err := <-h.done; !errors.Is(err, context.Canceled) {
		h.t.Errorf("capture ended with %v", err)
	}
	if err := errors.Join(h.cache.Close(), h.log.Close()); err != nil {
		h.t.Error(err)
	}
	h.stop = nil
}

// patience is how long a condition may take to come true on a busy machine, and
// wholeSweep how much of the mesh's time in any case: until then everything that is made
// of several rows is read once more.
const (
	patience   = 3 * time.Minute
	wholeSweep = 12 * time.Minute
)

// eventually waits until a condition holds.
func (h *house) eventually(what string, holds func() error) {
	h.t.Helper()
	began, since := time.Now(), h.now()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var err error
	var next time.Time
	for {
		// Comparing everything is work for the same Odoo: capture gets twice the time of it.
		if now := time.Now(); now.After(next) {
			if err = holds(); err == nil {
				return
			}
			moved := h.now().Sub(since)
			if time.Since(began) > patience && (moved == 0 || moved > wholeSweep) {
				h.t.Fatalf("%s: %v", what, err)
			}
			next = time.Now().Add(2 * time.Since(now))
		}
		select {
		case <-tick.C:
			if h.meanwhile != nil {
				h.meanwhile()
			} else {
				h.later(20 * time.Millisecond)
			}
		case ended := <-h.done:
			h.stop = nil
			h.t.Fatalf("%s: capture ended with %v", what, ended)
		}
	}
}

// do changes Odoo as a person would.
func (h *house) do(fn func(tx *odoosim.Tx) error) {
	h.t.Helper()
	if err := h.sim.Do(fn); err != nil {
		h.t.Fatal(err)
	}
}

// product is a product as the cache has it.
func (h *house) product(id int64) (*productv1.Product, error) {
	raw, err := h.cache.Get("products", resource.Key(id))
	if err != nil {
		return nil, err
	}
	var kept internalv1.CacheRecord
	if err := proto.Unmarshal(raw, &kept); err != nil {
		return nil, err
	}
	p := &productv1.Product{}
	return p, proto.Unmarshal(kept.GetBody(), p)
}

// holds says whether the cache has at least so many records of a collection.
func (h *house) holds(collection string, n int64) func() error {
	return func() error {
		if have := h.cache.Count(collection); have < n {
			return fmt.Errorf("the cache has %d %s", have, collection)
		}
		return nil
	}
}

// loaded waits for the first load.
func (h *house) loaded() {
	h.t.Helper()
	h.eventually("loading", func() error {
		for _, s := range h.engine.Statuses() {
			if !s.Loaded || s.Verified.IsZero() {
				return fmt.Errorf("%s is not loaded", s.Collection)
			}
		}
		return nil
	})
}

// equals compares the cache with Odoo, record for record.
func (h *house) equals() error {
	client := h.client()
	defer client.Close()
	sources, err := h.sources(h.t.Context(), client)
	if err != nil {
		return err
	}
	for name, s := range sources {
		if err := h.collectionEquals(name, s, odoo.NewTables(client)); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) collectionEquals(name string, s *mapping.Reader, tables odoo.Tables) error {
	ids, err := tables.RowIDs(h.t.Context(), s.Model(), 0, 1_000_000)
	if err != nil {
		return err
	}
	keys, err := s.Keys(h.t.Context(), ids)
	if err != nil {
		return err
	}
	records, err := s.Fetch(h.t.Context(), keys)
	if err != nil {
		return err
	}
	if have := h.cache.Count(name); have != int64(len(records)) {
		return fmt.Errorf("the cache has %d %s, Odoo %d", have, name, len(records))
	}
	snapshot := h.cache.Snapshot()
	defer snapshot.Close()
	for _, want := range records {
		raw, err := snapshot.Get(name, want.Key)
		if err != nil {
			return fmt.Errorf("%s: %w", resource.NameOf(name, want.Key), err)
		}
		var kept internalv1.CacheRecord
		have := want.Message.ProtoReflect().New().Interface()
		if err := errors.Join(proto.Unmarshal(raw, &kept), proto.Unmarshal(kept.GetBody(), have)); err != nil {
			return err
		}
		for _, m := range []proto.Message{want.Message, have} {
			// A write that changes nothing moves the stamp, and is no change.
			m.ProtoReflect().Clear(m.ProtoReflect().Descriptor().Fields().ByName("update_time"))
		}
		// Telling the difference takes a hundred times as long as finding that there is none.
		if !proto.Equal(want.Message, have) {
			return fmt.Errorf("%s differs (-Odoo +cache):\n%s", resource.NameOf(name, want.Key), cmp.Diff(want.Message, have, protocmp.Transform()))
		}
	}
	return nil
}

func versions(t *testing.T, test func(t *testing.T, version int)) {
	for _, version := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprintf("Odoo %d", version), func(t *testing.T) {
			t.Parallel()
			test(t, version)
		})
	}
}

func TestFirstLoadEqualsOdoo(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		h := newWholeHouse(t, version, 60)
		h.loaded()
		if err := h.equals(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestEveryKindOfChangeIsSeen(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		h := newHouse(t, version, 40)
		h.loaded()
		var product, template, price, other int64
		h.do(func(tx *odoosim.Tx) error {
			ids, err := tx.Search("product.supplierinfo", []any{})
			if err != nil {
				return err
			}
			rows, err := tx.Read("product.supplierinfo", ids[:1], []string{"product_tmpl_id"})
			if err != nil {
				return err
			}
			price = ids[0]
			template = first(rows[0]["product_tmpl_id"])
			products, err := tx.Search("product.product", []any{[]any{"product_tmpl_id", "=", template}})
			if err != nil {
				return err
			}
			product = products[0]
			rest, err := tx.Search("product.product", []any{[]any{"product_tmpl_id", "!=", template}})
			other = rest[0]
			return err
		})
		steps := []struct {
			name string
			do   func(tx *odoosim.Tx) error
		}{
			{"the product's own field", func(tx *odoosim.Tx) error {
				return tx.Write("product.product", []int64{product}, map[string]any{"default_code": "NEW-1"})
			}},
			{"its template", func(tx *odoosim.Tx) error {
				return tx.Write("product.template", []int64{template}, map[string]any{"list_price": 77.5})
			}},
			{"a supplier's price", func(tx *odoosim.Tx) error {
				return tx.Write("product.supplierinfo", []int64{price}, map[string]any{"price": 3.3000000000000003})
			}},
			{"a new product", func(tx *odoosim.Tx) error {
				_, err := tx.Create("product.product", map[string]any{"name": "Saline 0.9 %", "default_code": "S-NEW"})
				return err
			}},
			{"archiving", func(tx *odoosim.Tx) error {
				return tx.Write("product.product", []int64{product}, map[string]any{"active": false})
			}},
			{"a price that is deleted without a trace", func(tx *odoosim.Tx) error {
				return tx.Unlink("product.supplierinfo", []int64{price})
			}},
			{"a product that is deleted without a trace", func(tx *odoosim.Tx) error {
				return tx.Unlink("product.product", []int64{other})
			}},
		}
		for _, step := range steps {
			h.do(step.do)
			h.eventually(step.name, h.equals)
		}
		if _, err := h.product(other); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the deleted product is still there: %v", err)
		}
	})
}

// first is the id of a many2one as the simulation reads it.
func first(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case []any:
		return v[0].(int64)
	}
	return 0
}

// transactionsLast is a house in which a transaction may last so long, and in which no
// sweep finds what the looks have missed. Waiting moves the time, four times as fast as
// the clock on the wall: where a transaction stays open over waits that a busy machine
// makes long, an overlap of minutes would be over before it commits.
func transactionsLast(t *testing.T, overlap time.Duration) *house {
	t.Helper()
	return openHouse(&house{t: t, dir: t.TempDir(), only: []string{"product", "supplier"}, tune: func(c *capture.Config) {
		c.Overlap, c.Sweep = overlap, 100*time.Hour
	}}, 17, 30)
}

func TestLateCommitWithAnOldStampIsSeen(t *testing.T) {
	t.Parallel()
	h := transactionsLast(t, time.Hour)
	h.loaded()
	// The late stamp lies in another second than those of the rows that it writes.
	h.later(3 * time.Second)
	late := h.sim.Begin()
	// Others commit meanwhile, so that the newest stamp passes the late one's.
	for i := range 3 {
		h.do(func(tx *odoosim.Tx) error {
			return tx.Write("product.product", []int64{5}, map[string]any{"default_code": fmt.Sprintf("EARLY-%d", i)})
		})
		h.eventually("the early change", h.equals)
	}
	if err := late.Write("product.product", []int64{7}, map[string]any{"default_code": "LATE"}); err != nil {
		t.Fatal(err)
	}
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	h.eventually("the late commit", h.equals)
}

// A write under a stamp that was seen already, by a transaction that began in the
// same second and ended long after it, shows in no stamp at all: it is found one
// overlap after the stamp was first seen.
func TestLateCommitUnderAStampThatWasSeenIsHealedWithinOneOverlap(t *testing.T) {
	t.Parallel()
	const overlap = 2 * time.Hour
	h := transactionsLast(t, overlap)
	h.loaded()
	h.later(time.Second)
	late := h.sim.Begin()
	h.do(func(tx *odoosim.Tx) error { // in the same second
		return tx.Write("product.product", []int64{9}, map[string]any{"default_code": "IN-TIME"})
	})
	h.eventually("a write under the stamp", h.equals)
	h.later(10 * time.Second)
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{5}, map[string]any{"default_code": "LATER"})
	})
	h.eventually("a later write", h.equals)
	if err := late.Write("product.product", []int64{9}, map[string]any{"default_code": "LATE"}); err != nil {
		t.Fatal(err)
	}
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	h.later(overlap)
	h.eventually("the late write", h.equals)
}

func TestNoOpWriteMakesNoChange(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 30)
	h.loaded()
	head := h.log.Head()
	before, err := h.product(5)
	if err != nil {
		t.Fatal(err)
	}
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{5}, map[string]any{"default_code": before.GetSku()})
	})
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{6}, map[string]any{"default_code": "REALLY"})
	})
	h.eventually("the real change", h.equals)
	if got := h.log.Head(); got != head+1 {
		t.Errorf("the log grew by %d entries, want 1", got-head)
	}
}

func TestRestartCatchesUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 60)
	h.loaded()
	h.halt()
	h.do(func(tx *odoosim.Tx) error {
		if err := tx.Write("product.product", []int64{5}, map[string]any{"default_code": "WHILE-AWAY"}); err != nil {
			return err
		}
		return tx.Unlink("product.product", []int64{9})
	})
	h.start()
	if s := h.engine.Status("products"); !s.Loaded || s.Records == 0 {
		t.Errorf("a warm cache does not serve at once: %+v", s)
	}
	h.eventually("catching up", h.equals)
}

func TestOdooThatGoesAndComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 30)
	h.loaded()
	h.sim.Faults().Down(true)
	h.eventually("noticing", func() error {
		if h.engine.Status("products").Reachable {
			return errors.New("Odoo still counts as reachable")
		}
		return nil
	})
	if _, err := h.product(5); err != nil {
		t.Errorf("reading while Odoo is down: %v", err)
	}
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{5}, map[string]any{"default_code": "BACK"})
	})
	h.sim.Faults().Down(false)
	h.eventually("catching up", h.equals)
}

func TestMassDeletionIsHeldBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 17, 150)
	h.loaded()
	before := h.cache.Count("products")
	h.do(func(tx *odoosim.Tx) error {
		ids, err := tx.Search("product.product", []any{[]any{"id", ">", int64(20)}})
		if err != nil {
			return err
		}
		return tx.Unlink("product.product", ids)
	})
	h.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{5}, map[string]any{"default_code": "AFTER"})
	})
	h.eventually("the change after", func() error {
		p, err := h.product(5)
		if err != nil || p.GetSku() != "AFTER" {
			return fmt.Errorf("%v %w", p.GetSku(), err)
		}
		return nil
	})
	if now := h.cache.Count("products"); now != before {
		t.Errorf("%d products are left of %d: a mass deletion was carried out", now, before)
	}
}
