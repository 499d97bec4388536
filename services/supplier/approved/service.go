package approved

import (
	"context"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/names"
	"odoomesh/internal/owned"
	"odoomesh/internal/read"
	"odoomesh/internal/scope"
	"odoomesh/internal/token"
)

// Rooms gives who carries commands out, who keeps the list, and the records that it is
// about.
type Rooms interface {
	Commands() *command.Desk
	Owned() *owned.Writer
	// Records are those of a collection; false where it is not served.
	Records(collection string) (read.Deps, bool)
	// VendorsByTwo says that who proposes an entry does not approve it.
	VendorsByTwo() bool
}

// Service answers ApprovedVendorService.
type Service struct {
	supplierv1.UnsafeApprovedVendorServiceServer
	Register
	desk  *command.Desk
	byTwo func() bool
	clock clock.Clock
	// zone is whose days a filter asks for.
	zone func() *time.Location
	// store and tokens are for page tokens.
	store  string
	tokens func(ctx context.Context) token.Tokens
	names  *names.Finder

	suppliers *read.Collection[*supplierv1.Supplier]
	// products and locations are nil where they are not served: then nobody looks whether
	// one is there.
	products  *read.Collection[*productv1.Product]
	locations *read.Collection[*inventoryv1.Location]
}

// New makes the service, and says what its commands are.
func New(r Rooms) (*Service, error) {
	suppliers, _ := r.Records("suppliers")
	s := &Service{
		Register: NewRegister(r.Owned()), desk: r.Commands(), byTwo: r.VendorsByTwo, clock: suppliers.Clock, zone: suppliers.Zone,
		store: suppliers.StoreID, tokens: suppliers.Tokens.For, names: suppliers.Names,
	}
	var err error
	if s.suppliers, err = read.NewCollection[*supplierv1.Supplier](suppliers); err != nil {
		return nil, err
	}
	if deps, served := r.Records("products"); served {
		if s.products, err = read.NewCollection[*productv1.Product](deps); err != nil {
			return nil, err
		}
	}
	if deps, served := r.Records("locations"); served {
		if s.locations, err = read.NewCollection[*inventoryv1.Location](deps); err != nil {
			return nil, err
		}
	}
	s.desk.Register(Kinds(s)...)
	return s, nil
}

// Kinds are the commands; s may be nil for what is said of them without carrying them
// out.
func Kinds(s *Service) []command.Kind {
	return []command.Kind{
		{Name: "approvedVendors.create", Method: supplierv1.ApprovedVendorService_CreateApprovedVendor_FullMethodName, Request: &supplierv1.CreateApprovedVendorRequest{}, Begin: s.beginCreate, Own: true},
		{Name: "approvedVendors.update", Method: supplierv1.ApprovedVendorService_UpdateApprovedVendor_FullMethodName, Request: &supplierv1.UpdateApprovedVendorRequest{}, Begin: s.beginUpdate, Own: true},
		{Name: "approvedVendors.approve", Method: supplierv1.ApprovedVendorService_ApproveApprovedVendor_FullMethodName, Request: &supplierv1.ApproveApprovedVendorRequest{}, Begin: s.beginApprove, Own: true},
		{Name: "approvedVendors.withdraw", Method: supplierv1.ApprovedVendorService_WithdrawApprovedVendor_FullMethodName, Request: &supplierv1.WithdrawApprovedVendorRequest{}, Begin: s.beginWithdraw, Own: true},
	}
}

// GetApprovedVendor answers one entry.
func (s *Service) GetApprovedVendor(ctx context.Context, r *supplierv1.GetApprovedVendorRequest) (*supplierv1.ApprovedVendor, error) {
	v, err := s.get(r.GetName())
	if err == nil {
		err = s.meets(ctx, v)
	}
	if err != nil {
		return nil, err
	}
	return named(s.names.For(ctx), v), nil
}

// named is an entry with what people call the records that it names.
func named(caller *names.Sight, v *supplierv1.ApprovedVendor) *supplierv1.ApprovedVendor {
	return caller.Find(v.ProtoReflect(), nil).Beside(v).(*supplierv1.ApprovedVendor)
}

// meets answers NOT_FOUND where a caller does not meet an entry: one that is narrowed down
// meets those alone of which it meets the site, the product and the supplier.
func (s *Service) meets(ctx context.Context, v *supplierv1.ApprovedVendor) error {
	view, err := viewOf(ctx)
	if err != nil || view == nil {
		return err
	}
	supplier, err := s.suppliers.Lookup(ctx, v.GetSupplier())
	if err != nil {
		return err
	}
	product, err := s.products.Lookup(ctx, v.GetProduct())
	if err != nil {
		return err
	}
	if !view.Sees(v.GetCompanyId(), v.ProtoReflect()) || supplier.GetName() == "" || s.products != nil && product.GetName() == "" {
		return fault.NotFound(v.GetName())
	}
	return nil
}

// viewOf is what the caller meets of the list; nil is all.
func viewOf(ctx context.Context) (*scope.View, error) {
	return scope.From(ctx).View(Collection, (*supplierv1.ApprovedVendor)(nil).ProtoReflect().Descriptor())
}

// CreateApprovedVendor proposes an entry.
func (s *Service) CreateApprovedVendor(ctx context.Context, r *supplierv1.CreateApprovedVendorRequest) (*supplierv1.CreateApprovedVendorResponse, error) {
	intent, v, err := s.carry(ctx, supplierv1.ApprovedVendorService_CreateApprovedVendor_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.CreateApprovedVendorResponse{Intent: intent, ApprovedVendor: v}, nil
}

// UpdateApprovedVendor proposes an entry otherwise than it is.
func (s *Service) UpdateApprovedVendor(ctx context.Context, r *supplierv1.UpdateApprovedVendorRequest) (*supplierv1.UpdateApprovedVendorResponse, error) {
	intent, v, err := s.carry(ctx, supplierv1.ApprovedVendorService_UpdateApprovedVendor_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.UpdateApprovedVendorResponse{Intent: intent, ApprovedVendor: v}, nil
}

// ApproveApprovedVendor puts in force what was proposed.
func (s *Service) ApproveApprovedVendor(ctx context.Context, r *supplierv1.ApproveApprovedVendorRequest) (*supplierv1.ApproveApprovedVendorResponse, error) {
	intent, v, err := s.carry(ctx, supplierv1.ApprovedVendorService_ApproveApprovedVendor_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.ApproveApprovedVendorResponse{Intent: intent, ApprovedVendor: v}, nil
}

// WithdrawApprovedVendor ends an entry.
func (s *Service) WithdrawApprovedVendor(ctx context.Context, r *supplierv1.WithdrawApprovedVendorRequest) (*supplierv1.WithdrawApprovedVendorResponse, error) {
	intent, v, err := s.carry(ctx, supplierv1.ApprovedVendorService_WithdrawApprovedVendor_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &supplierv1.WithdrawApprovedVendorResponse{Intent: intent, ApprovedVendor: v}, nil
}

func (s *Service) carry(ctx context.Context, method string, r command.Request) (*commandv1.Intent, *supplierv1.ApprovedVendor, error) {
	return command.Carried(ctx, s.desk, method, r, s.now)
}

// now is an entry as it is kept.
func (s *Service) now(_ context.Context, name string) (*supplierv1.ApprovedVendor, error) {
	return s.get(name)
}
