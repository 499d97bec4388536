package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/record"
)

func answering(p *productv1.Product) *products {
	return &products{get: func(context.Context, *productv1.GetProductRequest) (*productv1.Product, error) {
		return p, nil
	}}
}

func TestGetAnswersTheRecordAsJSON(t *testing.T) {
	want := realistic("products/42")
	server := newServer(t, answering(want))
	// The second answer comes from the JSON that is kept.
	for range 2 {
		got := send(t, server, "GET", "/v1/products/42")
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("got %d %q", got.StatusCode, got.Header.Get("Content-Type"))
		}
		product := &productv1.Product{}
		if err := protojson.Unmarshal([]byte(got.body), product); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(product, want) {
			t.Errorf("got %s", got.body)
		}
	}
}

// TestAnswersDoNotMix lets many clients read different products at once, some of
// them in lists: what is made in shared memory has to stay apart.
func TestAnswersDoNotMix(t *testing.T) {
	p := &products{}
	p.get = func(_ context.Context, req *productv1.GetProductRequest) (*productv1.Product, error) {
		return realistic(req.GetName()), nil
	}
	p.list = func(_ context.Context, req *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error) {
		return &productv1.ListProductsResponse{Products: []*productv1.Product{realistic(req.GetFilter())}}, nil
	}
	server := newServer(t, p)
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() {
			for j := range 20 {
				name := fmt.Sprintf("products/%d", 1+100*i+j)
				single := &productv1.Product{}
				page := &productv1.ListProductsResponse{}
				if err := protojson.Unmarshal([]byte(send(t, server, "GET", "/v1/"+name).body), single); err != nil || !proto.Equal(single, realistic(name)) {
					t.Errorf("%s: %v, got %v", name, err, single)
				}
				if err := protojson.Unmarshal([]byte(send(t, server, "GET", "/v1/products?filter="+name).body), page); err != nil ||
					len(page.GetProducts()) != 1 || !proto.Equal(page.GetProducts()[0], realistic(name)) {
					t.Errorf("%s in a list: %v, got %v", name, err, page)
				}
			}
		})
	}
	clients.Wait()
}

func TestTheTimeOfVerificationIsEachAnswersOwn(t *testing.T) {
	p := &products{}
	seconds := int64(1_700_000_000)
	p.get = func(context.Context, *productv1.GetProductRequest) (*productv1.Product, error) {
		seconds++
		product := realistic("products/42")
		product.Provenance.VerifiedTime = timestamppb.New(at(seconds, 0))
		return product, nil
	}
	server := newServer(t, p)
	for _, want := range []string{"2023-11-14T22:13:21Z", "2023-11-14T22:13:22Z", "2023-11-14T22:13:23Z"} {
		got := send(t, server, "GET", "/v1/products/42")
		var product struct {
			Provenance struct{ VerifiedTime string }
		}
		if err := json.Unmarshal([]byte(got.body), &product); err != nil {
			t.Fatal(err)
		}
		if product.Provenance.VerifiedTime != want {
			t.Errorf("got %q, want %q", product.Provenance.VerifiedTime, want)
		}
	}
}

func TestEmptyFieldsAreShownWhereTheyWereAskedFor(t *testing.T) {
	server := newServer(t, answering(&productv1.Product{Name: "products/42"}))
	tests := []struct {
		path string
		want bool
	}{
		{"/v1/products/42", true},
		{"/v1/products/42?read_mask=name", false},
		{"/v1/products/42?readMask=name", false},
		{"/v1/products/42?readMask=name,active", true},
	}
	for _, tt := range tests {
		var got map[string]any
		if err := json.Unmarshal([]byte(send(t, server, "GET", tt.path).body), &got); err != nil {
			t.Fatal(err)
		}
		if _, shown := got["active"]; shown != tt.want {
			t.Errorf("%s: active shown: %v, want %v", tt.path, shown, tt.want)
		}
		if _, shown := got["provenance"]; shown {
			t.Errorf("%s: an unset message is shown", tt.path)
		}
	}
}

func TestMasksTakeBothSpellings(t *testing.T) {
	var got []string
	p := &products{get: func(_ context.Context, req *productv1.GetProductRequest) (*productv1.Product, error) {
		got = req.GetReadMask().GetPaths()
		return &productv1.Product{Name: req.GetName()}, nil
	}}
	server := newServer(t, p)
	for _, query := range []string{"read_mask=display_name,base_unit.factor_numerator", "readMask=displayName,baseUnit.factorNumerator"} {
		send(t, server, "GET", "/v1/products/42?"+query)
		if len(got) < 2 || got[0] != "display_name" || got[1] != "base_unit.factor_numerator" {
			t.Errorf("%s: got %v", query, got)
		}
	}
}

