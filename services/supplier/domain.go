// Package supplier is the Supplier domain: whoever can be bought from. Behind it
// stands Odoo's res.partner, with the partners below it as addresses and contacts.
package supplier

import (
	_ "embed" // the mapping is part of the program

	"google.golang.org/grpc"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/gen/go/mesh/supplier/v1/supplierservice"
	"odoomesh/internal/domain"
)

//go:embed mapping.yaml
var supplierMapping []byte

// Domain is what is served of suppliers.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "supplier",
		Collections: supplierservice.Collections(supplierMapping),
		Commands:    kinds(nil),
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			supplierv1.RegisterSupplierServiceServer(s, service)
			return nil
		},
		Gateway: supplierservice.Gateway,
	}
}
