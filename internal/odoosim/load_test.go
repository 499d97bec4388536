package odoosim_test

import (
	"strings"
	"testing"

	"odoomesh/internal/odoosim"
)

func rows(r ...[]any) []any {
	out := make([]any, len(r))
	for i, row := range r {
		out[i] = row
	}
	return out
}

func TestLoadCreatesARecordWithItsLinesOnce(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	c := newCaller(t, s)
	columns := []any{"id", "name", "country_id/id", "child_ids/id", "child_ids/name"}
	data := rows([]any{"mesh.s1", "Firm", "base.se", "mesh.s1_c1", "Ann"}, []any{"", "", "", "mesh.s1_c2", "Bo"}, []any{"mesh.s2", "Other", "", "", ""})
	first := c.must("res.partner", "load", []any{columns, data}, nil).(map[string]any)
	second := c.must("res.partner", "load", []any{columns, data}, nil).(map[string]any)
	a, b := first["ids"].([]any), second["ids"].([]any)
	if len(a) != 2 || a[0] != b[0] || a[1] != b[1] {
		t.Fatalf("the first load answers %v, the second %v", first, second)
	}
	if n := c.must("res.partner", "search_count", []any{[]any{leafOf("parent_id", "=", a[0])}}, nil); n != int64(2) {
		t.Errorf("the record has %v lines", n)
	}
	ref := c.must("ir.model.data", "check_object_reference", []any{"mesh", "s1_c2"}, nil).([]any)
	if ref[0] != "res.partner" {
		t.Errorf("the line's external id names %v", ref)
	}
	c.must("res.partner", "unlink", []any{a}, nil)
	_, err := c.as(2, "admin", "ir.model.data", "check_object_reference", []any{"mesh", "s1"}, map[string]any{})
	if err == nil || !strings.HasSuffix(strings.TrimSpace(err.Error()), "ValueError: External ID not found in the system: mesh.s1") {
		t.Errorf("after deletion the external id answers %v", err)
	}
}

// A refused row undoes the whole load.
func TestLoadIsAllOrNothing(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	c := newCaller(t, s)
	got := c.must("product.product", "load", []any{[]any{"id", "name", "standard_price"},
		rows([]any{"mesh.a", "Good", "1.5"}, []any{"mesh.b", "Bad", "x"})}, nil).(map[string]any)
	if got["ids"] != false || len(got["messages"].([]any)) != 1 {
		t.Errorf("load answers %v", got)
	}
	if n := c.must("product.product", "search_count", []any{[]any{leafOf("name", "=", "Good")}}, nil); n != int64(0) {
		t.Errorf("%v rows of a refused load are there", n)
	}
}

// load reads times in the user's zone, create and write in UTC.
func TestLoadReadsTimesInTheUsersZone(t *testing.T) {
	s := newSim(t, odoosim.Options{Version: 17})
	c := newCaller(t, s)
	for _, tc := range []struct {
		context map[string]any
		want    string
	}{{nil, "2026-11-30 23:00:00"}, {map[string]any{"context": map[string]any{"tz": "UTC"}}, "2026-12-01 00:00:00"}} {
		got := c.must("res.partner", "load", []any{[]any{"name", "signup_expiration"}, rows([]any{"T", "2026-12-01 00:00:00"})}, tc.context).(map[string]any)
		recs := c.must("res.partner", "read", []any{got["ids"], []any{"signup_expiration"}}, nil).([]any)
		if have := recs[0].(map[string]any)["signup_expiration"]; have != tc.want {
			t.Errorf("context %v: stored %v, want %s", tc.context, have, tc.want)
		}
	}
}

// The least privileged user does what the mesh does, and no more.
func TestTheMeshUserCanDoItsWork(t *testing.T) {
	for _, v := range versions {
		s := newSim(t, odoosim.Options{Version: v})
		c := newCaller(t, s)
		as := func(model, method string, args ...any) error {
			_, err := c.as(3, "mesh", model, method, args, map[string]any{})
			return err
		}
		product := map[string]any{"name": "P"}
		for name, err := range map[string]error{
			"load a product":      as("product.product", "load", []any{"id", "name"}, rows([]any{"mesh.p", "P"})),
			"create a product":    as("product.product", "create", product),
			"create a supplier":   as("res.partner", "create", product),
			"list a price":        as("product.supplierinfo", "create", map[string]any{"partner_id": 1, "product_tmpl_id": 1}),
			"look up external id": as("ir.model.data", "check_object_reference", "mesh", "p"),
			"describe fields":     as("product.product", "fields_get"),
			"write a note":        as("mail.message", "create", map[string]any{"model": "res.partner", "res_id": 1, "body": "x"}),
		} {
			if err != nil {
				t.Errorf("Odoo %d: %s: %v", v, name, err)
			}
		}
		for name, err := range map[string]error{
			"change a company": as("res.company", "write", []any{1}, map[string]any{"name": "x"}),
			"create a user":    as("res.users", "create", map[string]any{"login": "x"}),
			"create a unit":    as("res.currency", "create", map[string]any{"name": "XXX", "symbol": "x"}),
		} {
			f, ok := err.(*fault)
			if !ok || f.code != 4 {
				t.Errorf("Odoo %d: %s: %v, want fault 4", v, name, err)
			}
		}
	}
}

func TestFieldsGetHonoursAttributes(t *testing.T) {
	c := newCaller(t, newSim(t, odoosim.Options{}))
	got := c.must("product.product", "fields_get", []any{[]any{"name", "seller_ids", "no_such"}},
		map[string]any{"attributes": []any{"type", "relation"}}).(map[string]any)
	if len(got) != 2 || len(got["name"].(map[string]any)) != 1 || got["seller_ids"].(map[string]any)["relation"] != "product.supplierinfo" {
		t.Errorf("fields_get answers %v", got)
	}
}

func TestNameSearch(t *testing.T) {
	for _, v := range versions {
		s := newSim(t, odoosim.Options{Version: v})
		c := newCaller(t, s)
		c.must("product.product", "create", []any{map[string]any{"name": "Pump", "default_code": "PU1"}}, nil)
		got := c.must("product.product", "name_search", []any{"pu1"}, nil).([]any)
		if len(got) != 1 || got[0].([]any)[1] != "[PU1] Pump" {
			t.Errorf("Odoo %d: name_search answers %v", v, got)
		}
	}
}
