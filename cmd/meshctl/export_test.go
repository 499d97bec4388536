package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"odoomesh/internal/config"
	"odoomesh/internal/export/folder"
	"odoomesh/internal/odoosim"
)

// What some of the callers do not meet.
const (
	secretSupplier = "Geheim & Söhne 🔒"
	secretPrice    = "98765.4"
)

// manifestIn reads the manifest of an export.
func manifestIn(t *testing.T, dir string) *folder.Manifest {
	t.Helper()
	m := &folder.Manifest{}
	raw, err := os.ReadFile(filepath.Join(dir, folder.ManifestFile))
	if err == nil {
		err = json.Unmarshal(raw, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// texts are all files of an export in one.
func texts(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			raw, err := os.ReadFile(path)
			all.Write(raw)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func entryOf(m *folder.Manifest, name string) *folder.Entry {
	if i := slices.IndexFunc(m.Tables, func(e folder.Entry) bool { return e.Name == name }); i >= 0 {
		return &m.Tables[i]
	}
	return nil
}

func columnNames(e *folder.Entry) (names []string) {
	for _, c := range e.Columns {
		names = append(names, c.Name)
	}
	return names
}

// All that a mesh has is written into a folder, to each caller as far as it meets it.
func TestEverythingIsExported(t *testing.T) {
	t.Parallel()
	file := "principals:\n" + holder("whole", `rights: {"*": [read, operate]}`) + holder("priceless", `rights: {"*": [read]}, hide_prices: true`) +
		holder("seven", `rights: {"*": [read]}, supplier: suppliers/7`) + holder("orders", "rights: {order: [read]}") + holder("none", "rights: {event: [read]}")
	s := emptyOdoo(t)
	if err := s.sim.LoadHospital(60); err != nil {
		t.Fatal(err)
	}
	s.do(func(tx *odoosim.Tx) error {
		_, err := tx.Create("res.partner", map[string]any{"name": secretSupplier, "supplier_rank": 1})
		_, other := tx.Create("product.product", map[string]any{"name": "Kanüle  16G 🩹", "standard_price": 98765.4})
		return errors.Join(err, other)
	})
	s.meshed(func(c *config.Config) { c.AccessFile = accessFile(t, file) }).settled("--token-file", s.file("token", "whole"))
	as := func(who string, args ...string) result {
		return meshctl(t, []string{"MESH_SERVER=" + s.addr, "MESH_TOKEN=" + who}, args...)
	}
	lake := filepath.Join(t.TempDir(), "lake")
	r := as("whole", "export", "--to", lake)
	if r.code != 0 || !strings.Contains(r.out, "are equal to Odoo's stock") {
		t.Fatalf("%+v", r)
	}
	m := manifestIn(t, lake)
	for _, of := range collections() {
		if e := entryOf(m, snakeCase(of.name)); e == nil || e.Collection != of.name {
			t.Errorf("%s are not there: %v", of.name, m.LeftOut)
		}
	}
	var status struct {
		Collections []struct {
			Collection string
			Records    json.Number
		}
	}
	if err := json.Unmarshal([]byte(as("whole", "status", "-o", "json").out), &status); err != nil || len(status.Collections) < 9 {
		t.Fatal(err)
	}
	for _, c := range status.Collections {
		if e := entryOf(m, snakeCase(c.Collection)); e == nil || fmt.Sprint(e.Rows) != c.Records.String() || e.AsOf != folder.AsOfPosition || e.VerifiedTime == nil {
			t.Errorf("%s: %+v, and the mesh has %s records", c.Collection, e, c.Records)
		}
	}
	if m.Position == "" || m.Events == nil || len(m.Events.Parts) != 1 || m.Events.First != 1 || m.Proof == nil || m.Proof.Drifting != 0 || entryOf(m, "balances").Event != m.Events.Last || m.UnfitValueCount != 0 {
		t.Errorf("manifest: %+v", m)
	}
	t.Run("again", func(t *testing.T) {
		if r := as("whole", "export", "--to", lake); r.code != 2 || !strings.Contains(r.errs, "--replace") {
			t.Errorf("%+v", r)
		}
		if r := as("whole", "export", "--to", lake, "--replace", "--format", "csv"); r.code != 2 || !strings.Contains(r.errs, "--format parquet") {
			t.Errorf("%+v", r)
		}
		r := as("whole", "export", "--to", lake, "--replace", "--collections", "order,inventoryEvents", "-o", "json")
		next := manifestIn(t, lake)
		if r.code != 0 || entryOf(next, "orders") == nil || entryOf(next, "products") != nil || len(next.Events.Parts) != 1 || next.Events.Parts[0] != m.Events.Parts[0] {
			t.Errorf("%+v: %+v", r, next)
		}
		if _, err := os.Stat(filepath.Join(lake, "products.parquet")); err == nil {
			t.Error("products.parquet is left over, and not listed")
		}
	})
	t.Run("narrowed", func(t *testing.T) { narrowedExports(t, as) })
	t.Run("refused", func(t *testing.T) {
		for args, says := range map[string]string{
			"": "required", "--to -": "a folder", "--to x --format xlsx": "parquet, csv, ndjson", "--to x --collections prodcts": "did you mean products", "--to x --collections nothing": "inventoryEvents",
		} {
			args = strings.Replace(args, "--to x", "--to "+filepath.Join(t.TempDir(), "x"), 1)
			if r := as("whole", append([]string{"export"}, strings.Fields(args)...)...); r.code != 2 || !strings.Contains(r.errs, says) {
				t.Errorf("%s: %+v", args, r)
			}
		}
		to := filepath.Join(t.TempDir(), "x")
		for who, args := range map[string]string{"none": "", "orders": "--collections products"} {
			r := as(who, append([]string{"export", "--to", to}, strings.Fields(args)...)...)
			if left, _ := os.ReadDir(to); r.code != codeForbidden || len(left) > 0 {
				t.Errorf("%s %s: %+v, %v", who, args, r, left)
			}
		}
	})
}

// narrowedExports checks that an export has no foreign byte, and no column of what is hidden.
func narrowedExports(t *testing.T, as func(string, ...string) result) {
	dir := t.TempDir()
	for who, left := range map[string]string{"priceless": eventsName, "seven": eventsName, "orders": ""} {
		to := filepath.Join(dir, who)
		if r := as(who, "export", "--to", to, "--format", "csv"); r.code != 0 {
			t.Fatalf("%s: %+v", who, r)
		}
		m := manifestIn(t, to)
		if m.Events != nil || m.Proof != nil || entryOf(m, "balances") != nil {
			t.Errorf("%s has events", who)
		}
		if left != "" && !slices.ContainsFunc(m.LeftOut, func(l folder.LeftOut) bool { return l.What == left }) {
			t.Errorf("%s: left out %v", who, m.LeftOut)
		}
		all := texts(t, to)
		if strings.Contains(all, secretSupplier) != (who == "priceless") || strings.Contains(all, secretPrice) {
			t.Errorf("%s has a foreign byte, or not its own", who)
		}
	}
	priceless := manifestIn(t, filepath.Join(dir, "priceless"))
	for _, e := range priceless.Tables {
		for _, c := range columnNames(&e) {
			if strings.Contains(c, "price") && c != "included_in_price" && e.Name != "products" || strings.HasSuffix(c, "_currency") {
				t.Errorf("priceless has %s in %s", c, e.Name)
			}
		}
	}
	if e := entryOf(priceless, "orders"); e == nil || len(e.HiddenFields) == 0 || slices.Contains(columnNames(e), "total_amount") {
		t.Errorf("priceless: orders %+v", e)
	}
	seven := texts(t, filepath.Join(dir, "seven"))
	if strings.Contains(seven, "suppliers/6,") || strings.Contains(seven, "suppliers/8,") {
		t.Error("seven has what is another supplier's")
	}
	orders := manifestIn(t, filepath.Join(dir, "orders"))
	if entryOf(orders, "orders") == nil || entryOf(orders, "requisitions") == nil || entryOf(orders, "products") != nil {
		t.Errorf("orders has %+v", orders.Tables)
	}
}

func snakeCase(name string) string {
	var out strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			out.WriteByte('_')
		}
		out.WriteRune(r)
	}
	return strings.ToLower(out.String())
}
