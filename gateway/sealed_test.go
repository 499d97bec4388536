package gateway_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"odoomesh/gateway"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/record"
)

// A record that comes as its bytes is shown as one that comes open, alone, in a
// batch, and with a field mask, whether JSON is kept or not.
func TestSealedRecordsAreShownAsOpenOnes(t *testing.T) {
	content := realistic("products/42")
	provenance := content.GetProvenance()
	content.Etag, content.Provenance = "", nil
	body, err := proto.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	kind, err := record.NewKind("products", content.ProtoReflect().Type(), provenance.GetOdooInstance())
	if err != nil {
		t.Fatal(err)
	}
	kept := &internalv1.CacheRecord{
		Body: body, ContentHash: []byte("01234567"), ObservedTime: provenance.GetObservedTime(), SourceTime: provenance.GetSourceTime(),
		Company: provenance.GetCompany(), CompanyId: provenance.GetCompanyId(), MappingVersion: 3, Revision: 4711,
	}
	seal, err := kind.Seal(kept)
	if err != nil {
		t.Fatal(err)
	}
	verified := provenance.GetVerifiedTime().AsTime()
	sealed := false
	get := func() *productv1.Product {
		verified = verified.Add(time.Millisecond)
		if sealed {
			return seal.Show(verified).(*productv1.Product)
		}
		m, err := kind.Show(kept, verified)
		if err != nil {
			t.Error(err)
		}
		return m.(*productv1.Product)
	}
	p := &products{
		get: func(context.Context, *productv1.GetProductRequest) (*productv1.Product, error) { return get(), nil },
		batchGet: func(context.Context, *productv1.BatchGetProductsRequest) (*productv1.BatchGetProductsResponse, error) {
			return &productv1.BatchGetProductsResponse{Products: []*productv1.Product{get(), get()}}, nil
		},
	}
	for _, cache := range []int64{0, -1} {
		server := serve(t, newHandler(t, p, gateway.Options{JSONCacheBytes: cache}, interceptors{}))
		for _, path := range []string{"/v1/products/42", "/v1/products:batchGet?names=products/42", "/v1/products/42?read_mask=name"} {
			var shown [2]reply
			for i := range shown {
				verified, sealed = provenance.GetVerifiedTime().AsTime(), i == 1
				for range 2 { // made first, and then taken from what is kept
					shown[i] = send(t, server, "GET", path)
				}
			}
			var open, other any
			if err := json.Unmarshal([]byte(shown[0].body), &open); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(shown[1].body), &other); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(open, other); diff != "" {
				t.Errorf("%s, cache %d (-open +sealed):\n%s", path, cache, diff)
			}
			if shown[0].Header.Get("Etag") != shown[1].Header.Get("Etag") {
				t.Errorf("%s: etags %q and %q", path, shown[0].Header.Get("Etag"), shown[1].Header.Get("Etag"))
			}
			if path == "/v1/products/42" {
				got := send(t, server, "GET", path, "If-None-Match", `"3031323334353637"`)
				if got.StatusCode != 304 || got.Header.Get("Mesh-Verified-Time") == "" {
					t.Errorf("with the etag: %d, %v", got.StatusCode, got.Header)
				}
			}
		}
	}
}

// A handler is told that its answer may be bytes only where the gateway asks.
func TestOnlyTheGatewayTakesBytes(t *testing.T) {
	var told []bool
	p := &products{get: func(ctx context.Context, r *productv1.GetProductRequest) (*productv1.Product, error) {
		_, ok := grpc.ServerTransportStreamFromContext(ctx).(interface{ ContentSubtype() string })
		told = append(told, ok)
		return realistic(r.GetName()), nil
	}}
	send(t, newServer(t, p), "GET", "/v1/products/42")
	conn := gateway.InProcess(nil, nil, nil)
	productv1.RegisterProductServiceServer(conn, p)
	if _, err := productv1.NewProductServiceClient(conn).GetProduct(t.Context(), &productv1.GetProductRequest{Name: "products/42"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]bool{true, false}, told); diff != "" {
		t.Error(diff)
	}
}
