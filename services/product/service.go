package product

import (
	"context"
	_ "embed" // the mapping is part of the program

	"google.golang.org/protobuf/types/known/timestamppb"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// Collection is the first part of the names of products.
const Collection = "products"

//go:embed mapping.yaml
var mapping []byte

// Mapping says how a product is read out of Odoo.
func Mapping() []byte { return mapping }

// Service answers ProductService.
type Service struct {
	productv1.UnimplementedProductServiceServer
	products *read.Collection[*productv1.Product]
	changes  *stream.Watcher[*productv1.Product]
}

// New makes the service of what it reads and what it watches.
func New(r read.Deps, s stream.Deps) (*Service, error) {
	products, err := read.NewCollection[*productv1.Product](r)
	if err != nil {
		return nil, err
	}
	changes, err := stream.NewWatcher[*productv1.Product](s)
	if err != nil {
		return nil, err
	}
	return &Service{products: products, changes: changes}, nil
}

// GetProduct answers one product.
func (s *Service) GetProduct(ctx context.Context, r *productv1.GetProductRequest) (*productv1.Product, error) {
	return s.products.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetProducts answers products by name.
func (s *Service) BatchGetProducts(ctx context.Context, r *productv1.BatchGetProductsRequest) (*productv1.BatchGetProductsResponse, error) {
	b, err := s.products.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &productv1.BatchGetProductsResponse{Products: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListProducts answers a page of products.
func (s *Service) ListProducts(ctx context.Context, r *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error) {
	p, err := s.products.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &productv1.ListProductsResponse{Products: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchProducts sends the changes of products.
func (s *Service) WatchProducts(r *productv1.WatchProductsRequest, out productv1.ProductService_WatchProductsServer) error {
	return s.changes.Watch(out.Context(), r, func(m stream.Message[*productv1.Product]) error {
		return out.Send(&productv1.WatchProductsResponse{
			ChangeType: m.Type, Product: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
