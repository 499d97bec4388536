package odoo_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
)

// clocked is a client of a simulated Odoo, both by one clock.
func clocked(t *testing.T, now *time.Time) (*odoosim.Sim, odoo.Config) {
	t.Helper()
	c := clock.Func(func() time.Time { return *now })
	sim, err := odoosim.New(odoosim.Options{Version: 18, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	cfg := odoo.DefaultConfig()
	cfg.URL, cfg.Database, cfg.User, cfg.Password = server.URL, "sim", "mesh", "mesh"
	cfg.CallsPerSecond, cfg.Clock = 0, c
	return sim, cfg
}

func TestASignInTellsTheDatabasesTime(t *testing.T) {
	now := time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC)
	_, cfg := clocked(t, &now)
	client := connect(t, cfg)
	now = now.Add(time.Hour)
	ctx := context.Background()
	if e := client.Evidence(ctx); !e.LoginDate.Equal(now.Add(-time.Hour)) || !e.Before.Equal(e.LoginDate) {
		t.Errorf("after connecting: %+v", e)
	}
	e, err := client.SignIn(ctx)
	if err != nil || !e.LoginDate.Equal(now) || !e.Before.Equal(now) || !e.After.Equal(now) {
		t.Errorf("after signing in at %s: %+v, %v", now, e, err)
	}
}

// Others who sign in from the same address are kept out for no longer than it takes
// to find out that the password is wrong, and the mesh comes back by itself.
func TestAWrongPasswordKeepsNobodyElseOut(t *testing.T) {
	now := time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC)
	sim, cfg := clocked(t, &now)
	client := connect(t, cfg)
	other := cfg
	other.User, other.Password = "guest", "guest"
	ctx := context.Background()
	sim.SetPassword("mesh", "another")
	kept := 0
	for range 600 {
		now = now.Add(time.Second)
		if _, err := client.SearchCount(ctx, "res.partner", nil, odoo.ReadOptions{}); err == nil {
			t.Fatal("the old password passes")
		}
		if _, err := client.Connect(ctx); err == nil {
			t.Fatal("the old password signs in")
		}
		if guest, err := odoo.Connect(ctx, other); err != nil {
			kept++
		} else {
			guest.Close()
		}
	}
	if kept != 0 {
		t.Errorf("another user was kept out %d times in ten minutes", kept)
	}
	sim.SetPassword("mesh", "mesh")
	for range 600 {
		now = now.Add(time.Second)
		if _, err := client.Connect(ctx); err == nil {
			return
		}
	}
	t.Error("it does not come back by itself")
}

// Where others have brought the cooldown about, the right password is refused too,
// and is tried again behind it.
func TestTheRightPasswordIsTriedAgainBehindTheCooldown(t *testing.T) {
	now := time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC)
	_, cfg := clocked(t, &now)
	wrong := cfg
	wrong.Password = "wrong"
	ctx := context.Background()
	for range 5 {
		if _, err := odoo.Connect(ctx, wrong); err == nil {
			t.Fatal("a wrong password signs in")
		}
	}
	client, err := odoo.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var refused *odoo.ConnectError
	if _, err := client.Connect(ctx); !errors.As(err, &refused) || refused.Reason != odoo.WrongCredentials {
		t.Fatalf("got %v", err)
	}
	now = now.Add(refused.RetryIn())
	if _, err := client.Connect(ctx); err != nil {
		t.Error(err)
	}
}
