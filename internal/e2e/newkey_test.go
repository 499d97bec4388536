package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	engine "odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/resource"
)

// A data folder gets another key by processes that are killed at every step of it. The
// same settings finish the change: nothing is lost, nothing is done twice, the audit is
// whole and goes on with the same signer, and the key of before opens nothing any more.
func TestTheFolderGetsAnotherKeyThoughKilled(t *testing.T) {
	t.Parallel()
	ownProcess(t)
	p := simulated(t, 17, 10)
	kept, dir := t.TempDir(), t.TempDir()
	key := func(name, digits string) string {
		path := filepath.Join(kept, name)
		if err := os.WriteFile(path, []byte(strings.Repeat(digits, 32)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	was, next := key("was", "a1"), key("next", "b2")
	serving := func(key string, more ...string) []string {
		return arguments(p, dir, append(more, "--local-writes", "--encryption-key-file", key)...)
	}
	on := shelfOf(t, p)
	ordered := func(m *mesh) string {
		t.Helper()
		r, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: p.mark + "-create", Order: &orderv1.Order{
			Supplier: resource.Name("suppliers", on.supplier), Origin: p.mark,
			Lines: []*orderv1.OrderLine{{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "3"}, UnitPrice: &money.Money{Units: 2}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return r.GetIntent().GetName() + " " + r.GetIntent().GetDocument()
	}
	first := spawn(t, p, serving(was)...)
	first.await(t, "ready")
	made := ordered(first.mesh)
	signed := first.audited(t, 1)
	first.kill()

	killed := 0
	for life := 10 * time.Millisecond; ; life += 15 * time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), life)
		cmd := exec.CommandContext(ctx, meshd(t), serving(next, "--encryption-key-previous-file", was)...)
		cmd.Env = append(os.Environ(), "MESH_ODOO_PASSWORD="+p.password)
		said, err := cmd.CombinedOutput()
		ran := ctx.Err() == nil
		cancel()
		if ran {
			t.Fatalf("%v: %s", err, said)
		}
		if strings.Contains(string(said), `"msg":"serving"`) {
			break
		}
		killed++
	}
	t.Logf("%d starts were killed before", killed)
	if killed < 3 {
		t.Errorf("only %d starts were killed: nothing was tried", killed)
	}

	if code, said := refusedStart(t, p.password, serving(was)...); code != 16 {
		t.Errorf("with the key of before: %d, %s", code, lastSentence(said))
	}
	last := spawn(t, p, serving(next)...)
	last.await(t, "ready")
	if again := ordered(last.mesh); again != made {
		t.Errorf("it was %s, and is %s", made, again)
	}
	if rows := p.rows(t, "purchase.order", []any{[]any{"origin", "=", p.mark}}, []any{"name"}); len(rows) != 1 {
		t.Errorf("Odoo has %d orders", len(rows))
	}
	last.audited(t, int64(signed.Size)+1)
	last.kill()
	audit := filepath.Join(dir, "audit")
	public, err := tlog.ReadKey(filepath.Join(audit, tlog.PublicFile))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := engine.Verify(t.Context(), audit, public, []tlog.Checkpoint{{Size: signed.Size, Root: signed.Root}}); err != nil || v.Records <= signed.Size {
		t.Errorf("%+v, %v", v, err)
	}
}
