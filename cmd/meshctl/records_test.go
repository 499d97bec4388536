package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/odoosim"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file that is reviewed like code.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s: (-want +got)\n%s", path, diff)
	}
}

// products are the names in lines of JSON, each of which has to be a product.
func products(t *testing.T, lines string) []string {
	t.Helper()
	var names []string
	for line := range strings.Lines(lines) {
		var p productv1.Product
		if err := protojson.Unmarshal([]byte(line), &p); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		names = append(names, p.GetName())
	}
	return names
}

func TestReading(t *testing.T) {
	t.Parallel()
	s := newSite(t, 40, 0, nil).settled()
	t.Run("JSON for programs", func(t *testing.T) { jsonForPrograms(t, s) })
	t.Run("forms", func(t *testing.T) { everyFormOfRecords(t, s) })
	t.Run("refusals", func(t *testing.T) { everyFailureHasASentenceAndACode(t, s) })
	t.Run("names as people write them", func(t *testing.T) {
		for _, args := range []string{"history product/5", "faulty product", "faulty stock", "verify product/5"} {
			if r := s.run(strings.Fields(args)...); r.code != 0 {
				t.Errorf("%s: %+v", args, r)
			}
		}
	})
	t.Run("tables for people", func(t *testing.T) { tablesForPeople(t, s) })
}

func tablesForPeople(t *testing.T, s *site) {
	s.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{7}, map[string]any{"default_code": "CHANGED"})
	})
	for name, args := range map[string]string{
		"list-products":  "list products --limit 4",
		"list-suppliers": "list suppliers --all --order-by display_name",
		"list-filtered":  "list products --filter sku:\"SYR\"",
		"list-nothing":   "list products --filter sku=\"NONE\"",
		"verify":         "verify products/5 products/7",
	} {
		t.Run(name, func(t *testing.T) {
			r := s.run(strings.Fields(args)...)
			if strings.Contains(r.errs, "refused") {
				t.Error(r.errs)
			}
			golden(t, name, r.out)
		})
	}
	sheet := s.run("get", "products/5").out
	for _, want := range []string{"name ", "products/5", "base_unit.display_name", "provenance.odoo_instance", " erp\n", "supplier_prices[0].price"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("a sheet lacks %q:\n%s", want, sheet)
		}
	}
	status := s.run("status").out
	for _, want := range []string{"State  ready", "erp, version 18.0, answers", "products        loaded  40 ", "EQUAL TO ODOO", " ago ", "none "} {
		if !strings.Contains(status, want) {
			t.Errorf("the status lacks %q:\n%s", want, status)
		}
	}
}

func everyFormOfRecords(t *testing.T, s *site) {
	for args, want := range map[string]string{
		"list product --limit 2 -o name":                             "products/1\nproducts/2\n",
		"list PRODUCTS --limit 1 -o csv --columns name,sku":          "name,sku\nproducts/1,",
		"list items --limit 1 -o csv --columns name,displayName":     "name,display_name\nproducts/1,",
		"list vendor --limit 1 -o yaml":                              "---\nname: suppliers/",
		"list stock-positions -o name":                               "",
		"get product/5 -o name":                                      "products/5\n",
		"get products/5 product/6 -o csv --columns name":             "name\nproducts/5\nproducts/6\n",
		"get items/5 -o yaml":                                        "---\nname: products/5\n",
		"list products --limit 1 --columns supplier_prices.supplier": "SUPPLIER\nsuppliers/",
	} {
		r := s.run(strings.Fields(args)...)
		if r.code != 0 || !strings.HasPrefix(r.out, want) {
			t.Errorf("%s: code %d, %q, %s; want %q first", args, r.code, r.out, r.errs, want)
		}
	}
	wide, usual := s.run("list", "products", "--limit", "1", "-o", "wide").out, s.run("list", "products", "--limit", "1").out
	if !strings.Contains(wide, "SALES PRICE") || strings.Contains(usual, "SALES PRICE") {
		t.Errorf("wide:\n%s\nusual:\n%s", wide, usual)
	}
}

