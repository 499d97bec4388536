package fingerprint_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/fingerprint"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
)

// house is a simulated Odoo with some orders, and a client of it.
type house struct {
	*odoo.Client
	t   *testing.T
	sim *odoosim.Sim
	now time.Time
	// rows, where it is set, answers in place of Odoo.
	rows func(model string) ([]odoo.Row, error, bool)
	// release and protocol, where they are set, are in place of Odoo's.
	release  odoo.Version
	protocol odoo.Protocol
}

func newHouse(t *testing.T, major int, user string) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)}
	c := clock.Func(func() time.Time { return h.now })
	var err error
	if h.sim, err = odoosim.New(odoosim.Options{Version: major, Clock: c}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h.sim)
	t.Cleanup(server.Close)
	cfg := odoo.DefaultConfig()
	cfg.URL, cfg.Database, cfg.User, cfg.Password, cfg.CallsPerSecond, cfg.Clock = server.URL, "sim", user, odoo.Secret(user), 0, c
	if h.Client, err = odoo.Connect(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	for range 3 {
		h.order()
	}
	return h
}

func (h *house) SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) ([]odoo.Row, error) {
	if h.rows != nil {
		if rows, err, is := h.rows(model); is {
			return rows, err
		}
	}
	return h.Client.SearchRead(ctx, model, domain, fields, o)
}

func (h *house) Version(ctx context.Context) (odoo.Version, error) {
	if h.release.Major != 0 {
		return h.release, nil
	}
	return h.Client.Version(ctx)
}

func (h *house) Server() (odoo.Server, bool) {
	s, known := h.Client.Server()
	if h.protocol != "" {
		s.Protocol = h.protocol
	}
	return s, known
}

func (h *house) do(fn func(tx *odoosim.Tx) error) {
	h.t.Helper()
	if err := h.sim.Do(fn); err != nil {
		h.t.Fatal(err)
	}
}

// order makes an order, a minute after what was before.
func (h *house) order() (id int64) {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	h.do(func(tx *odoosim.Tx) (err error) {
		id, err = tx.Create("purchase.order", map[string]any{"partner_id": 1})
		return err
	})
	return id
}

// note writes one of the mesh's own notes.
func (h *house) note(order int64) {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	if _, err := h.CallOn(h.t.Context(), "purchase.order", "message_post", []int64{order}, nil, map[string]any{"body": "done"}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) look(kept *fingerprint.Finding) fingerprint.Finding {
	h.t.Helper()
	f := fingerprint.Finding{}
	var err error
	if kept != nil {
		f = *kept
	}
	if f, err = fingerprint.Look(h.t.Context(), h, f.Print, fingerprint.SignIn); err != nil {
		h.t.Fatal(err)
	}
	return f
}

func TestAnOdooThatIsNotTheOneThatItWasIsNoticed(t *testing.T) {
	cases := []struct {
		name string
		user string
		// before and after are what happens before and after the fingerprint is taken; a
		// backup is taken before both.
		before, after func(h *house, b odoosim.Backup)
		want          fingerprint.Kind
		says          string
	}{
		{name: "nothing happened", want: fingerprint.Same},
		{name: "a person works on", after: func(h *house, _ odoosim.Backup) { h.order() }, want: fingerprint.Same},
		{
			name:   "a person deletes the newest order",
			before: func(h *house, _ odoosim.Backup) { h.note(h.order()) },
			after: func(h *house, _ odoosim.Backup) {
				h.do(func(tx *odoosim.Tx) error {
					ids, err := tx.Search("purchase.order", nil)
					newest := ids[len(ids)-1:]
					if err == nil {
						_, err = tx.Call("purchase.order", "button_cancel", newest, nil)
					}
					if err == nil {
						err = tx.Unlink("purchase.order", newest)
					}
					return err
				})
			},
			want: fingerprint.Same,
		},
		{
			name:   "it is restored and an order is gone",
			before: func(h *house, _ odoosim.Backup) { h.order() },
			after:  func(h *house, b odoosim.Backup) { h.sim.Restore(b) },
			want:   fingerprint.Restored, says: "numbering",
		},
		{
			name:   "it is restored and as many orders are made again",
			before: func(h *house, _ odoosim.Backup) { h.order() },
			after:  func(h *house, b odoosim.Backup) { h.sim.Restore(b); h.order(); h.order() },
			want:   fingerprint.Restored, says: "no id is given twice",
		},
		{
			name:   "it is restored and nothing but a note is gone",
			before: func(h *house, _ odoosim.Backup) { h.note(1) },
			after:  func(h *house, b odoosim.Backup) { h.sim.Restore(b) },
			want:   fingerprint.Restored, says: "note",
		},
		{
			name: "it is a copy",
			after: func(h *house, _ odoosim.Backup) {
				if err := h.sim.BecomeCopy("another"); err != nil {
					h.t.Fatal(err)
				}
			},
			want: fingerprint.Copied, says: "UUID another",
		},
		{
			// Only an administrator may read the UUID.
			name: "it is a copy, for a plain user", user: "mesh",
			after: func(h *house, _ odoosim.Backup) {
				if err := h.sim.BecomeCopy("another"); err != nil {
					h.t.Fatal(err)
				}
			},
			want: fingerprint.Same,
		},
		{
			name:  "it is upgraded",
			after: func(h *house, _ odoosim.Backup) { h.release = odoo.Version{Major: 18} },
			want:  fingerprint.Upgraded, says: "It is Odoo 18.0, and was Odoo 17.0.",
		},
		{
			name: "a person sets a numbering back",
			after: func(h *house, _ odoosim.Backup) {
				h.rows = func(model string) ([]odoo.Row, error, bool) {
					return []odoo.Row{odoo.NewRow(model, map[string]any{"id": int64(1), "name": "Orders", "number_next_actual": int64(1)})}, nil, model == "ir.sequence"
				}
			},
			want: fingerprint.Same,
		},
		{
			name:   "the user may not read messages any more",
			before: func(h *house, _ odoosim.Backup) { h.note(1) },
			after: func(h *house, _ odoosim.Backup) {
				h.rows = func(model string) ([]odoo.Row, error, bool) {
					return nil, &odoo.Fault{Code: 4, Kind: odoo.AccessDenied}, model == "mail.message"
				}
			},
			want: fingerprint.Same,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.user == "" {
				c.user = "admin"
			}
			h := newHouse(t, 17, c.user)
			backup := h.sim.Backup()
			if c.before != nil {
				c.before(h, backup)
			}
			first := h.look(nil)
			if c.after != nil {
				c.after(h, backup)
			}
			glanced, err := fingerprint.Look(t.Context(), h, first.Print, fingerprint.Glance)
			if atGlance := c.want == fingerprint.Restored; err != nil || (glanced.Kind == fingerprint.Restored) != atGlance {
				t.Errorf("at a glance: %v, %v: %q", glanced.Kind, err, glanced.Evidence)
			}
			got := h.look(&first)
			if got.Kind != c.want || !got.Certain || c.says != "" && !strings.Contains(strings.Join(got.Evidence, " "), c.says) || c.want == fingerprint.Same && len(got.Evidence) > 0 {
				t.Errorf("%v, certain %v: %q", got.Kind, got.Certain, got.Evidence)
			}
			if again := h.look(&got); c.want == fingerprint.Same && again.Kind != fingerprint.Same {
				t.Errorf("looked at once more: %q", again.Evidence)
			}
		})
	}
}

