package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/config"
)

// Two persons change the access file from the command line, and see who calls what.
func TestTheAccessFileIsChangedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	file := "principals:\n" + holder("ann", "roles: [administrator]") + holder("bob", "roles: [administrator]")
	s := newSite(t, 5, 0, func(c *config.Config) { c.AccessFile, c.Governed = accessFile(t, file), true })
	as := func(who string, args ...string) result {
		return meshctl(t, []string{"MESH_TOKEN=" + who}, append(args, "--server", s.addr)...)
	}
	shown := as("ann", "govern", "document", "access")
	if shown.code != 0 || shown.out != file || !strings.Contains(shown.errs, "sha256 ") {
		t.Fatalf("%+v", shown)
	}
	base, _, _ := strings.Cut(strings.SplitN(shown.errs, "sha256 ", 2)[1], ",")
	next := filepath.Join(t.TempDir(), "next.yaml")
	if err := os.WriteFile(next, []byte(file+holder("carl", "roles: [buyer]")), 0o600); err != nil {
		t.Fatal(err)
	}
	tried := as("ann", "govern", "propose", "access", next, "--reason", "ward 3", "--base", base, "--dry-run")
	for _, text := range []string{"not kept", "carl", "orders.release", "never", "always", "meshctl access diff does"} {
		if !strings.Contains(tried.out, text) {
			t.Errorf("it does not say %q: %+v", text, tried)
		}
	}
	var p struct{ Name, State string }
	proposed := as("ann", "govern", "propose", "access", next, "--reason", "ward 3", "-o", "json")
	if err := json.Unmarshal([]byte(proposed.out), &p); err != nil || p.State != "PROPOSAL_STATE_PROPOSED" {
		t.Fatalf("%v, %+v", err, proposed)
	}
	for _, tt := range []struct {
		who  string
		args string
		code int
		says string
	}{
		{"ann", "approve " + p.Name + " --reason mine", codeForbidden, "does not review it"},
		{"bob", "activate " + p.Name, codeUsage, "is proposed, and cannot be put in force"},
		{"bob", "approve " + p.Name + " --reason agreed", 0, "approved"},
		{"bob", "activate " + p.Name + " --at soon", codeUsage, "is no time"},
		{"bob", "activate " + p.Name, 0, "active"},
		{"ann", "list", 0, "ward 3"},
		{"ann", "show " + p.Name, 0, "bob: agreed"},
		{"ann", "withdraw " + p.Name + " --reason late", codeUsage, "is active, and cannot be withdrawn"},
		{"ann", "revert " + p.Name + " --reason wrong", 0, "Reverts"},
		{"ann", "show proposals/99", codeNotFound, "proposals/99"},
		{"ann", "document orders", codeUsage, "there are access, overlays and policies"},
		{"ann", "", codeUsage, "govern needs one of"},
		{"carl", "list", codeForbidden, ""},
	} {
		r := as(tt.who, append([]string{"govern"}, strings.Fields(tt.args)...)...)
		if r.code != tt.code || !strings.Contains(r.out+r.errs, tt.says) {
			t.Errorf("%s: govern %s: %+v, want %d and %q", tt.who, tt.args, r, tt.code, tt.says)
		}
	}
	if r := as("ann", "access", "usage", "--principal", "bob", "--method", "/mesh.governance.", "--within", "1h"); r.code != 0 || !strings.Contains(r.out, "GovernanceService/ReviewProposal") || !strings.Contains(r.out, "meshctl/") {
		t.Errorf("%+v", r)
	}
}