func TestAMaskedRecordHasItsETag(t *testing.T) {
	p := &products{get: func(_ context.Context, req *productv1.GetProductRequest) (*productv1.Product, error) {
		show, err := record.MaskOf[*productv1.Product](req.GetReadMask(), &productv1.Product{})
		if err != nil {
			return nil, err
		}
		return show(realistic(req.GetName())), nil
	}}
	server := newServer(t, p)
	got := send(t, server, "GET", "/v1/products/42?read_mask=sku,can_be_sold")
	if got.Header.Get("Etag") != `W/"9f86d081884c7d65"` || strings.TrimSpace(got.body) != `{"sku":"GLV-NIT-M","canBeSold":false}` {
		t.Errorf("etag %q, body %s", got.Header.Get("Etag"), got.body)
	}
	again := send(t, server, "GET", "/v1/products/42?read_mask=sku,can_be_sold", "If-None-Match", got.Header.Get("Etag"))
	if again.StatusCode != http.StatusNotModified || again.Header.Get("Mesh-Verified-Time") == "" {
		t.Errorf("with its etag: %d, %v", again.StatusCode, again.Header)
	}
}

func TestETagAnswersNotModified(t *testing.T) {
	server := newServer(t, answering(realistic("products/42")))
	first := send(t, server, "GET", "/v1/products/42")
	etag := first.Header.Get("Etag")
	if etag != `W/"9f86d081884c7d65"` || first.Header.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("got etag %q, cache control %q", etag, first.Header.Get("Cache-Control"))
	}
	tests := []struct {
		ifNoneMatch string
		want        int
	}{
		{etag, 304},
		{`"9f86d081884c7d65"`, 304},
		{`"other", W/"9f86d081884c7d65"`, 304},
		{`*`, 304},
		{`"other"`, 200},
		{`9f86d081884c7d65`, 200},
	}
	for _, tt := range tests {
		got := send(t, server, "GET", "/v1/products/42", "If-None-Match", tt.ifNoneMatch)
		if got.StatusCode != tt.want {
			t.Errorf("%s: got %d, want %d", tt.ifNoneMatch, got.StatusCode, tt.want)
		}
		if tt.want == 304 && (got.body != "" || got.Header.Get("Etag") != etag || got.Header.Get("Mesh-Verified-Time") == "") {
			t.Errorf("%s: got body %q, headers %v", tt.ifNoneMatch, got.body, got.Header)
		}
	}
}

func TestHeadAnswersTheHeadersOfGet(t *testing.T) {
	server := newServer(t, answering(realistic("products/42")))
	got := send(t, server, "HEAD", "/v1/products/42")
	if got.StatusCode != 200 || got.body != "" || got.Header.Get("Etag") == "" || got.ContentLength <= 0 {
		t.Errorf("got %d %q %v", got.StatusCode, got.body, got.Header)
	}
	if got := send(t, server, "HEAD", "/v1/products:watch"); got.StatusCode != 405 {
		t.Errorf("watch: got %d, want 405", got.StatusCode)
	}
}

func TestMetadataAndPeerReachTheService(t *testing.T) {
	var md metadata.MD
	var from *peer.Peer
	p := &products{get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		md, _ = metadata.FromIncomingContext(ctx)
		from, _ = peer.FromContext(ctx)
		return &productv1.Product{}, nil
	}}
	server := newServer(t, p)
	got := send(t, server, "GET", "/v1/products/42",
		"Authorization", "Bearer abc", "X-Request-Id", "req-1", "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"Idempotency-Key", "k1", "Cookie", "secret", "Grpc-Metadata-Admin", "yes")
	for name, want := range map[string]string{
		"authorization": "Bearer abc", "x-request-id": "req-1", "idempotency-key": "k1",
		"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
	} {
		if values := md.Get(name); len(values) != 1 || values[0] != want {
			t.Errorf("%s: got %v, want %q", name, values, want)
		}
	}
	for _, name := range []string{"cookie", "grpcgateway-cookie", "admin"} {
		if values := md.Get(name); len(values) != 0 {
			t.Errorf("%s: got %v, want none", name, values)
		}
	}
	if from == nil || from.Addr.Network() != "tcp" || from.Addr.String()[:10] != "127.0.0.1:" {
		t.Errorf("peer: got %v", from)
	}
	if id := got.Header.Values("X-Request-Id"); len(id) != 1 || id[0] != "req-1" {
		t.Errorf("X-Request-Id: got %v", id)
	}
}

