package gateway_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

func TestEveryCallGoesThroughTheInterceptors(t *testing.T) {
	var seen []string
	in := interceptors{
		unary: func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			seen = append(seen, info.FullMethod)
			if err := grpc.SetHeader(ctx, metadata.Pairs("x-request-id", "from-the-server", "x-inside", "no")); err != nil {
				return nil, err
			}
			if req.(*productv1.GetProductRequest).GetName() == "products/13" {
				return nil, status.Error(codes.PermissionDenied, "No.")
			}
			return next(ctx, req)
		},
		stream: func(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
			seen = append(seen, info.FullMethod)
			if p, ok := peer.FromContext(ss.Context()); !ok || p.Addr.Network() != "tcp" {
				t.Errorf("peer of a stream: %v", p)
			}
			if err := ss.SetHeader(metadata.Pairs("x-request-id", "from-the-server")); err != nil {
				return err
			}
			return next(srv, ss)
		},
	}
	p := answering(realistic("products/42"))
	p.watch = sending(nil, change(typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT, "p")).watch
	server := serve(t, newHandler(t, p, gateway.Options{}, in))
	for path, code := range map[string]int{"/v1/products/42": 200, "/v1/products/13": 403, "/v1/products:watch": 200} {
		seen = nil
		got := send(t, server, "GET", path)
		if got.StatusCode != code || len(seen) != 1 {
			t.Errorf("%s: got %d, interceptors saw %v", path, got.StatusCode, seen)
		}
		if ids := got.Header.Values("X-Request-Id"); !slices.Equal(ids, []string{"from-the-server"}) {
			t.Errorf("%s: id %v", path, ids)
		}
		if got.Header.Get("X-Inside") != "" || got.Header.Get("Grpc-Metadata-X-Inside") != "" {
			t.Errorf("%s: metadata leaks out: %v", path, got.Header)
		}
	}
}

func TestCredentialsAreNotSentOn(t *testing.T) {
	p := &products{get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		if md, _ := metadata.FromOutgoingContext(ctx); len(md) != 0 {
			t.Errorf("a call of the handler's own would carry %v", md)
		}
		return &productv1.Product{}, nil
	}}
	send(t, newServer(t, p), "GET", "/v1/products/42", "Authorization", "Bearer abc")
}

func TestThePeerHasTheTLSStateOfTheClient(t *testing.T) {
	var from *peer.Peer
	p := &products{get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		from, _ = peer.FromContext(ctx)
		return &productv1.Product{}, nil
	}}
	server := httptest.NewTLSServer(newHandler(t, p, gateway.Options{}, interceptors{}))
	defer server.Close()
	send(t, server, "GET", "/v1/products/42")
	if info, ok := from.AuthInfo.(credentials.TLSInfo); !ok || !info.State.HandshakeComplete {
		t.Errorf("got %v", from.AuthInfo)
	}
}

func TestAMethodWithoutAServiceIsNotSupported(t *testing.T) {
	conn := gateway.InProcess(nil, nil, slog.New(slog.DiscardHandler))
	handler, err := gateway.New(conn, gateway.Options{Register: []gateway.Register{registerProducts}})
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, handler)
	for _, path := range []string{"/v1/products/42", "/v1/products:watch"} {
		if got := send(t, server, "GET", path); got.StatusCode != 501 || got.failure(t).reason(t) != "NOT_SUPPORTED" {
			t.Errorf("%s: got %d %s", path, got.StatusCode, got.body)
		}
	}
}

func TestAPanicOfAStreamIsA500(t *testing.T) {
	var log bytes.Buffer
	p := &products{watch: func(*productv1.WatchProductsRequest, watchStream) error { panic("index of a shelf") }}
	logger := slog.New(slog.NewTextHandler(&log, nil))
	got := send(t, serve(t, newHandler(t, p, gateway.Options{Logger: logger}, interceptors{})), "GET", "/v1/products:watch")
	if got.StatusCode != 500 || got.failure(t).reason(t) != "INTERNAL" || !strings.Contains(log.String(), "index of a shelf") {
		t.Errorf("got %d %s; log %s", got.StatusCode, got.body, log.String())
	}
}

