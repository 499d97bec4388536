package odookey

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/secret"
)

const firstKey = "0123456789abcdef0123456789abcdef01234567"

// house is a simulated Odoo whose user has a key of ninety days, and the file with it.
type house struct {
	t    *testing.T
	sim  *odoosim.Sim
	url  string
	file string
	now  time.Time
	log  bytes.Buffer
}

func newHouse(t *testing.T, o odoosim.Options) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), file: filepath.Join(t.TempDir(), "key")}
	o.Clock, o.KeyOf = h.clock(), "mesh"
	var err error
	if h.sim, err = odoosim.New(o); err != nil {
		t.Fatal(err)
	}
	h.sim.SetAPIKeyUntil(firstKey, h.now.Add(90*day))
	server := httptest.NewServer(h.sim)
	t.Cleanup(server.Close)
	h.url = server.URL
	h.write(firstKey + "\n")
	return h
}

func (h *house) clock() clock.Clock { return clock.Func(func() time.Time { return h.now }) }

func (h *house) write(text string) {
	h.t.Helper()
	if err := os.WriteFile(h.file, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// start is what a process does: it reads the file, signs in, and makes a keeper.
func (h *house) start(change func(*Config)) *Keeper {
	h.t.Helper()
	file := secret.NewFile(h.file)
	password, err := file.Read()
	if err != nil {
		h.t.Fatal(err)
	}
	cfg := odoo.DefaultConfig()
	cfg.URL, cfg.Database, cfg.User, cfg.Password, cfg.Passwords, cfg.Clock, cfg.CallsPerSecond = h.url, "sim", "mesh", password, file, h.clock(), 0
	client, err := odoo.Connect(h.t.Context(), cfg)
	if err != nil {
		h.t.Fatalf("the key in the file does not work: %v", err)
	}
	h.t.Cleanup(client.Close)
	c := Config{Client: client, File: h.file, Rotate: true, Clock: h.clock(), Logger: slog.New(slog.NewTextHandler(&h.log, nil)), Registerer: prometheus.NewRegistry()}
	if change != nil {
		change(&c)
	}
	k, err := New(c)
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

func (h *house) key() string {
	h.t.Helper()
	is, err := readKeyFile(h.file)
	if err != nil {
		h.t.Fatal(err)
	}
	return is.key.Reveal()
}

// settled wants one key in Odoo, that in the file, and nothing beside the file.
func (h *house) settled(name string) {
	h.t.Helper()
	if keys := h.sim.APIKeys(); len(keys) != 1 || keys[0] != h.key() {
		h.t.Errorf("%s: Odoo has %d keys, and the file has one of them: %t", name, len(keys), slices.Contains(keys, h.key()))
	}
	entries, err := os.ReadDir(filepath.Dir(h.file))
	if err != nil || len(entries) != 1 {
		h.t.Errorf("%s: left beside the file: %v, %v", name, entries, err)
	}
}

// A key is replaced when most of its life is over, and so is the one that took its place.
func TestAKeyIsReplacedBeforeItEnds(t *testing.T) {
	h := newHouse(t, odoosim.Options{Version: 19})
	h.sim.AllowKeys(true)
	k := h.start(nil)
	used := []string{firstKey}
	for range 3 {
		h.now = h.now.Add(62 * day) // of ninety, 63 are 70 %
		if err := k.Look(t.Context()); err != nil || h.key() != used[len(used)-1] {
			t.Fatalf("it was replaced too early, %v", err)
		}
		if _, _, ending := k.Ending(); ending {
			t.Error("it is warned of too early")
		}
		h.now = h.now.Add(2 * day)
		if err := k.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(used, h.key()) {
			t.Fatal("it was not replaced")
		}
		if found, problem, ending := k.Ending(); ending {
			t.Errorf("it is warned of: %s, %s", found, problem)
		}
		used = append(used, h.key())
		h.settled("after a rotation")
		h.start(nil) // a process that starts now signs in
	}
	for _, key := range used {
		if strings.Contains(h.log.String(), key) {
			t.Error("the log has a key")
		}
	}
	if info, err := os.Stat(h.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}

var errKilled = errors.New("killed")

// The process is killed between any two steps: the key in the file works, and the next
// process finishes what was begun.
func TestAKillLeavesAKeyThatWorks(t *testing.T) {
	for _, step := range []string{"made", "kept", "tried", "old one kept", "swapped", "signed in", "revoked"} {
		for again := range 2 { // and where the next process is killed there, too
			h := newHouse(t, odoosim.Options{Version: 19})
			h.sim.AllowKeys(true)
			h.now = h.now.Add(70 * day)
			reached := false
			for range 1 + again {
				k, killed := h.start(nil), false
				k.onStep = func(at string) error {
					if at == step {
						killed, reached = true, true
						return errKilled
					}
					return nil
				}
				if err := k.Look(t.Context()); killed != errors.Is(err, errKilled) {
					t.Errorf("%s: %v", step, err)
				}
			}
			if !reached {
				t.Fatalf("there is no step %q", step)
			}
			k := h.start(nil)
			if err := k.Look(t.Context()); err != nil {
				t.Fatalf("%s: %v", step, err)
			}
			h.start(nil)
			if h.key() == firstKey || slices.Contains(h.sim.APIKeys(), firstKey) {
				t.Errorf("%s: the first key is in use, or not revoked", step)
			}
			if step == "made" {
				continue // a key is left in Odoo that nobody knows; it ends by itself
			}
			h.settled(step)
		}
	}
}

// Where Odoo lets no program make keys, the end is warned of, and nothing is changed.
func TestAKeyThatCannotBeReplacedIsWarnedOf(t *testing.T) {
	for _, tt := range []struct {
		name  string
		odoo  odoosim.Options
		spoil func(*house)
		keep  func(*Config)
		want  string
	}{
		{name: "not allowed", odoo: odoosim.Options{Version: 19}, want: "Programmatic API keys are not enabled"},
		{name: "not known", odoo: odoosim.Options{Version: 19, KeysByHandAlone: true}, want: "May 2026"},
		{name: "not asked for", odoo: odoosim.Options{Version: 19}, keep: func(c *Config) { c.Rotate = false }},
		{name: "Odoo 18", odoo: odoosim.Options{Version: 18}, spoil: func(h *house) { h.sim.SetPassword("mesh", firstKey) }, want: "May 2026"},
		{name: "no room beside the file", odoo: odoosim.Options{Version: 19}, want: "key.next", spoil: func(h *house) {
			h.sim.AllowKeys(true)
			if err := os.Mkdir(h.file+nextFile, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(h.file+nextFile, "x"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t, tt.odoo)
			if tt.spoil != nil {
				tt.spoil(h)
			}
			k := h.start(tt.keep)
			h.now = h.now.Add(70 * day)
			for range 2 {
				if err := k.Look(t.Context()); (err == nil) != (tt.want == "") {
					t.Errorf("got %v", err)
				}
			}
			found, problem, ending := k.Ending()
			if !ending || !strings.Contains(found, "2027-02-21") || !strings.Contains(problem, tt.want) {
				t.Errorf("got %q, %q, %t", found, problem, ending)
			}
			if lines := strings.Count(h.log.String(), "level=WARN"); lines != 1 {
				t.Errorf("the log warns %d times:\n%s", lines, h.log.String())
			}
			if strings.Contains(h.log.String()+found+problem, firstKey) {
				t.Error("the key shows")
			}
			if h.key() != firstKey || len(h.sim.APIKeys()) != 1 {
				t.Error("something was changed")
			}
		})
	}
}

func TestAPasswordAgesWithItsFile(t *testing.T) {
	h := newHouse(t, odoosim.Options{Version: 16})
	h.write("mesh\n")
	if err := os.Chtimes(h.file, h.now, h.now); err != nil {
		t.Fatal(err)
	}
	k := h.start(func(c *Config) { c.Rotate, c.MaxAge = false, 100*day })
	for _, tt := range []struct {
		days   time.Duration
		ending bool
	}{{69, false}, {71, true}, {140, true}} {
		h.now = h.now.Add(tt.days*day - h.now.Sub(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)))
		if err := k.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if found, _, ending := k.Ending(); ending != tt.ending {
			t.Errorf("after %d days: %q, %t", tt.days, found, ending)
		}
	}
	got, err := k.Registerer.(*prometheus.Registry).Gather()
	if err != nil || len(got) != 1 || got[0].GetName() != "mesh_odoo_password_expiry_seconds" || got[0].GetMetric()[0].GetGauge().GetValue() != -40*86400 {
		t.Errorf("the metrics are %v, %v", got, err)
	}
	// Nobody says how long it may be used.
	k = h.start(func(c *Config) { c.Rotate = false })
	if err := k.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, ending := k.Ending(); ending {
		t.Error("what nobody knows is warned of")
	}
}

func TestLookingWaitsForOdoo(t *testing.T) {
	cfg := odoo.DefaultConfig()
	cfg.URL, cfg.Database, cfg.User, cfg.Password = "http://127.0.0.1:1", "sim", "mesh", firstKey
	client, err := odoo.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	k, err := New(Config{Client: client, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := k.Look(ctx); !errors.Is(err, odoo.ErrNotConnected) {
		t.Errorf("got %v", err)
	}
	cancel()
	if err := k.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
