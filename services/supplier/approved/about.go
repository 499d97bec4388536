package approved

import (
	"context"
	"strings"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/command"
)

// amiss is what keeps an entry from being in force: orders are not judged by what its
// field names.
type amiss struct{ field, problem string }

// amiss tells what of the records that an entry is about is gone, archived, or another
// supplier's in law. Where a collection is not served, nobody knows.
func (s *Service) amiss(ctx context.Context, v *supplierv1.ApprovedVendor) (all []amiss, err error) {
	product, err := s.products.Lookup(ctx, v.GetProduct())
	if err != nil {
		return nil, err
	}
	switch {
	case s.products == nil:
	case product.GetName() == "":
		all = append(all, amiss{"product", "there is no " + v.GetProduct()})
	case !product.GetActive():
		all = append(all, amiss{"product", v.GetProduct() + " is archived in Odoo"})
	}
	supplier, err := s.suppliers.Lookup(ctx, v.GetSupplier())
	if err != nil {
		return nil, err
	}
	switch legal := supplier.GetLegalSupplier(); {
	case supplier.GetName() == "":
		all = append(all, amiss{"supplier", "there is no " + v.GetSupplier()})
	case legal != "" && legal != v.GetSupplier():
		all = append(all, amiss{"supplier", v.GetSupplier() + " belongs to " + legal + " in law: give that one"})
	case !supplier.GetActive():
		all = append(all, amiss{"supplier", v.GetSupplier() + " is archived in Odoo"})
	}
	return all, nil
}

// inUse refuses an entry of which something is amiss.
func (s *Service) inUse(ctx context.Context, v *supplierv1.ApprovedVendor) error {
	all, err := s.amiss(ctx, v)
	if err != nil || len(all) == 0 {
		return err
	}
	var texts []string
	for _, a := range all {
		texts = append(texts, a.field+": "+a.problem)
	}
	return command.Refused("%s is not proposed or approved any more: %s.", v.GetName(), strings.Join(texts, "; "))
}
