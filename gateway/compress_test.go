package gateway_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// asked sends a request that a client would not unpack by itself.
func asked(t *testing.T, url, encoding string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, body
}

// A page of records is sent in a fraction of its bytes to whoever takes that, one record
// as it is, and both are the same to the last byte.
func TestLargeAnswersAreCompressed(t *testing.T) {
	server := newServer(t, &products{
		get: func(context.Context, *productv1.GetProductRequest) (*productv1.Product, error) {
			return realistic("products/1"), nil
		},
		list: func(context.Context, *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error) {
			all := &productv1.ListProductsResponse{}
			for n := range 50 {
				all.Products = append(all.Products, realistic(fmt.Sprintf("products/%d", n+1)))
			}
			return all, nil
		},
	})
	plain, want := asked(t, server.URL+"/v1/products", "")
	if plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("Vary") == "" {
		t.Errorf("unasked: %v", plain.Header)
	}
	small, packed := asked(t, server.URL+"/v1/products", "gzip")
	if small.Header.Get("Content-Encoding") != "gzip" || len(packed) > len(want)/5 {
		t.Fatalf("%d bytes of %d: %v", len(packed), len(want), small.Header)
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reader); err != nil || string(got) != string(want) {
		t.Errorf("other bytes: %v", err)
	}
	if one, _ := asked(t, server.URL+"/v1/products/1", "gzip"); one.Header.Get("Content-Encoding") != "" || one.Header.Get("Etag") == "" {
		t.Errorf("one record: %v", one.Header)
	}
	if refused, _ := asked(t, server.URL+"/v1/products", "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" {
		t.Errorf("a client that takes no gzip gets it: %v", refused.Header)
	}
}
