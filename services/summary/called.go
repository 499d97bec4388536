package summary

import (
	"context"
	"slices"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/read"

	"google.golang.org/protobuf/proto"
)

// called finds the records with these names that the caller meets, by name.
func called[T interface {
	proto.Message
	GetName() string
}](ctx context.Context, from *read.Collection[T], names []string) (map[string]T, error) {
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
	found, err := from.Find(ctx, names)
	if err != nil {
		return nil, err
	}
	by := make(map[string]T, len(found))
	for _, r := range found {
		by[r.GetName()] = r
	}
	return by, nil
}

// lying are the records of what lies somewhere, by name, as far as the caller meets them.
type lying struct {
	products  map[string]*productv1.Product
	locations map[string]*inventoryv1.Location
	lots      map[string]*inventoryv1.Lot
}

// whatLies finds the records that sums of stock, or parts of it, are about.
func whatLies[T interface {
	GetProduct() string
	GetLocation() string
	GetLot() string
}](ctx context.Context, s *Service, all []T) (known lying, err error) {
	var products, locations, lots []string
	for _, one := range all {
		products, locations, lots = append(products, one.GetProduct()), append(locations, one.GetLocation()), append(lots, one.GetLot())
	}
	if known.products, err = called(ctx, s.products, products); err != nil {
		return known, err
	}
	if known.locations, err = called(ctx, s.locations, locations); err != nil {
		return known, err
	}
	known.lots, err = called(ctx, s.lots, lots)
	return known, err
}
