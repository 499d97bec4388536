package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/clock"
	"odoomesh/internal/config"
)

// The scripts of docs/morning.md do what it says, and nothing twice when they are run
// again.
func TestAMorningOfAHospital(t *testing.T) {
	t.Parallel()
	ownProcess(t)
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the documentation is tried with curl, and there is none")
	}
	p := hospitalAtWork(t, 18, 20)
	c := settings(t, p)
	text, err := os.ReadFile("../../docs/examples/morning/access.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c.AccessFile, c.LocalWrites = filepath.Join(t.TempDir(), "access.yaml"), false
	if err := os.WriteFile(c.AccessFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c.ApprovedSuppliers, c.MatchTolerances = config.Refuse, nil
	m := launch(t, c, clock.System{})
	m.await(t, "ready")
	meshctl := filepath.Join(t.TempDir(), "meshctl")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", meshctl, "../../cmd/meshctl").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for script, word := range map[string]string{"by-curl.sh": "curl", "by-meshctl.sh": "ctl"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			for range 2 {
				cmd := exec.CommandContext(t.Context(), "sh", "../../docs/examples/morning/"+script, word)
				cmd.Env = append(os.Environ(), "MESH="+m.rest+"/v1", "MESH_SERVER="+m.conn.Target(), "MESHCTL="+meshctl)
				out, err := cmd.CombinedOutput()
				if err != nil || !strings.Contains(string(out), "the box is wet") {
					t.Fatalf("%v:\n%s", err, out)
				}
			}
			for model, where := range map[string][]any{
				"res.partner":     {"name", "=", "Nordpharm " + word},
				"product.product": {"default_code", "=", "G-" + word},
				"stock.lot":       {"name", "=", "D-" + word},
				"account.move":    {"ref", "=", "V2-" + word},
			} {
				if rows := p.rows(t, model, []any{where}, []any{"id"}); len(rows) != 1 {
					t.Errorf("Odoo has %d of %s", len(rows), model)
				}
			}
		})
	}
}