// TestAProxyCannotBeHidden matters to whoever trusts callers of this machine.
func TestAProxyCannotBeHidden(t *testing.T) {
	var md metadata.MD
	p := &products{get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		md, _ = metadata.FromIncomingContext(ctx)
		return &productv1.Product{}, nil
	}}
	server := newServer(t, p)
	own := strings.TrimPrefix(server.URL, "http://")
	tests := []struct {
		name, value string
		from        string
		hosts       []string
	}{
		{"Accept", "*/*", "127.0.0.1", []string{own}},
		{"X-Forwarded-For", "192.0.2.1", "192.0.2.1, 127.0.0.1", []string{own}},
		{"X-Forwarded-For", "\xe9, 192.0.2.1", "unreadable, 127.0.0.1", []string{own}},
		{"X-Real-Ip", "192.0.2.1", "192.0.2.1, 127.0.0.1", []string{own}},
		{"Forwarded", "for=192.0.2.1", "unreadable, 127.0.0.1", []string{own}},
		{"X-Forwarded-Host", "localhost", "127.0.0.1", []string{own, "localhost"}},
		{"X-Forwarded-Host", "\xe9", "127.0.0.1", []string{own, "unreadable"}},
	}
	for _, tt := range tests {
		send(t, server, "GET", "/v1/products/42", tt.name, tt.value)
		if got := md.Get("x-forwarded-for"); len(got) != 1 || got[0] != tt.from {
			t.Errorf("%s: %q: from %q, want %q", tt.name, tt.value, got, tt.from)
		}
		if got := md.Get("x-forwarded-host"); !slices.Equal(got, tt.hosts) {
			t.Errorf("%s: %q: hosts %q, want %q", tt.name, tt.value, got, tt.hosts)
		}
	}
}

// What a client puts beside the address that its proxy tells stands before that.
func TestAClientCannotSpeakForItsProxy(t *testing.T) {
	var md metadata.MD
	p := &products{get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		md, _ = metadata.FromIncomingContext(ctx)
		return &productv1.Product{}, nil
	}}
	server := newServer(t, p)
	send(t, server, "GET", "/v1/products/42", "X-Forwarded-For", "198.51.100.1", "X-Real-Ip", "1.2.3.4", "Via", "1.1 x", "X-Client-Certificate", "forged", "Grpc-Metadata-X-Client-Certificate", "forged")
	if got := md.Get("x-forwarded-for"); len(got) != 1 || got[0] != "unreadable, 1.2.3.4, 198.51.100.1, 127.0.0.1" {
		t.Errorf("from %q", got)
	}
	if got := md.Get("x-client-certificate"); got != nil {
		t.Errorf("a header goes on that nobody has named: %q", got)
	}
	named := serve(t, newHandler(t, p, gateway.Options{PassOn: "x-client-certificate"}, interceptors{}))
	send(t, named, "GET", "/v1/products/42", "X-Client-Certificate", "one", "Grpc-Metadata-X-Client-Certificate", "forged")
	if got := md.Get("x-client-certificate"); !slices.Equal(got, []string{"one"}) {
		t.Errorf("the header that was named: %q", got)
	}
}

func TestARequestIDIsMadeWhenNoneOrAnUnsafeOneCame(t *testing.T) {
	var seen []string
	p := &products{get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		seen = md.Get("x-request-id")
		return &productv1.Product{}, nil
	}}
	server := newServer(t, p)
	for _, headers := range [][]string{nil, {"X-Request-Id", "a b"}, {"X-Request-Id", "<script>"}} {
		got := send(t, server, "GET", "/v1/products/42", headers...).Header.Get("X-Request-Id")
		if len(got) < 20 || len(seen) != 1 || seen[0] != got {
			t.Errorf("%v: answered %q, the service saw %v", headers, got, seen)
		}
	}
	if got := send(t, server, "GET", "/nowhere", "X-Request-Id", "req-2").Header.Get("X-Request-Id"); got != "req-2" {
		t.Errorf("unknown path: got %q", got)
	}
}
