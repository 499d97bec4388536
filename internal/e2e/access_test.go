package e2e

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// accessFileOf writes an access file with principals, each by its name, which is its token, and
// what it has.
func accessFileOf(t *testing.T, path string, of ...[2]string) {
	t.Helper()
	text := "principals:\n"
	for _, p := range of {
		text += fmt.Sprintf("- {name: %s, token_sha256: %x, %s}\n", p[0], sha256.Sum256([]byte(p[0])), p[1])
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// A right that is taken ends, within five seconds, the streams that rest on it, whatever
// they go over, and no others; SIGHUP takes a file at once, and never ends the mesh.
func TestARightIsTakenWhileTheMeshRuns(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 3)
	path := filepath.Join(t.TempDir(), "access.yaml")
	accessFileOf(t, path, [2]string{"ann", "roles: [reader]"}, [2]string{"bob", "roles: [reader]"})
	s := spawn(t, p, arguments(p, t.TempDir(), "--access-file", path)...)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	as := func(name string) context.Context {
		return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+name)
	}
	eventually(t, func() (bool, any) {
		_, err := s.mesh.products.ListProducts(as("ann"), &productv1.ListProductsRequest{})
		return err == nil, err
	})

	ended := make(chan string, 3)
	watch, err := s.mesh.products.WatchProducts(as("ann"), &productv1.WatchProductsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := watch.Recv(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			if _, err := watch.Recv(); err != nil {
				ended <- "gRPC: " + refusalOf(err).reason
				return
			}
		}
	}()
	for _, accept := range []string{"text/event-stream", "application/x-ndjson"} {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.mesh.rest+"/v1/products:watch", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", accept)
		request.Header.Set("Authorization", "Bearer ann")
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		if response.StatusCode != http.StatusOK || !lines.Scan() {
			t.Fatalf("%s: %s", accept, response.Status)
		}
		go func() {
			last := ""
			for lines.Scan() {
				if lines.Text() != "" {
					last = lines.Text()
				}
			}
			ended <- accept + ": " + last
		}()
	}
	others, err := s.mesh.orders.WatchOrders(as("bob"), &orderv1.WatchOrdersRequest{})
	if err != nil {
		t.Fatal(err)
	}

	accessFileOf(t, path, [2]string{"ann", "rights: {order: [read]}"}, [2]string{"bob", "roles: [reader]"})
	within := time.NewTimer(5 * time.Second)
	defer within.Stop()
	for range 3 {
		select {
		case how := <-ended:
			if !strings.Contains(how, "NOT_PERMITTED") {
				t.Errorf("a stream ended otherwise: %s", how)
			}
		case <-within.C:
			t.Fatal("a stream is open five seconds after its right was taken")
		}
	}
	for range 2 {
		if _, err := others.Recv(); err != nil {
			t.Errorf("a stream of somebody else: %v", err)
		}
	}

	hangup := func() {
		if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	accessFileOf(t, path, [2]string{"ann", "roles: [king]"})
	hangup()
	eventually(t, func() (bool, any) { return strings.Contains(s.text(), "the one before stays in force"), s.text() })
	if _, err := s.mesh.orders.ListOrders(as("ann"), &orderv1.ListOrdersRequest{}); err != nil {
		t.Errorf("a file that cannot be used took a right: %v", err)
	}
	accessFileOf(t, path, [2]string{"bob", "roles: [reader]"})
	hangup()
	eventually(t, func() (bool, any) {
		_, err := s.mesh.orders.ListOrders(as("ann"), &orderv1.ListOrdersRequest{})
		return refusalOf(err).reason == "UNAUTHENTICATED", err
	})
}
