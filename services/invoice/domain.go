// Package invoice is the Invoice domain: suppliers' bills, refunds and receipts of
// purchases, one record for each with the lines that bill something. Behind it
// stand Odoo's account.move and account.move.line; how far one is paid follows
// account.partial.reconcile.
package invoice

import (
	_ "embed" // the mapping is part of the program

	"google.golang.org/grpc"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	"odoomesh/internal/domain"
)

//go:embed mapping.yaml
var invoiceMapping []byte

// Domain is what is served of invoices.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "invoice",
		Collections: domain.Convert(invoiceservice.Collections(invoiceMapping), converters()),
		Commands:    kinds(nil),
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			invoicev1.RegisterInvoiceServiceServer(s, service)
			return nil
		},
		Gateway: invoiceservice.Gateway,
	}
}
