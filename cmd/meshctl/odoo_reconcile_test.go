package main

import (
	"strings"
	"testing"

	"odoomesh/internal/config"
)

func TestReconcileShowsWhatIsMissingAndAcceptsByAReason(t *testing.T) {
	t.Parallel()
	s := newSite(t, 3, 0, func(c *config.Config) { c.LocalWrites = true }).settled()
	if r := s.run("odoo", "reconcile"); r.code != 0 || !strings.Contains(r.out, "0 commands that are done were looked up") {
		t.Errorf("%+v", r)
	}
	for args, says := range map[string]string{
		"--accept": "--reason", "--reason x": "--accept", "--accept --reason x": "nothing to accept",
	} {
		if r := s.run(append([]string{"odoo", "reconcile"}, strings.Fields(args)...)...); r.code != codeUsage || !strings.Contains(r.errs, says) {
			t.Errorf("%s: %+v", args, r)
		}
	}
	if err := s.sim.BecomeCopy("another"); err != nil {
		t.Fatal(err)
	}
	release := []string{"do", "orders.release", "orders/1", "--validate-only", "--request-id", "r1"}
	eventually(t, "the look before a command", func() bool { return strings.Contains(s.run(release...).errs, "another database") })
	// A row of exceptions, which follows a moment later, makes the first column wider.
	if r := s.run("status"); !strings.Contains(strings.Join(strings.Fields(r.out), " "), "Writes stopped since") {
		t.Errorf("%+v", r)
	}
	if r := s.run("odoo", "reconcile"); r.code != codeDifferent || !strings.Contains(r.out, "it is another database, such as a copy") || !strings.Contains(r.out, "UUID another") {
		t.Errorf("%+v", r)
	}
	if r := s.run("odoo", "reconcile", "--accept", "--reason", "moved"); r.code != 0 || !strings.Contains(r.out, "Accepted: commands go on.") {
		t.Errorf("%+v", r)
	}
	if r := s.run("odoo", "reconcile"); r.code != 0 {
		t.Errorf("%+v", r)
	}
}
