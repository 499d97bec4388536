package product

import (
	"context"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/gen/go/mesh/product/v1/productservice"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
)

// Rooms gives what is read from and what is watched, and who carries commands out.
type Rooms interface {
	domain.Rooms
	Commands() *command.Desk
}

// Service answers ProductService.
type Service struct {
	*productservice.Standard
	desk *command.Desk
}

// New makes the service, and says what its commands are.
func New(r Rooms) (*Service, error) {
	standard, err := productservice.New(r)
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
		{Name: "products.create", Method: productv1.ProductService_CreateProduct_FullMethodName, Request: &productv1.CreateProductRequest{}, Begin: beginCreate, Needs: createNeeds, Mails: true},
		{Name: "products.update", Method: productv1.ProductService_UpdateProduct_FullMethodName, Request: &productv1.UpdateProductRequest{}, Begin: s.beginUpdate, Compares: true, Needs: updateNeeds, Mails: true},
		{Name: "products.archive", Method: productv1.ProductService_ArchiveProduct_FullMethodName, Request: &productv1.ArchiveProductRequest{}, Begin: s.beginArchive, Needs: turnNeeds},
		{Name: "products.restore", Method: productv1.ProductService_RestoreProduct_FullMethodName, Request: &productv1.RestoreProductRequest{}, Begin: s.beginRestore, Needs: turnNeeds},
		{Name: "products.setSupplierPrice", Method: productv1.ProductService_SetSupplierPrice_FullMethodName, Request: &productv1.SetSupplierPriceRequest{}, Begin: s.beginSetPrice, Needs: setNeeds, Mails: true},
		{Name: "products.withdrawSupplierPrice", Method: productv1.ProductService_WithdrawSupplierPrice_FullMethodName, Request: &productv1.WithdrawSupplierPriceRequest{}, Begin: s.beginWithdraw, Needs: withdrawNeeds, Mails: true},
	}
}

// CreateProduct makes a product.
func (s *Service) CreateProduct(ctx context.Context, r *productv1.CreateProductRequest) (*productv1.CreateProductResponse, error) {
	intent, product, err := s.carry(ctx, productv1.ProductService_CreateProduct_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &productv1.CreateProductResponse{Intent: intent, Product: product}, nil
}

// UpdateProduct changes what a product says.
func (s *Service) UpdateProduct(ctx context.Context, r *productv1.UpdateProductRequest) (*productv1.UpdateProductResponse, error) {
	intent, product, err := s.carry(ctx, productv1.ProductService_UpdateProduct_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &productv1.UpdateProductResponse{Intent: intent, Product: product}, nil
}

// ArchiveProduct takes a product out of use.
func (s *Service) ArchiveProduct(ctx context.Context, r *productv1.ArchiveProductRequest) (*productv1.ArchiveProductResponse, error) {
	intent, product, err := s.carry(ctx, productv1.ProductService_ArchiveProduct_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &productv1.ArchiveProductResponse{Intent: intent, Product: product}, nil
}

// RestoreProduct takes a product into use again.
func (s *Service) RestoreProduct(ctx context.Context, r *productv1.RestoreProductRequest) (*productv1.RestoreProductResponse, error) {
	intent, product, err := s.carry(ctx, productv1.ProductService_RestoreProduct_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &productv1.RestoreProductResponse{Intent: intent, Product: product}, nil
}

// SetSupplierPrice changes a supplier's price, or adds one.
func (s *Service) SetSupplierPrice(ctx context.Context, r *productv1.SetSupplierPriceRequest) (*productv1.SetSupplierPriceResponse, error) {
	intent, product, err := s.carry(ctx, productv1.ProductService_SetSupplierPrice_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &productv1.SetSupplierPriceResponse{Intent: intent, Product: product}, nil
}

// WithdrawSupplierPrice ends a supplier's price, or removes it.
func (s *Service) WithdrawSupplierPrice(ctx context.Context, r *productv1.WithdrawSupplierPriceRequest) (*productv1.WithdrawSupplierPriceResponse, error) {
	intent, product, err := s.carry(ctx, productv1.ProductService_WithdrawSupplierPrice_FullMethodName, r)
	if err != nil {
		return nil, err
	}
	return &productv1.WithdrawSupplierPriceResponse{Intent: intent, Product: product}, nil
}

func (s *Service) carry(ctx context.Context, method string, r command.Request) (*commandv1.Intent, *productv1.Product, error) {
	return command.Carried(ctx, s.desk, method, r, s.cached)
}

// live reads a product as Odoo has it.
func (s *Service) live(ctx context.Context, name string) (*productv1.Product, error) {
	return s.Products.Get(ctx, name, &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}, nil)
}

// cached reads a product as the mesh's copy has it.
func (s *Service) cached(ctx context.Context, name string) (*productv1.Product, error) {
	return s.Products.Get(ctx, name, nil, nil)
}
