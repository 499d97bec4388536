package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	// What the contract has: the roles name methods of all of it.
	_ "odoomesh/gen/go/mesh/access/v1"
	_ "odoomesh/gen/go/mesh/audit/v1"
	_ "odoomesh/gen/go/mesh/command/v1"
	_ "odoomesh/gen/go/mesh/event/v1"
	_ "odoomesh/gen/go/mesh/governance/v1"
	_ "odoomesh/gen/go/mesh/inventory/v1"
	_ "odoomesh/gen/go/mesh/invoice/v1"
	_ "odoomesh/gen/go/mesh/operations/v1"
	_ "odoomesh/gen/go/mesh/order/v1"
	_ "odoomesh/gen/go/mesh/product/v1"
	_ "odoomesh/gen/go/mesh/receipt/v1"
	_ "odoomesh/gen/go/mesh/search/v1"
	_ "odoomesh/gen/go/mesh/supplier/v1"
	_ "odoomesh/gen/go/mesh/summary/v1"
	_ "odoomesh/gen/go/mesh/trace/v1"
)

const (
	getOrder     = "/mesh.order.v1.OrderService/GetOrder"
	watchOrders  = "/mesh.order.v1.OrderService/WatchOrders"
	releaseOrder = "/mesh.order.v1.OrderService/ReleaseOrder"
	receive      = "/mesh.receipt.v1.ReceiptService/ReceiveReceipt"
	postInvoice  = "/mesh.invoice.v1.InvoiceService/PostInvoice"
	watchIntents = "/mesh.command.v1.IntentService/WatchIntents"
)

// contractServices are all services of the contract.
func contractServices() (all []protoreflect.ServiceDescriptor) {
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if _, err := domainOf(file.Package()); err == nil {
			for i := range file.Services().Len() {
				all = append(all, file.Services().Get(i))
			}
		}
		return true
	})
	return all
}

// Whatever the contract has is known to these tests: a new domain would otherwise stand
// in no table of theirs.
func TestTheTestsKnowTheWholeContract(t *testing.T) {
	protos, err := filepath.Glob("../../proto/mesh/*/v1/*_service.proto")
	if err != nil || len(protos) < 10 {
		t.Fatalf("%d protos, %v", len(protos), err)
	}
	for _, path := range protos {
		name, _ := strings.CutPrefix(filepath.ToSlash(path), "../../proto/")
		if _, err := protoregistry.GlobalFiles.FindFileByPath(name); err != nil {
			t.Errorf("%s is not imported here", name)
		}
	}
}

// one is an entry of a principal whose token is its name.
func one(name, rest string) string {
	return "- {name: " + name + ", token_sha256: " + hashOf(name) + ", " + rest + "}\n"
}

// written is an access file with some text; each time another one, as editors write.
func written(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func principalsOf(entries ...string) string { return "principals:\n" + strings.Join(entries, "") }

// guarding is a guard over the whole contract with an access file, and its log.
func guarding(t testing.TB, text string) (g *Guard, path string, log *lines) {
	t.Helper()
	path, log = filepath.Join(t.TempDir(), "access.yaml"), &lines{}
	written(t, path, text)
	g, err := Open(Config{File: path, Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Cover(contractServices()...); err != nil {
		t.Fatal(err)
	}
	return g, path, log
}

// by is the context of a call by the principal whose token is its name.
func by(t testing.TB, g *Guard, name string) context.Context {
	t.Helper()
	ctx, err := g.Authenticate(bearing(name), getOrder)
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

func bearing(token string) context.Context {
	return metadata.NewIncomingContext(context.Background(), metadata.Pairs("authorization", "Bearer "+token))
}

// may tells whether a principal gets past the guard.
func may(t testing.TB, g *Guard, name, method string) bool {
	t.Helper()
	ctx := by(t, g, name)
	return g.Authorise(ctx, method) == nil && g.Narrow(ctx, method) == nil
}

// lines is a log that a test can read while others write it.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// count is how many lines have a text.
func (l *lines) count(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// hashOf is the hash of a token as the file has it.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// valueOf is what a counter or a gauge stands at.
func valueOf(t testing.TB, m prometheus.Metric) float64 {
	t.Helper()
	var out dto.Metric
	if err := m.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.GetCounter().GetValue() + out.GetGauge().GetValue()
}
