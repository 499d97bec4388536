package gateway_test

import (
	"bufio"
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

// The messages of a stream leave one by one, as they are, also for clients that take
// compressed answers.
func TestStreamsAreNotCompressed(t *testing.T) {
	server := newServer(t, &products{watch: func(_ *productv1.WatchProductsRequest, stream productv1.ProductService_WatchProductsServer) error {
		if err := stream.Send(&productv1.WatchProductsResponse{Position: "one", Product: realistic("products/1")}); err != nil {
			return err
		}
		<-stream.Context().Done()
		return nil
	}})
	for _, kind := range []string{"application/json", "text/event-stream", "application/x-ndjson"} {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/products:watch", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", kind)
		r.Header.Set("Accept-Encoding", "gzip")
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d %v", kind, answer.StatusCode, answer.Header)
		}
		if line, err := bufio.NewReader(answer.Body).ReadString('\n'); err != nil || line == "" {
			t.Errorf("%s: %q, %v", kind, line, err)
		}
		cancel()
		answer.Body.Close()
	}
}
