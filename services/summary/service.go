package summary

import (
	"odoomesh/internal/read"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// Service answers SummaryService.
type Service struct {
	summaryv1.UnimplementedSummaryServiceServer
	sheets    *Sheets
	deps      read.Deps
	products  *read.Collection[*productv1.Product]
	locations *read.Collection[*inventoryv1.Location]
	lots      *read.Collection[*inventoryv1.Lot]
	suppliers *read.Collection[*supplierv1.Supplier]
}

// New makes the service; deps gives what a collection is read from.
func New(deps func(collection string) read.Deps, sheets *Sheets) (s *Service, err error) {
	s = &Service{sheets: sheets, deps: deps(positions)}
	if s.products, err = read.NewCollection[*productv1.Product](deps(products)); err != nil {
		return nil, err
	}
	if s.locations, err = read.NewCollection[*inventoryv1.Location](deps(locations)); err != nil {
		return nil, err
	}
	if s.lots, err = read.NewCollection[*inventoryv1.Lot](deps(lots)); err != nil {
		return nil, err
	}
	s.suppliers, err = read.NewCollection[*supplierv1.Supplier](deps("suppliers"))
	return s, err
}
