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
			if _, err := exec.LookPath("curl"); err != nil && word == "curl" {
				t.Skip("this machine has no curl: the script for it is not tried, the other one is")
			}
			for range 2 {
				cmd := exec.CommandContext(t.Context(), "sh", "../../docs/examples/morning/"+script, word)
				cmd.Env = append(os.Environ(), "MESH="+m.rest+"/v1", "MESH_SERVER="+m.conn.Target(), "MESHCTL="+meshctl)
				out, err := cmd.CombinedOutput()
				if err != nil || !strings.Contains(string(out), "the box is wet") {
					t.Fatalf("%v:\n%s", err, out)
				}
			}
			of := func(model string, where ...any) (id int64) {
				t.Helper()
				rows := p.rows(t, model, where, []any{"id"})
				if len(rows) != 1 {
					t.Errorf("Odoo has %d of %s", len(rows), model)
					return 0
				}
				return rows[0].id("id")
			}
			is := func(field string, value any) []any { return []any{field, "=", value} }
			supplier, gauze, good := of("res.partner", is("name", "Nordpharm "+word)), of("product.product", is("default_code", "G-"+word)), of("stock.lot", is("name", "L-"+word))
			of("stock.lot", is("name", "D-"+word))
			bill := of("account.move", is("ref", "V2-"+word))
			of("account.move", is("reversed_entry_id", bill), is("move_type", "in_refund"), is("state", "posted"))
			// Six came, one was not found, and one was thrown away.
			of("stock.quant", is("lot_id", good), is("product_id", gauze), is("location_id.usage", "internal"), is("quantity", 4.0))
			if rows := p.rows(t, "product.supplierinfo", []any{is("partner_id", supplier)}, []any{"id"}); len(rows) != 2 {
				t.Errorf("Odoo has %d prices", len(rows))
			}
		})
	}
}
