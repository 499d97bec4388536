package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/odoosim"
)

func TestVerifyAndResyncFindAndHeal(t *testing.T) {
	t.Parallel()
	s := newSite(t, 30, 1, nil).settled()
	spare := fmt.Sprintf("products/%d", s.spare[0])
	s.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{7}, map[string]any{"default_code": "CHANGED"})
	})
	s.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", s.spare) })
	for names, want := range map[string]int{
		"products/5": 0, "products/7": codeDifferent, spare: codeDifferent, "products/5 products/7": codeDifferent,
		"products/5 products/99999 products/7": codeNotFound, "suppliers/99999": codeNotFound,
	} {
		if r := s.run(append([]string{"verify"}, strings.Fields(names)...)...); r.code != want {
			t.Errorf("verify %s: %+v, want code %d", names, r, want)
		}
	}
	if r := s.run("verify", spare); !strings.Contains(r.out, "gone from Odoo") {
		t.Errorf("%+v", r)
	}
	var bar bytes.Buffer
	var out bytes.Buffer
	code := run(t.Context(), []string{"resync", "products"}, world{
		environ: []string{"MESH_SERVER=" + s.addr}, out: &out, errs: &bar, terminal: true, clock: clock.Func(atNoon),
	})
	if code != 0 || !strings.Contains(bar.String(), "[##############################]") || !strings.HasSuffix(bar.String(), "\r\x1b[K") {
		t.Errorf("code %d, bar %q", code, bar.String())
	}
	golden(t, "resync", out.String())
	if r := s.run("verify", "products/5", "products/7"); r.code != 0 {
		t.Errorf("after the resync: %+v", r)
	}
	if r := s.run("verify", spare); r.code != codeNotFound {
		t.Errorf("after the resync: %+v", r)
	}
}

func TestResyncAsksBeforeItDeletesMuch(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, 120, nil).settled()
	s.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", s.spare) })
	held := s.run("resync", "products")
	if held.code != codeHeldBack || !strings.Contains(held.errs, "--accept-deletions") || strings.Contains(held.errs, "[") {
		t.Errorf("%+v", held)
	}
	lines := strings.Split(strings.TrimSpace(s.run("resync", "products", "--accept-deletions", "-o", "json").out), "\n")
	var last operationsv1.ResyncDomainResponse
	for _, line := range lines {
		last.Reset()
		if err := protojson.Unmarshal([]byte(line), &last); err != nil {
			t.Fatal(err)
		}
	}
	if last.GetTotals().GetDeleted() != 120 || last.GetTotals().GetHeld() != 0 {
		t.Errorf("%v", last.GetTotals())
	}
	var status operationsv1.GetStatusResponse
	if err := protojson.Unmarshal([]byte(s.run("status", "-o", "json").out), &status); err != nil || status.GetCollections()[0].GetHeldDeletions() != 0 {
		t.Errorf("%v, %v", &status, err)
	}
}

func TestMappingCheckNamesWhatIsMissing(t *testing.T) {
	s := newOdoo(t, 5, 0)
	if r := s.odoo("mapping", "check"); r.code != 0 {
		t.Errorf("%+v", r)
	}
	if r := s.odoo("mapping", "check", "--odoo-companies", "77"); r.code != codeUsage || !strings.Contains(r.errs, ": 77; it may see 1 (") {
		t.Errorf("%+v", r)
	}
	overlay := s.file("overlay.yaml", "domain: product\nfields: {sku: x_sku, description: x_text}\n")
	r := s.odoo("mapping", "check", "--mapping-overlay", overlay)
	if r.code != codeNoFit {
		t.Errorf("%+v", r)
	}
	golden(t, "mapping-check", r.out)
	r = s.odoo("mapping", "check", "--mapping-overlay", overlay, "-o", "json")
	if r.code != codeNoFit || !strings.Contains(r.out, `{"field":"sku","odoo":"product.product.x_sku"}`) {
		t.Errorf("%+v", r)
	}
	wrongly := s.file("wrong.yaml", "domain: product\nfields: {nothing: x}\n")
	if r := s.odoo("mapping", "check", "--mapping-overlay", wrongly); r.code != codeUsage || !strings.Contains(r.errs, "nothing") {
		t.Errorf("%+v", r)
	}
}

func TestHintsAreRefusedBeforeAnythingIsDone(t *testing.T) {
	s := newOdoo(t, 5, 0)
	secret := s.file("secret", "a-secret-of-some-length\n")
	short := s.file("short", "short\n")
	cases := []struct {
		args string
		code int
		says string
	}{
		{"", codeUsage, "--hook-url"},
		{"--hook-url https://mesh.example --secret-file " + short, codeUsage, "16 characters"},
		{"--hook-url https://mesh.example --secret-file " + short + "x", codeUsage, "no such file"},
		{"--hook-url mesh --secret-file " + secret, codeUsage, "https://host:port"},
	}
	for _, c := range cases {
		r := s.odoo(append([]string{"odoo", "install-hints"}, strings.Fields(c.args)...)...)
		if r.code != c.code || !strings.Contains(r.errs, c.says) || strings.Contains(fmt.Sprint(r), "a-secret") {
			t.Errorf("%s: %+v", c.args, r)
		}
	}
}
