package rpc_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/rpc"
	"odoomesh/internal/telemetry"
)

// products is a service whose answers a test decides.
type products struct {
	productv1.UnimplementedProductServiceServer
	get   func(context.Context, *productv1.GetProductRequest) (*productv1.Product, error)
	watch func(*productv1.WatchProductsRequest, grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error
}

func (p *products) GetProduct(ctx context.Context, r *productv1.GetProductRequest) (*productv1.Product, error) {
	return p.get(ctx, r)
}

func (p *products) WatchProducts(r *productv1.WatchProductsRequest, s grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
	return p.watch(r, s)
}

// logBuffer is a log that a test can read while others write it.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// mesh is a server with the standard chain.
type mesh struct {
	client   productv1.ProductServiceClient
	registry *prometheus.Registry
	log      *logBuffer
}

func parts(t testing.TB, w io.Writer, registry prometheus.Registerer, accessFile string) rpc.Parts {
	t.Helper()
	log, err := telemetry.NewLogger(w, "debug", telemetry.FormatJSON)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := telemetry.NewCalls(registry, telemetry.NewTracing(nil, 0, "test"), clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := access.Open(access.Config{File: accessFile})
	if err != nil {
		t.Fatal(err)
	}
	return rpc.Parts{Log: log, Calls: calls, Guard: guard}
}

func start(t testing.TB, service *products, accessFile string) *mesh {
	t.Helper()
	m := &mesh{registry: prometheus.NewRegistry(), log: &logBuffer{}}
	chain := rpc.Standard(parts(t, m.log, m.registry, accessFile))
	server := grpc.NewServer(rpc.OverGRPC(chain)...)
	productv1.RegisterProductServiceServer(server, service)
	if err := chain.Cover(server.GetServiceInfo()); err != nil {
		t.Fatal(err)
	}
	m.client = productv1.NewProductServiceClient(connect(t, server))
	return m
}

// connect serves on a free port of this machine until the test ends.
func connect(t testing.TB, server *grpc.Server) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return conn
}

// accessFile lets the token "secret" have these rights on products.
func accessFile(t testing.TB, rights string) string {
	t.Helper()
	hash := sha256.Sum256([]byte("secret"))
	text := "principals:\n- name: ward\n  token_sha256: " + hex.EncodeToString(hash[:]) + "\n  rights: {product: [" + rights + "]}\n"
	path := filepath.Join(t.TempDir(), "access.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }
