package gateway

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// silent is a connection on which nothing is called.
type silent struct{ grpc.ClientConnInterface }

// Each word of a path leads to a router with what the contract gives it to, and
// any other to the one that has all.
func TestRoutesAreFoundByTheFirstWord(t *testing.T) {
	products := func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
		return productv1.RegisterProductServiceHandlerClient(ctx, mux, productv1.NewProductServiceClient(conn))
	}
	suppliers := func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
		return supplierv1.RegisterSupplierServiceHandlerClient(ctx, mux, supplierv1.NewSupplierServiceClient(conn))
	}
	newMux := func() *runtime.ServeMux { return runtime.NewServeMux(runtime.WithMiddlewares(answerProbe)) }
	r, err := newRoutes(newMux, []Register{products, suppliers}, silent{})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(r.byWord)); !slices.Equal(got, []string{"products", "suppliers"}) {
		t.Fatalf("routers for %v", got)
	}
	for path, own := range map[string]bool{
		"/v1/products": true, "/v1/products/42": true, "/v1/products:watch": true, "/v1/suppliers/7": true,
		"/v1/products:batchGet": true, "/v1/": false, "/v1/other/1": false, "/products": false,
	} {
		if got := r.of(path) != r.all; got != own {
			t.Errorf("%s: a router of its own: %v", path, got)
		}
		get := []example{{http.MethodGet, path}}
		if own && !answersAny(r.of(path), get) || answersAny(r.of(path), get) != answersAny(r.all, get) {
			t.Errorf("%s is answered by one router and not by the other", path)
		}
	}
}
