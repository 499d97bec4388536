package supplier

import (
	"context"
	_ "embed" // the mapping is part of the program

	"google.golang.org/protobuf/types/known/timestamppb"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// Collection is the first part of the names of suppliers.
const Collection = "suppliers"

//go:embed mapping.yaml
var mapping []byte

// Mapping says how a supplier is read out of Odoo.
func Mapping() []byte { return mapping }

// Service answers SupplierService.
type Service struct {
	supplierv1.UnimplementedSupplierServiceServer
	suppliers *read.Collection[*supplierv1.Supplier]
	changes   *stream.Watcher[*supplierv1.Supplier]
}

// New makes the service of what it reads and what it watches.
func New(r read.Deps, s stream.Deps) (*Service, error) {
	suppliers, err := read.NewCollection[*supplierv1.Supplier](r)
	if err != nil {
		return nil, err
	}
	changes, err := stream.NewWatcher[*supplierv1.Supplier](s)
	if err != nil {
		return nil, err
	}
	return &Service{suppliers: suppliers, changes: changes}, nil
}

// GetSupplier answers one supplier.
func (s *Service) GetSupplier(ctx context.Context, r *supplierv1.GetSupplierRequest) (*supplierv1.Supplier, error) {
	return s.suppliers.Get(ctx, r.GetName(), r.GetReadMode(), r.GetReadMask())
}

// BatchGetSuppliers answers suppliers by name.
func (s *Service) BatchGetSuppliers(ctx context.Context, r *supplierv1.BatchGetSuppliersRequest) (*supplierv1.BatchGetSuppliersResponse, error) {
	b, err := s.suppliers.BatchGet(ctx, r.GetNames(), r.GetReadMode(), r.GetReadMask())
	if err != nil {
		return nil, err
	}
	return &supplierv1.BatchGetSuppliersResponse{Suppliers: b.Found, Missing: b.Missing, Freshness: b.Freshness}, nil
}

// ListSuppliers answers a page of suppliers.
func (s *Service) ListSuppliers(ctx context.Context, r *supplierv1.ListSuppliersRequest) (*supplierv1.ListSuppliersResponse, error) {
	p, err := s.suppliers.List(ctx, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.ListSuppliersResponse{Suppliers: p.Records, NextPageToken: p.NextToken, Freshness: p.Freshness}, nil
}

// WatchSuppliers sends the changes of suppliers.
func (s *Service) WatchSuppliers(r *supplierv1.WatchSuppliersRequest, out supplierv1.SupplierService_WatchSuppliersServer) error {
	return s.changes.Watch(out.Context(), r, func(m stream.Message[*supplierv1.Supplier]) error {
		return out.Send(&supplierv1.WatchSuppliersResponse{
			ChangeType: m.Type, Supplier: m.Record, Position: m.Position, RecordedTime: timestamppb.New(m.Recorded), TooLarge: m.TooLarge,
		})
	})
}
