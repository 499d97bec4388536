package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// bytesCodec leaves messages as the bytes that they are on the wire.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

func unary(ctx context.Context, conn *grpc.ClientConn, method string, request []byte) ([]byte, error) {
	var answer []byte
	err := conn.Invoke(ctx, method, &request, &answer, grpc.ForceCodecV2(bytesCodec{}))
	return answer, err
}

// fetch reads a page and keeps its text if asked to.
func fetch(ctx context.Context, client *http.Client, url string, keep bool) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Traceparent", traceParent)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		return nil, fmt.Errorf("GET %s: %s: %s", url, resp.Status, text)
	}
	if keep {
		return io.ReadAll(resp.Body)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err == nil && n == 0 {
		err = fmt.Errorf("GET %s: an empty page", url)
	}
	return nil, err
}

// names lists the names of all products.
func (m *mesh) names(ctx context.Context) ([]string, error) {
	all, err := dial(m.grpcAddr)
	if err != nil {
		return nil, err
	}
	defer all.close()
	var names []string
	request := &productv1.ListProductsRequest{PageSize: 1000}
	for {
		page, err := productv1.NewProductServiceClient(all[0]).ListProducts(signedIn(ctx), request)
		if err != nil {
			return nil, fmt.Errorf("listing the products: %w", err)
		}
		for _, p := range page.GetProducts() {
			names = append(names, p.GetName())
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			return names, nil
		}
	}
}

// texts are the products as REST answers them, by path.
func (m *mesh) texts(ctx context.Context, names []string) (map[string][]byte, error) {
	texts := make(map[string][]byte, len(names))
	for _, name := range names {
		text, err := fetch(ctx, http.DefaultClient, "http://"+m.httpAddr+"/v1/"+name, true)
		if err != nil {
			return nil, err
		}
		texts["/v1/"+name] = text
	}
	return texts, nil
}
