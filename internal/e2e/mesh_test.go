package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/app"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/odoo"
	"odoomesh/internal/owned"
	"odoomesh/internal/race"
	"odoomesh/internal/telemetry"
)

// patience is how long a condition may take to come true on a busy machine. A
// live Odoo answers more slowly, and shares the machine as a rule.
var patience = func() time.Duration {
	if os.Getenv("ODOO_URL") != "" || race.Enabled {
		return 10 * time.Minute
	}
	return 2 * time.Minute
}()

// mesh is a running mesh and its clients.
type mesh struct {
	config    config.Config
	products  productv1.ProductServiceClient
	suppliers supplierv1.SupplierServiceClient
	orders    orderv1.OrderServiceClient
	receipts  receiptv1.ReceiptServiceClient
	invoices  invoicev1.InvoiceServiceClient
	inventory inventoryv1.InventoryServiceClient
	trace     tracev1.TraceServiceClient
	// owned writes what Odoo does not own; nil where meshd is a process of its own.
	owned *owned.Writer
	conn  *grpc.ClientConn
	rest  string
	stop  func()
}

// settings are for a mesh in front of a person's Odoo that looks as often as it
// may, with ports and a data folder of its own.
func settings(t testing.TB, p *person) config.Config {
	t.Helper()
	c := config.Default()
	c.GRPCAddr, c.HTTPAddr, c.DataDir = "127.0.0.1:0", "127.0.0.1:0", t.TempDir()
	c.URL, c.Database, c.User, c.Password = p.url, p.database, p.user, odoo.Secret(p.password)
	c.TimeZone, c.LocalWrites = zone, true
	if p.sim != nil {
		c.MaxPerSecond = 0
		c.StreamHeartbeat = 250 * time.Millisecond
		c.Overlap = 5 * time.Second
		// Some of the hospital's bills do not match; to be told so after a while would come
		// in between what other tests count.
		c.MatchTolerances = []string{"quantity=100% price=100%"}
	}
	return c
}

// start runs a mesh and waits until it has everything.
func start(t testing.TB, c config.Config) *mesh {
	t.Helper()
	m := launch(t, c, clock.System{})
	m.await(t, "ready")
	eventually(t, func() (bool, any) {
		h := m.health(t)
		return h == healthv1.HealthCheckResponse_SERVING, h
	})
	return m
}

func (m *mesh) health(t testing.TB) healthv1.HealthCheckResponse_ServingStatus {
	t.Helper()
	r, err := healthv1.NewHealthClient(m.conn).Check(t.Context(), &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetStatus()
}

// launch runs a mesh until the test ends or it is stopped.
func launch(t testing.TB, c config.Config, clk clock.Clock) *mesh {
	t.Helper()
	logger, err := telemetry.NewLogger(io.Discard, "debug", "json")
	if testing.Verbose() {
		logger, err = telemetry.NewLogger(t.Output(), "warn", "text")
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), c, logger, clk)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	m := dial(t, a.GRPCAddr(), a.HTTPAddr())
	m.config, m.owned = c, a.Owned()
	m.stop = onlyOnce(func() {
		m.conn.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the mesh ended with: %v", err)
		}
	})
	t.Cleanup(m.stop)
	return m
}

func onlyOnce(f func()) func() {
	done := false
	return func() {
		if !done {
			done = true
			f()
		}
	}
}

func dial(t testing.TB, grpcAddr, httpAddr string) *mesh {
	t.Helper()
	conn, err := grpc.NewClient(grpcAddr, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithUnaryInterceptor(foreseeing), grpc.WithStreamInterceptor(foreseeingStream))
	if err != nil {
		t.Fatal(err)
	}
	return &mesh{
		products: productv1.NewProductServiceClient(conn), suppliers: supplierv1.NewSupplierServiceClient(conn),
		orders: orderv1.NewOrderServiceClient(conn), receipts: receiptv1.NewReceiptServiceClient(conn),
		invoices: invoicev1.NewInvoiceServiceClient(conn), inventory: inventoryv1.NewInventoryServiceClient(conn),
		trace: tracev1.NewTraceServiceClient(conn),
		conn:  conn, rest: "http://" + httpAddr, stop: func() { conn.Close() },
	}
}

// readiness is what /readyz answers.
type readiness struct {
	Code   int    `json:"-"`
	Status string `json:"status"`
	Odoo   struct {
		Reachable bool `json:"reachable"`
	} `json:"odoo"`
	Collections []struct {
		Name         string    `json:"name"`
		VerifiedTime time.Time `json:"verifiedTime"`
	} `json:"collections"`
}

func (m *mesh) ready(t testing.TB) readiness {
	t.Helper()
	code, body := m.get(t, "/readyz", nil)
	r := readiness{Code: code}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatalf("/readyz: %v in %s", err, body)
	}
	return r
}

func (m *mesh) await(t testing.TB, status string) {
	t.Helper()
	eventually(t, func() (bool, any) {
		r := m.ready(t)
		return r.Status == status, r
	})
}

// client has connections of its own, which are gone when a test looks for leaks.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// get asks REST.
func (m *mesh) get(t testing.TB, path string, query url.Values) (int, []byte) {
	t.Helper()
	target := m.rest + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	response, err := client.Get(target)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// eventually waits for a condition, and shows what there was instead of it.
func eventually(t testing.TB, condition func() (bool, any)) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		began := time.Now()
		holds, seen := condition()
		if holds {
			return
		}
		select {
		case <-deadline.C:
			t.Fatalf("it never came to what was awaited; at last there was:\n%v", seen)
		case <-time.After(max(10*time.Millisecond, 2*time.Since(began))): // the mesh gets twice the time
		}
	}
}
