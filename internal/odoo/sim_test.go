package odoo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
)

// simulated is a simulated Odoo of a release with some clinical data, and the
// configuration of a client for it.
func simulated(t *testing.T, release int) (*odoosim.Sim, odoo.Config) {
	t.Helper()
	sim, err := odoosim.New(odoosim.Options{Version: release})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.LoadClinical(60); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	cfg := odoo.DefaultConfig()
	cfg.URL, cfg.Database, cfg.User, cfg.Password = server.URL, "sim", "mesh", "mesh"
	cfg.CallsPerSecond = 0
	return sim, cfg
}

func connect(t *testing.T, cfg odoo.Config) *odoo.Client {
	t.Helper()
	c, err := odoo.Connect(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestEveryReleaseIsRead(t *testing.T) {
	for release := odoo.OldestMajor; release <= odoo.NewestMajor; release++ {
		t.Run(fmt.Sprint(release), func(t *testing.T) {
			_, cfg := simulated(t, release)
			c := connect(t, cfg)
			ctx := context.Background()
			server, _ := c.Server()
			if server.Version.Major != release {
				t.Fatalf("connected to %v", server.Version)
			}
			count, err := c.SearchCount(ctx, "product.product", nil, odoo.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			products, err := c.SearchRead(ctx, "product.product", nil, []string{"name", "default_code", "uom_id", "active", "write_date"}, odoo.ReadOptions{Order: "id"})
			if err != nil || int64(len(products)) != count || count < 60 {
				t.Fatalf("read %d of %d products, %v", len(products), count, err)
			}
			for _, p := range products {
				_, nameErr := p.String("name")
				_, codeErr := p.Text("default_code")
				_, _, unitErr := p.Many2One("uom_id")
				_, activeErr := p.Bool("active")
				at, timeErr := p.Time("write_date")
				if err := errors.Join(nameErr, codeErr, unitErr, activeErr, timeErr); err != nil || at.IsZero() {
					t.Fatalf("product %d written at %v: %v", p.ID(), at, err)
				}
			}
			ids, err := c.Search(ctx, "product.product", nil, odoo.ReadOptions{Order: "id", Offset: 10, Limit: 5})
			if err != nil || len(ids) != 5 || ids[0] != products[10].ID() {
				t.Errorf("page of ids: %v, %v", ids, err)
			}
			rows, err := c.Read(ctx, "product.product", append(ids, 99_999_999), []string{"name"}, odoo.ReadOptions{})
			if err != nil || len(rows) != 5 {
				t.Errorf("read %d rows, %v", len(rows), err)
			}
			pack := odoo.PackFor(server.Version)
			unit := []string{"name", "factor"}
			for _, name := range []string{"category", "relative_unit"} {
				if field := pack.Field("uom.uom", name); field != "" {
					unit = append(unit, field)
				}
			}
			for model, names := range map[string][]string{"uom.uom": unit, "product.product": {"default_code", pack.Field("product.product", "storable")}} {
				fields, err := c.FieldsGet(ctx, model, []string{"type"})
				if err != nil {
					t.Fatal(err)
				}
				for _, name := range names {
					if _, there := fields[name]; !there {
						t.Errorf("%s has no %s", model, name)
					}
				}
			}
		})
	}
}

func TestWhatGoesWrongIsToldApart(t *testing.T) {
	sim, cfg := simulated(t, 18)
	sim.Faults().SlowFor(time.Minute)
	c := connect(t, cfg)
	ctx := context.Background()
	read := func(ctx context.Context) error {
		_, err := c.Search(ctx, "res.partner", nil, odoo.ReadOptions{Limit: 1})
		return err
	}
	troubles := []struct {
		name     string
		kind     odoosim.Kind
		want     string
		executed bool
	}{
		{"bad gateway", odoosim.BadGateway, "no answer", true},
		{"dropped before", odoosim.DropBefore, "no answer", true},
		{"dropped after the commit", odoosim.DropAfterCommit, "no answer", true},
		{"serialization", odoosim.Serialization, "contention", false},
		{"slow", odoosim.Slow, "timeout", true},
	}
	for _, tt := range troubles {
		t.Run(tt.name, func(t *testing.T) {
			defer sim.Faults().Clear()
			sim.Faults().FailNext(1, tt.kind)
			ctx := ctx
			if tt.kind == odoosim.Slow {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 500*time.Millisecond)
				defer cancel()
			}
			err := read(ctx)
			var transport *odoo.TransportError
			var fault *odoo.Fault
			got := ""
			switch {
			case errors.As(err, &transport):
				got = transport.Kind.String()
			case errors.As(err, &fault):
				got = fault.Kind.String()
			}
			if got != tt.want || odoo.MayHaveExecuted(err) != tt.executed {
				t.Errorf("got %v (may have executed: %t)", err, odoo.MayHaveExecuted(err))
			}
			if err := read(context.Background()); err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
	calls := []struct {
		name string
		call func() error
		kind odoo.FaultKind
	}{
		{"field", func() error {
			_, err := c.SearchRead(ctx, "res.partner", nil, []string{"no_such"}, odoo.ReadOptions{})
			return err
		}, odoo.UnknownField},
		{"model", func() error { _, err := c.Search(ctx, "no.such", nil, odoo.ReadOptions{}); return err }, odoo.UnknownModel},
		{"method", func() error { _, err := c.Call(ctx, "res.partner", "no_such", []any{[]any{}}, nil); return err }, odoo.UnknownMethod},
		{"record", func() error {
			_, err := c.CallOn(ctx, "res.partner", "write", []int64{99_999_999}, []any{map[string]any{"name": "x"}}, nil)
			return err
		}, odoo.Missing},
		{"external id", func() error {
			_, err := c.Call(ctx, "ir.model.data", "check_object_reference", []any{"mesh", "no_such"}, nil)
			return err
		}, odoo.Missing},
	}
	for _, tt := range calls {
		t.Run(tt.name, func(t *testing.T) {
			var fault *odoo.Fault
			if err := tt.call(); !errors.As(err, &fault) || fault.Kind != tt.kind {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
		})
	}
	reasons := map[odoo.ConnectReason]func(*odoo.Config){
		odoo.WrongCredentials: func(c *odoo.Config) { c.Password = "wrong" },
		odoo.NoSuchDatabase:   func(c *odoo.Config) { c.Database = "nodb" },
		odoo.NotOdoo:          func(c *odoo.Config) { c.URL += "/elsewhere" },
	}
	for reason, change := range reasons {
		changed := cfg
		change(&changed)
		_, err := odoo.Connect(ctx, changed)
		var got *odoo.ConnectError
		if !errors.As(err, &got) || got.Reason != reason {
			t.Errorf("got %v, want reason %d", err, reason)
		}
	}
	sim.Faults().Down(true)
	var down *odoo.ConnectError
	if _, err := c.Connect(ctx); !errors.As(err, &down) || down.Reason != odoo.Down {
		t.Errorf("got %v", err)
	}
	sim.Faults().Down(false)
	if _, err := c.Connect(ctx); err != nil {
		t.Errorf("connecting again: %v", err)
	}
}
