package supplier

import (
	"context"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/gen/go/mesh/supplier/v1/supplierservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
)

// Rooms gives what is read from and what is watched, and who carries commands out.
type Rooms interface {
	domain.Rooms
	Commands() *command.Desk
}

// Service answers SupplierService.
type Service struct {
	*supplierservice.Standard
	desk *command.Desk
}

// New makes the service, and says what its commands are.
func New(r Rooms) (*Service, error) {
	standard, err := supplierservice.New(r)
	if err != nil {
		return nil, err
	}
	s := &Service{Standard: standard, desk: r.Commands()}
	s.desk.Register(kinds(s)...)
	return s, nil
}

// kinds are the commands; s may be nil for what is said of them without carrying them
// out.
func kinds(s *Service) []command.Kind {
	return []command.Kind{
		{Name: "suppliers.create", Method: supplierv1.SupplierService_CreateSupplier_FullMethodName, Request: &supplierv1.CreateSupplierRequest{}, Begin: beginCreate, Needs: createNeeds},
		{Name: "suppliers.update", Method: supplierv1.SupplierService_UpdateSupplier_FullMethodName, Request: &supplierv1.UpdateSupplierRequest{}, Begin: s.beginUpdate, Compares: true, Needs: updateNeeds, Mails: true},
		{Name: "suppliers.archive", Method: supplierv1.SupplierService_ArchiveSupplier_FullMethodName, Request: &supplierv1.ArchiveSupplierRequest{}, Begin: s.beginArchive, Needs: turnNeeds},
		{Name: "suppliers.restore", Method: supplierv1.SupplierService_RestoreSupplier_FullMethodName, Request: &supplierv1.RestoreSupplierRequest{}, Begin: s.beginRestore, Needs: turnNeeds},
	}
}

// CreateSupplier makes a supplier.
func (s *Service) CreateSupplier(ctx context.Context, r *supplierv1.CreateSupplierRequest) (*supplierv1.CreateSupplierResponse, error) {
	intent, supplier, err := s.carry(ctx, supplierv1.SupplierService_CreateSupplier_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.CreateSupplierResponse{Intent: intent, Supplier: supplier}, nil
}

// UpdateSupplier changes what a supplier says.
func (s *Service) UpdateSupplier(ctx context.Context, r *supplierv1.UpdateSupplierRequest) (*supplierv1.UpdateSupplierResponse, error) {
	intent, supplier, err := s.carry(ctx, supplierv1.SupplierService_UpdateSupplier_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.UpdateSupplierResponse{Intent: intent, Supplier: supplier}, nil
}

// ArchiveSupplier takes a supplier out of use.
func (s *Service) ArchiveSupplier(ctx context.Context, r *supplierv1.ArchiveSupplierRequest) (*supplierv1.ArchiveSupplierResponse, error) {
	intent, supplier, err := s.carry(ctx, supplierv1.SupplierService_ArchiveSupplier_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.ArchiveSupplierResponse{Intent: intent, Supplier: supplier}, nil
}

// RestoreSupplier takes a supplier into use again.
func (s *Service) RestoreSupplier(ctx context.Context, r *supplierv1.RestoreSupplierRequest) (*supplierv1.RestoreSupplierResponse, error) {
	intent, supplier, err := s.carry(ctx, supplierv1.SupplierService_RestoreSupplier_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.RestoreSupplierResponse{Intent: intent, Supplier: supplier}, nil
}

func (s *Service) carry(ctx context.Context, method string, r command.Request) (*commandv1.Intent, *supplierv1.Supplier, error) {
	return command.Carried(ctx, s.desk, method, r, func(ctx context.Context, name string) (*supplierv1.Supplier, error) {
		return s.Suppliers.Get(ctx, name, nil, nil)
	})
}

// live reads a supplier as Odoo has it.
func (s *Service) live(ctx context.Context, name string) (*supplierv1.Supplier, error) {
	return s.Suppliers.Get(ctx, name, &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}, nil)
}
