package odoosim_test

import (
	"testing"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoosim"
)

// Odoo counts failed sign-ins by address, whoever fails, and then refuses the right
// password too until a minute has passed without one that it has looked at.
func TestFailedSignInsShutTheAddressOut(t *testing.T) {
	now := time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC)
	s := newSim(t, odoosim.Options{Clock: clock.Func(func() time.Time { return now })})
	c := newCaller(t, s)
	signIn := func(password string) bool {
		t.Helper()
		uid, err := c.call("common", "authenticate", "sim", "mesh", password, map[string]any{})
		if err != nil {
			t.Fatal(err)
		}
		return uid != false
	}
	for range 4 {
		signIn("wrong")
	}
	if !signIn("mesh") {
		t.Fatal("refused after four failures")
	}
	for range 5 {
		signIn("wrong")
	}
	now = now.Add(59 * time.Second)
	if signIn("mesh") {
		t.Fatal("let in during the cooldown")
	}
	now = now.Add(time.Second)
	if !signIn("mesh") {
		t.Fatal("refused after the cooldown")
	}
}

func TestAChangedPasswordIsRefusedAtOnce(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	c := newCaller(t, s)
	read := func(password string) error {
		_, err := c.call("object", "execute_kw", "sim", int64(3), password, "res.partner", "search_count", []any{[]any{}}, map[string]any{})
		return err
	}
	if err := read("mesh"); err != nil {
		t.Fatal(err)
	}
	s.SetPassword("mesh", "another")
	if err := read("mesh"); err == nil {
		t.Error("the old password passes")
	}
	if err := read("another"); err != nil {
		t.Error(err)
	}
}

func TestTheLatestSignInIsNoted(t *testing.T) {
	now := time.Date(2026, 11, 28, 14, 0, 0, 900_000_000, time.UTC)
	s := newSim(t, odoosim.Options{Clock: clock.Func(func() time.Time { return now })})
	c := newCaller(t, s)
	noted := func() any {
		t.Helper()
		rows, err := c.call("object", "execute_kw", "sim", int64(3), "mesh", "res.users", "read", []any{[]any{int64(3)}}, map[string]any{"fields": []any{"login_date"}})
		if err != nil {
			t.Fatal(err)
		}
		return rows.([]any)[0].(map[string]any)["login_date"]
	}
	if at := noted(); at != false {
		t.Errorf("noted at %v before any", at)
	}
	if _, err := c.call("common", "authenticate", "sim", "mesh", "mesh", map[string]any{}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if at := noted(); at != "2026-11-28 14:00:00" {
		t.Errorf("noted at %v", at)
	}
}
