package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"odoomesh/internal/app"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/odoosim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when all that Odoo holds was made in these tests, and meshctl's time.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// sharedClock stands at noon, and runs from one o'clock on once the mesh begins: what
// Odoo holds then is old, and no look reads it again because it might be new. Odoo and
// the mesh share one, as clocks that disagree would be an exception in every test.
type sharedClock struct{ begun atomic.Pointer[time.Time] }

func (c *sharedClock) run() {
	now := clock.System{}.Now()
	c.begun.CompareAndSwap(nil, &now)
}

func (c *sharedClock) Now() time.Time {
	begun := c.begun.Load()
	if begun == nil {
		return noon
	}
	return noon.Add(time.Hour + clock.System{}.Now().Sub(*begun))
}

// site is a simulated Odoo with a whole mesh in front of it, which looks at it
// once and then leaves it alone: what meshctl shows is then what a test did.
type site struct {
	t    *testing.T
	sim  *odoosim.Sim
	url  string
	addr string
	// http is the mesh's address for REST.
	http string
	// clock is Odoo's and the mesh's.
	clock *sharedClock
	// spare are ids of products that can be deleted.
	spare []int64
}

func newSite(t *testing.T, products, spare int, tune func(*config.Config)) *site {
	t.Helper()
	return newOdoo(t, products, spare).meshed(tune)
}

// newHospital is a site whose Odoo has stock, and a history of it.
func newHospital(t *testing.T, products int, tune func(*config.Config)) *site {
	t.Helper()
	s := emptyOdoo(t)
	if err := s.sim.LoadHospital(products); err != nil {
		t.Fatal(err)
	}
	return s.meshed(tune)
}

// meshed puts a mesh in front of the site's Odoo.
func (s *site) meshed(tune func(*config.Config)) *site {
	t := s.t
	t.Helper()
	c := config.Default()
	c.GRPCAddr, c.HTTPAddr, c.DataDir = "127.0.0.1:0", "127.0.0.1:0", t.TempDir()
	c.URL, c.Database, c.User, c.Password, c.Instance = s.url, "erp", "admin", "admin", "erp"
	c.MaxPerSecond, c.PollInterval, c.CensusInterval = 0, time.Hour, time.Hour
	if tune != nil {
		tune(&c)
	}
	s.clock.run()
	a, err := app.New(t.Context(), c, slog.New(slog.DiscardHandler), clock.Func(s.clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the mesh ended with %v", err)
		}
	})
	s.addr, s.http = a.GRPCAddr(), a.HTTPAddr()
	return s
}

// newOdoo is a simulated Odoo without a mesh. The spare products are those that
// nothing refers to, so that they can be deleted.
func newOdoo(t *testing.T, products, spare int) *site {
	t.Helper()
	s := emptyOdoo(t)
	if err := s.sim.LoadClinical(products); err != nil {
		t.Fatal(err)
	}
	s.do(func(tx *odoosim.Tx) error {
		for i := range spare {
			id, err := tx.Create("product.product", map[string]any{"name": fmt.Sprintf("Spare %03d", i)})
			if err != nil {
				return err
			}
			s.spare = append(s.spare, id)
		}
		return nil
	})
	return s
}

func emptyOdoo(t *testing.T) *site {
	t.Helper()
	shared := &sharedClock{}
	sim, err := odoosim.New(odoosim.Options{Version: 18, DB: "erp", User: "admin", Password: "admin", Clock: clock.Func(shared.Now)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return &site{t: t, sim: sim, url: server.URL, clock: shared}
}

// settled waits until everything was loaded, looked at and compared once. The next
// look is an hour away then.
func (s *site) settled(args ...string) *site {
	s.t.Helper()
	eventually(s.t, "the first comparison", func() bool {
		r := s.run(append([]string{"status", "-o", "json"}, args...)...)
		var status struct {
			Collections []struct {
				Drift        *struct{}
				VerifiedTime string
			}
		}
		if r.code != 0 || json.Unmarshal([]byte(r.out), &status) != nil {
			return false
		}
		for _, c := range status.Collections {
			if c.Drift == nil || c.VerifiedTime == "" {
				return false
			}
		}
		return len(status.Collections) > 0
	})
	return s
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline.C:
			t.Fatalf("%s never came", what)
		case <-tick.C:
		}
	}
}

// do changes Odoo as a person would.
func (s *site) do(fn func(tx *odoosim.Tx) error) {
	s.t.Helper()
	if err := s.sim.Do(fn); err != nil {
		s.t.Fatal(err)
	}
}

// result is what a run of meshctl left.
type result struct {
	code      int
	out, errs string
}

// run runs meshctl against the site.
func (s *site) run(args ...string) result {
	s.t.Helper()
	return meshctl(s.t, []string{"MESH_SERVER=" + s.addr}, args...)
}

// odoo runs meshctl against the site's Odoo.
func (s *site) odoo(args ...string) result {
	s.t.Helper()
	return meshctl(s.t, []string{"MESH_ODOO_PASSWORD=admin", "MESH_TOKEN=x", "MESH_SERVER=127.0.0.1:1"},
		append(args, "--odoo-url", s.url, "--odoo-db", "erp", "--odoo-user", "admin")...)
}

func meshctl(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, world{environ: environ, in: strings.NewReader(""), out: &out, errs: &errs, clock: clock.Func(atNoon)})
	return result{code, out.String(), errs.String()}
}

func (s *site) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}