func TestWaitOutlastsTheHandlersOfStreams(t *testing.T) {
	conn := gateway.InProcess(nil, nil, slog.New(slog.DiscardHandler))
	release, ended := make(chan struct{}), make(chan struct{})
	productv1.RegisterProductServiceServer(conn, &products{watch: func(_ *productv1.WatchProductsRequest, s watchStream) error {
		err := s.Send(change(typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT, "p"))
		<-s.Context().Done()
		<-release // what a handler does after its client has gone
		close(ended)
		return err
	}})
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := productv1.NewProductServiceClient(conn).WatchProducts(ctx, &productv1.WatchProductsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	cancel()
	close(release)
	conn.Wait()
	select {
	case <-ended:
	default:
		t.Error("Wait returned before the handler")
	}
}

// routes adds routes that are no calls, to see what happens beside calls.
func routes(add map[string]runtime.HandlerFunc) gateway.Register {
	return func(_ context.Context, mux *runtime.ServeMux, _ grpc.ClientConnInterface) error {
		for path, handler := range add {
			for _, method := range []string{"GET", "POST"} {
				if err := mux.HandlePath(method, path, handler); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func TestPanicsInTheGateway(t *testing.T) {
	add := routes(map[string]runtime.HandlerFunc{
		"/v1/before": func(http.ResponseWriter, *http.Request, map[string]string) { panic("index of a shelf") },
		"/v1/after": func(w http.ResponseWriter, _ *http.Request, _ map[string]string) {
			_, _ = io.WriteString(w, strings.Repeat("x", 10_000))
			panic("index of a shelf")
		},
	})
	server := serve(t, newHandler(t, &products{}, gateway.Options{Register: []gateway.Register{add}}, interceptors{}))
	if got := send(t, server, "GET", "/v1/before"); got.StatusCode != 500 || got.failure(t).reason(t) != "INTERNAL" {
		t.Errorf("before: got %d %s", got.StatusCode, got.body)
	}
	resp, err := server.Client().Get(server.URL + "/v1/after")
	if err != nil {
		return // broken off before the header arrived
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("after: a part was given out as the whole")
	}
}

func TestBodiesAreLimitedAlsoWithoutALength(t *testing.T) {
	add := routes(map[string]runtime.HandlerFunc{
		"/v1/echo": func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
			text, err := io.ReadAll(r.Body)
			if err != nil {
				w.WriteHeader(http.StatusTeapot)
				return
			}
			_, _ = w.Write(text)
		},
	})
	server := serve(t, newHandler(t, &products{}, gateway.Options{Register: []gateway.Register{add}, MaxBodyBytes: 10}, interceptors{}))
	for text, want := range map[string]int{"0123456789": 200, "01234567890": http.StatusTeapot} {
		// A reader of an unknown type is sent in chunks, without a length.
		if got := sendBody(t, server, "POST", "/v1/echo", io.MultiReader(strings.NewReader(text))); got.StatusCode != want {
			t.Errorf("%d bytes: got %d, want %d", len(text), got.StatusCode, want)
		}
	}
}

func TestPagesOfOtherSitesChangeNothing(t *testing.T) {
	add := routes(map[string]runtime.HandlerFunc{"/v1/do": func(http.ResponseWriter, *http.Request, map[string]string) {}})
	server := serve(t, newHandler(t, &products{}, gateway.Options{Register: []gateway.Register{add}}, interceptors{}))
	tests := []struct {
		method, site string
		want         int
	}{{"POST", "cross-site", 403}, {"POST", "same-origin", 200}, {"POST", "", 200}, {"GET", "cross-site", 200}}
	for _, tt := range tests {
		var headers []string
		if tt.site != "" {
			headers = []string{"Sec-Fetch-Site", tt.site}
		}
		if got := send(t, server, tt.method, "/v1/do", headers...); got.StatusCode != tt.want {
			t.Errorf("%+v: got %d %s", tt, got.StatusCode, got.body)
		}
	}
}