// A spreadsheet takes what begins with one of these characters for something to run.
func TestNothingRunsInASpreadsheet(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "saline": "saline", "-3.5": "-3.5", "=1+1": "'=1+1", "@x": "'@x", "+49 30": "'+49 30", "-1+cmd": "'-1+cmd", "\tx": "'\tx",
	} {
		if got := noFormula(given); got != want {
			t.Errorf("%q becomes %q, want %q", given, got, want)
		}
	}
}

func jsonForPrograms(t *testing.T, s *site) {
	if got := products(t, s.run("get", "products/5", "products/3", "-o", "json").out); !cmp.Equal(got, []string{"products/5", "products/3"}) {
		t.Errorf("get: %v", got)
	}
	for args, want := range map[string]int{
		"--page-size 7":            7,
		"--page-size 7 --limit 20": 20,
		"--limit 3":                3,
		"--all --page-size 9":      40,
		"--all":                    40,
		"--max-staleness 48h":      40,
	} {
		r := s.run(append([]string{"list", "products", "-o", "json"}, strings.Fields(args)...)...)
		seen := map[string]bool{}
		for _, name := range products(t, r.out) {
			seen[name] = true
		}
		if r.code != 0 || len(seen) != want || strings.Count(r.out, "\n") != want {
			t.Errorf("list %s: %d records, code %d, want %d\n%s", args, len(seen), r.code, want, r.errs)
		}
		if more := strings.Contains(r.errs, "there are more"); more != (args == "--page-size 7") {
			t.Errorf("list %s says that there are more: %v", args, more)
		}
	}
	var status operationsv1.GetStatusResponse
	if err := protojson.Unmarshal([]byte(s.run("status", "-o", "json").out), &status); err != nil || status.GetState() != "ready" || status.GetOdoo().GetVersion() != "18.0" {
		t.Errorf("status: %v, %v", &status, err)
	}
	var compared operationsv1.VerifyRecordResponse
	if err := protojson.Unmarshal([]byte(s.run("verify", "products/5", "-o", "json").out), &compared); err != nil || !compared.GetEqual() {
		t.Errorf("verify: %v, %v", &compared, err)
	}
	first := s.run("list", "products", "-o", "json", "--all").out
	if again := s.run("list", "products", "-o", "json", "--all").out; len(first) != len(again) {
		t.Error("the same records are not written the same way twice")
	}
}

func TestWatchShowsChangesUntilInterrupted(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, 0, nil).settled()
	in, out := io.Pipe()
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		c := run(ctx, []string{"watch", "products", "--include-current", "-o", "json"}, world{
			environ: []string{"MESH_SERVER=" + s.addr}, out: out, errs: io.Discard, clock: clock.Func(atNoon),
		})
		out.Close()
		code <- c
	}()
	type message struct {
		ChangeType, Position string
		Product              struct{ Name, Sku string }
	}
	lines := bufio.NewScanner(in)
	next := func() message {
		t.Helper()
		var m message
		if !lines.Scan() || json.Unmarshal(lines.Bytes(), &m) != nil || m.Position == "" {
			t.Fatalf("%q, %v", lines.Text(), lines.Err())
		}
		return m
	}
	for range 10 {
		if m := next(); m.ChangeType != "CHANGE_TYPE_CURRENT" {
			t.Fatalf("%+v", m)
		}
	}
	// What was seen is brought in by the resync.
	s.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{7}, map[string]any{"default_code": "WATCHED"})
	})
	s.run("resync", "products")
	m := next()
	for m.ChangeType == "CHANGE_TYPE_HEARTBEAT" {
		m = next()
	}
	if m.ChangeType != "CHANGE_TYPE_UPDATED" || m.Product.Name != "products/7" || m.Product.Sku != "WATCHED" {
		t.Errorf("%+v", m)
	}
	interrupt()
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Error(err)
	}
	if c := <-code; c != 0 {
		t.Errorf("interrupted: code %d", c)
	}
	// A position leads on from there: nothing comes before the time is over.
	r := s.run("watch", "products", "--position", m.Position, "--timeout", (300 * time.Millisecond).String())
	if strings.Contains(r.out, "products/") || r.code != 1 {
		t.Errorf("%+v", r)
	}
}
