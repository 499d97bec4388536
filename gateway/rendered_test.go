package gateway_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"odoomesh/gateway"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/record"
)

// A record that is rendered is answered as one that is not, byte for byte: alone, in a
// batch, and with a field mask, when it is first asked for and later.
func TestRenderedRecordsAreAnsweredAsOthers(t *testing.T) {
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
	raw, err := proto.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	r, err := kind.Render(raw)
	if err != nil {
		t.Fatal(err)
	}
	verified := provenance.GetVerifiedTime().AsTime()
	rendered := false
	get := func(ctx context.Context) *productv1.Product {
		verified = verified.Add(time.Millisecond)
		if rendered {
			shown, err := r.Show(verified, nil)
			if err != nil {
				t.Error(err)
			}
			record.ReplyOf(ctx).Add(shown)
			return shown.Message.(*productv1.Product)
		}
		m, err := kind.Show(kept, verified)
		if err != nil {
			t.Error(err)
		}
		return m.(*productv1.Product)
	}
	p := &products{
		get: func(ctx context.Context, _ *productv1.GetProductRequest) (*productv1.Product, error) {
			return get(ctx), nil
		},
		batchGet: func(ctx context.Context, _ *productv1.BatchGetProductsRequest) (*productv1.BatchGetProductsResponse, error) {
			return &productv1.BatchGetProductsResponse{Products: []*productv1.Product{get(ctx), get(ctx)}}, nil
		},
	}
	server := newServer(t, p)
	for _, path := range []string{"/v1/products/42", "/v1/products:batchGet?names=products/42", "/v1/products/42?read_mask=name"} {
		var answers [3]reply
		for i := range answers {
			verified, rendered = provenance.GetVerifiedTime().AsTime(), i > 0
			answers[i] = send(t, server, "GET", path)
		}
		for _, got := range answers[1:] {
			if diff := cmp.Diff(answers[0].body, got.body); diff != "" {
				t.Errorf("%s (-made +rendered):\n%s", path, diff)
			}
			if answers[0].Header.Get("Etag") != got.Header.Get("Etag") {
				t.Errorf("%s: etags %q and %q", path, answers[0].Header.Get("Etag"), got.Header.Get("Etag"))
			}
		}
	}
	got := send(t, server, "GET", "/v1/products/42", "If-None-Match", `"3031323334353637"`)
	if got.StatusCode != 304 || got.Header.Get("Mesh-Verified-Time") == "" {
		t.Errorf("with the etag: %d, %v", got.StatusCode, got.Header)
	}
}

// A handler is told that its answer becomes JSON only where the gateway asks.
func TestOnlyTheGatewayTakesRenderings(t *testing.T) {
	var told []bool
	p := &products{get: func(ctx context.Context, r *productv1.GetProductRequest) (*productv1.Product, error) {
		reply := record.ReplyOf(ctx)
		told = append(told, reply != nil && reply.JSON)
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