// A command waits for a glance: it is one call, and remembers nothing.
func TestAGlanceIsOneCall(t *testing.T) {
	h := newHouse(t, 17, "mesh")
	h.note(1)
	first := h.look(nil)
	h.order()
	asked := map[string]int{}
	h.rows = func(model string) ([]odoo.Row, error, bool) {
		asked[model]++
		return nil, nil, false
	}
	glanced, err := fingerprint.Look(t.Context(), h, first.Print, fingerprint.Glance)
	if err != nil || glanced.Kind != fingerprint.Same || glanced.Print != first.Print {
		t.Errorf("%+v, %v", glanced, err)
	}
	if len(asked) != 1 || asked["mail.message"] != 1 {
		t.Errorf("%v", asked)
	}
}

// What is missing in an answer over JSON-2 may be on its way to a replica; an id that is
// given twice is on no replica.
func TestWhatAReplicaMayLackIsNotCertain(t *testing.T) {
	h := newHouse(t, 19, "mesh")
	h.protocol = odoo.JSON2
	backup := h.sim.Backup()
	h.order()
	first := h.look(nil)
	h.sim.Restore(backup)
	if got := h.look(&first); got.Kind != fingerprint.Restored || got.Certain {
		t.Errorf("certain %v: %q", got.Certain, got.Evidence)
	}
	h.order()
	if got := h.look(&first); got.Kind != fingerprint.Restored || !got.Certain {
		t.Errorf("certain %v: %q", got.Certain, got.Evidence)
	}
}

// A movement that is done is gone: Odoo deletes none. Where its company cannot be seen
// any more, that shows nothing.
func TestDoneMovementsDoNotVanish(t *testing.T) {
	for _, release := range []int{16, 19} {
		t.Run(fmt.Sprint(release), func(t *testing.T) {
			h := newHouse(t, release, "mesh")
			moves := []int64{7, 8}
			h.rows = func(model string) ([]odoo.Row, error, bool) {
				var rows []odoo.Row
				for _, id := range slices.Backward(moves) {
					rows = append(rows, odoo.NewRow(model, map[string]any{"id": id, "create_date": "2026-11-29 08:00:00", "company_id": []any{int64(1), "Us"}}))
				}
				return rows, nil, model == "stock.move"
			}
			first := h.look(nil)
			moves = moves[:1]
			if got := h.look(&first); got.Kind != fingerprint.Restored || !strings.Contains(got.Evidence[0], "The movement 8 ") {
				t.Errorf("%v: %q", got.Kind, got.Evidence)
			}
			moves = nil
			if got := h.look(&first); got.Kind != fingerprint.Same {
				t.Errorf("%v: %q", got.Kind, got.Evidence)
			}
		})
	}
}

// Where people write much, the mesh's own notes are remembered beside the newest messages.
func TestTheMeshsOwnNotesAreRememberedLonger(t *testing.T) {
	h := newHouse(t, 17, "mesh")
	h.note(1)
	first := h.look(nil)
	h.do(func(tx *odoosim.Tx) (err error) {
		for range 30 {
			if err == nil {
				_, err = tx.Call("purchase.order", "message_post", []int64{2}, nil)
			}
		}
		return err
	})
	second := h.look(&first)
	if second.Kind != fingerprint.Same {
		t.Fatalf("%q", second.Evidence)
	}
	h.do(func(tx *odoosim.Tx) error {
		ids, err := tx.Search("mail.message", []any{[]any{"res_id", "=", 1}})
		if err == nil {
			err = tx.Unlink("mail.message", ids)
		}
		return err
	})
	if got := h.look(&second); got.Kind != fingerprint.Restored {
		t.Errorf("%v: %q", got.Kind, got.Evidence)
	}
}
