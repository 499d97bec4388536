package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"odoomesh/internal/config"
)

func TestTheAuditIsSearchedProvenAndWitnessed(t *testing.T) {
	t.Parallel()
	var data string
	s := newHospital(t, 10, func(c *config.Config) { data, c.LocalWrites = c.DataDir, true }).settled()
	released := s.run("do", "orders.release", "orders/1", "--request-id", "r1", "-o", "json")
	intent := regexp.MustCompile("intents/[0-9a-f]{32}").FindString(released.out)
	if released.code != 0 || intent == "" {
		t.Fatalf("%+v", released)
	}
	if r := s.run("audit", "search", "--document", "orders/1"); r.code != 0 || !strings.Contains(r.out, "accepted to done") || !strings.Contains(r.out, "ReleaseOrder") {
		t.Errorf("%+v", r)
	}
	lines := strings.Split(strings.TrimSpace(s.run("audit", "export", "--intent", intent, "--principal", "local").out), "\n")
	if len(lines) != 3 || !strings.Contains(lines[1], `"after":"STATE_DONE"`) {
		t.Errorf("%q", lines)
	}
	dir := t.TempDir()
	key, proof, checkpoint := filepath.Join(dir, "key"), filepath.Join(dir, "proof"), filepath.Join(dir, "checkpoint")
	if err := os.WriteFile(key, []byte(s.run("audit", "key").out), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := s.run("audit", "prove", intent, "--out", proof); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	if r := meshctl(t, nil, "audit", "check", proof, "--key", key); r.code != 0 || !strings.Contains(r.out, `{"name":"orders/1"}`) {
		t.Errorf("%+v", r)
	}
	raw, err := os.ReadFile(proof)
	if err != nil {
		t.Fatal(err)
	}
	forged := s.file("forged", regexp.MustCompile(`"index": (\d+)`).ReplaceAllString(string(raw), `"index": 1$1`))
	if r := meshctl(t, nil, "audit", "check", forged, "--key", key); r.code != codeDifferent {
		t.Errorf("%+v", r)
	}
	if r := s.run("audit", "checkpoint", "--out", checkpoint); r.code != 0 {
		t.Errorf("%+v", r)
	}
	witness := filepath.Join(dir, "witness")
	for range 2 {
		if r := s.run("audit", "witness", "--from", s.addr, "--state", witness); r.code != 0 || !strings.HasPrefix(r.out, "seen: ") {
			t.Errorf("%+v", r)
		}
	}
	verify := []string{"audit", "verify", data, "--key", key, "--since", checkpoint, "--since", filepath.Join(witness, "checkpoint")}
	if r := meshctl(t, nil, verify...); r.code != 0 || !strings.HasPrefix(r.out, "whole: ") {
		t.Errorf("%+v", r)
	}
	older := filepath.Join(dir, "older")
	// The log is signed anew while it is copied.
	for range 100 {
		if err = errors.Join(os.RemoveAll(older), os.CopyFS(older, os.DirFS(filepath.Join(data, "audit")))); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	copied := meshctl(t, nil, "audit", "verify", older, "--key", key).out
	var held int
	if _, err := fmt.Sscanf(copied, "whole: %d records", &held); err != nil {
		t.Fatalf("%v in %q", err, copied)
	}
	if r := s.run("audit", "hold", intent); r.code != 0 {
		t.Errorf("%+v", r)
	}
	if r := s.run("audit", "release", intent); r.code != 0 {
		t.Errorf("%+v", r)
	}
	// Both are signed a moment later: a checkpoint's second line is how many records it is of.
	eventually(t, "a checkpoint of more than the copy has", func() bool {
		newer := s.run("audit", "checkpoint")
		lines := strings.Split(newer.out, "\n")
		if newer.code != 0 || len(lines) < 2 {
			return false
		}
		n, err := strconv.Atoi(lines[1])
		return err == nil && n > held && os.WriteFile(checkpoint, []byte(newer.out), 0o600) == nil
	})
	verify[2] = older
	if r := meshctl(t, nil, verify...); r.code != codeDifferent || !strings.Contains(r.errs, "was put back") {
		t.Errorf("%+v", r)
	}
	for args, says := range map[string]string{
		"audit": "audit needs one of", "audit verify x": "--key FILE is needed", "audit prove " + intent: "prove needs --out", "audit witness": "witness needs --state",
		"audit prove intents/x --out -": "INVALID_ARGUMENT", "audit search --from lately": "2026-11-23",
	} {
		if r := s.run(strings.Fields(args)...); r.code != codeUsage || !strings.Contains(r.errs, says) {
			t.Errorf("%s: %+v, want %q", args, r, says)
		}
	}
}
