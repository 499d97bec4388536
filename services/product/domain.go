// Package product is the Product domain: everything that can be bought, stored
// or sold, one record for each variant. Behind it stand Odoo's product.product
// with its product.template, product.supplierinfo, product.category, uom.uom and
// the packagings (product.packaging, from 19 on product.uom).
package product

import (
	_ "embed" // the mapping is part of the program

	"google.golang.org/grpc"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/gen/go/mesh/product/v1/productservice"
	"odoomesh/internal/domain"
)

//go:embed mapping.yaml
var productMapping []byte

// Domain is what is served of products.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "product",
		Collections: domain.Convert(productservice.Collections(productMapping), converters()),
		Commands:    kinds(nil),
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			productv1.RegisterProductServiceServer(s, service)
			return nil
		},
		Gateway: productservice.Gateway,
	}
}
