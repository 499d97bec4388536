package capture_test

import (
	"testing"
	"time"
)

// A hospital at work, with orders, partial receipts, returns, counts and bills,
// shows in every domain as Odoo has it.
func TestHospitalAtWorkEqualsOdoo(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		h := newWholeHouse(t, version, 0)
		if err := h.sim.LoadHospital(25); err != nil {
			t.Fatal(err)
		}
		h.eventually("the hospital", h.equals)
		for range 6 {
			h.later(time.Hour)
			if err := h.sim.Step(); err != nil {
				t.Fatal(err)
			}
		}
		h.eventually("six steps", h.equals)
		for _, s := range h.engine.Statuses() {
			if s.Records == 0 {
				t.Errorf("the hospital has no %s", s.Collection)
			}
		}
	})
}
