package gateway_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// FuzzQuery holds that no query is a fault of the mesh's, and that every answer
// is JSON.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"page_size=3", "readMode.live=true", "read_mode.maxStaleness=5s", "readMask=a,b", "filter[x]=1", "a;b", "%zz",
		"read_mode.live.x=1", "page_size=1&pageSize=2", "=", ".=1", "read_mode.=1", "[=1", "filter=%ff",
	} {
		f.Add(query)
	}
	handler := newHandler(f, &products{list: func(context.Context, *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error) {
		return &productv1.ListProductsResponse{}, nil
	}}, gateway.Options{}, interceptors{})
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/v1/products", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%q: got %d %s", query, w.Code, w.Body)
		}
	})
}
