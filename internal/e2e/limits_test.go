package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// What is too much is turned away at once, with an answer that is small and says why, by a
// mesh that goes on serving; what never comes is not waited for.
func TestTooMuchIsTurnedAwayCheaply(t *testing.T) {
	t.Parallel()
	c := settings(t, simulated(t, 18, 3))
	c.AccessFile, c.MaxUnits, c.MaxStreams = filepath.Join(t.TempDir(), "access.yaml"), 500, 2
	accessFileOf(t, c.AccessFile, [2]string{"ann", `rights: {"*": [read, write, operate]}`}, [2]string{"greedy", everything})
	m := start(t, c)
	n := &narrowed{mesh: m}

	slow := beginSlowly(t, m)
	for name, c := range map[string]struct {
		method, path, body, says string
		code                     int
	}{
		"a hundred thousand parameters": {"GET", "/v1/products?" + strings.Repeat("a&", 60_000), "", "parameters", 400},
		"a thousand unknown parameters": {"GET", "/v1/products?" + parameters(1000), "", "990 more", 400},
		"a header without an end":       {"GET", "/v1/products?filter=" + strings.Repeat("a", 1<<20), "", "", 431},
		"a long filter":                 {"GET", "/v1/products?filter=" + strings.Repeat("a", 5000), "", "filter", 400},
		"a deep filter":                 {"GET", "/v1/products?filter=" + strings.Repeat("(", 4000), "", "filter", 400},
		"a long order":                  {"GET", "/v1/products?order_by=" + strings.Repeat("sku,", 2000), "", "order_by", 400},
		"many names":                    {"GET", "/v1/products:batchGet?" + strings.Repeat("names=products/1&", 1100), "", "names", 400},
		"a huge page token":             {"GET", "/v1/products?page_token=" + strings.Repeat("a", 20_000), "", "page_token", 400},
		"a deep body":                   {"POST", "/v1/orders", strings.Repeat(`{"order":`, 50_000), "", 400},
		"a deep list":                   {"POST", "/v1/orders", `{"lines":` + strings.Repeat("[", 200_000), "", 400},
		"a huge number":                 {"POST", "/v1/orders", `{"lines":[{"quantity":{"value":"1e999999999"}}]}`, "", 400},
		"a huge body":                   {"POST", "/v1/orders", strings.Repeat(" ", 8<<20), "", 413},
		"no JSON":                       {"POST", "/v1/orders", "\x00\xff", "", 400},
	} {
		began := time.Now()
		code, answer := n.request(t, "ann", c.method, c.path, c.body)
		if code != c.code && code != 0 || !strings.Contains(answer, c.says) || len(answer) > 8<<10 {
			t.Errorf("%s: %d, %d bytes, %.300s", name, code, len(answer), answer)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	// Over gRPC the same bounds hold.
	big := &productv1.BatchGetProductsRequest{}
	for range 300_000 {
		big.Names = append(big.Names, "products/4711000")
	}
	if _, err := m.products.BatchGetProducts(n.as(t, "ann"), big); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("a message beyond what is taken: %v", err)
	}
	greedyHarmsNobody(t, n)

	code, metrics := m.get(t, "/metrics", nil)
	for _, counted := range []string{`mesh_http_refused_total{code="400"}`, `mesh_http_refused_total{code="413"}`} {
		if code != http.StatusOK || !strings.Contains(string(metrics), counted) {
			t.Errorf("%s is not counted", counted)
		}
	}
	slow(t)
}

func parameters(count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "p%d=1&", i)
	}
	return strings.TrimSuffix(b.String(), "&")
}

// request is what is answered; nothing where the connection ends while the request is sent.
func (n *narrowed) request(t *testing.T, as, method, path, body string) (code int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, n.rest+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+as)
	response, err := client.Do(request)
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return 0, ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(text)
}

// greedyHarmsNobody has one principal take all that it may, and more, while another one is
// served.
func greedyHarmsNobody(t *testing.T, n *narrowed) {
	t.Helper()
	watch := func(as string) error {
		stream, err := n.products.WatchProducts(n.as(t, as), &productv1.WatchProductsRequest{})
		if err == nil {
			_, err = stream.Recv()
		}
		return err
	}
	for range n.config.MaxStreams {
		if err := watch("greedy"); err != nil {
			t.Fatal(err)
		}
	}
	if err := watch("greedy"); refusalOf(err).reason != "OVERLOADED" {
		t.Errorf("one stream more than it may: %v", err)
	}
	if err := watch("ann"); err != nil {
		t.Errorf("a stream of somebody else: %v", err)
	}
	for refused := 0; refused < 20; {
		_, err := n.products.ListProducts(n.as(t, "greedy"), &productv1.ListProductsRequest{})
		if refusalOf(err).reason != "OVERLOADED" {
			continue
		}
		refused++
		if _, err := n.products.GetProduct(n.as(t, "ann"), &productv1.GetProductRequest{Name: "products/1"}); refusalOf(err).reason == "OVERLOADED" {
			t.Fatalf("somebody else: %v", err)
		}
	}
}

// beginSlowly begins, in every way there is, what it does not end; the answer awaits that
// the mesh ends it.
func beginSlowly(t *testing.T, m *mesh) func(*testing.T) {
	t.Helper()
	address := strings.TrimPrefix(m.rest, "http://")
	ended := map[string]chan struct{}{}
	for name, text := range map[string]string{
		"a header that does not end": "GET /v1/products HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"a body that does not come":  "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nContent-Length: 1000\r\n\r\n{",
		"a body in pieces":           "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		ended[name] = done
		go func() {
			defer close(done)
			_, _ = io.Copy(io.Discard, bufio.NewReader(conn))
		}()
	}
	ctx, cancel := context.WithTimeout(metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer ann"), patience)
	t.Cleanup(cancel)
	stream, err := m.conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, productv1.ProductService_GetProduct_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	ended["a call without a request"] = done
	go func() {
		defer close(done)
		_ = stream.RecvMsg(&productv1.Product{})
	}()
	return func(t *testing.T) {
		t.Helper()
		within := time.NewTimer(40 * time.Second)
		defer within.Stop()
		for name, done := range ended {
			select {
			case <-done:
			case <-within.C:
				t.Fatalf("%s is waited for", name)
			}
		}
	}
}
