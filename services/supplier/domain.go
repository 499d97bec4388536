// Package supplier is the Supplier domain: whoever can be bought from. Behind it
// stands Odoo's res.partner, with the partners below it as addresses and contacts. Which
// of their products may be bought for which site lies in approved/.
package supplier

import (
	"context"
	_ "embed" // the mapping is part of the program

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/gen/go/mesh/supplier/v1/approvedvendorservice"
	"odoomesh/gen/go/mesh/supplier/v1/supplierservice"
	"odoomesh/internal/domain"
	"odoomesh/services/supplier/approved"
)

//go:embed mapping.yaml
var supplierMapping []byte

// Domain is what is served of suppliers.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "supplier",
		Collections: supplierservice.Collections(supplierMapping),
		Kept:        []domain.Collection{approved.Kept()},
		Commands:    append(kinds(nil), approved.Kinds(nil)...),
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			vendors, err := approved.New(r)
			if err != nil {
				return err
			}
			supplierv1.RegisterSupplierServiceServer(s, service)
			supplierv1.RegisterApprovedVendorServiceServer(s, vendors)
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			if err := approvedvendorservice.Gateway(ctx, mux, conn); err != nil {
				return err
			}
			return supplierservice.Gateway(ctx, mux, conn)
		},
	}
}
