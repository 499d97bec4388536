// Package receipt is the Receipt domain: goods that are expected or have come from
// a supplier, and goods that go back, one record for each document. Behind it
// stand Odoo's stock.picking with its stock.move and stock.move.line, and the
// stock.lot that the goods were booked on. Transfers within the house and
// deliveries to customers are none of it.
package receipt

import (
	_ "embed" // the mapping is part of the program

	"google.golang.org/grpc"

	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	"odoomesh/internal/domain"
)

//go:embed mapping.yaml
var receiptMapping []byte

// Domain is what is served of receipts.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "receipt",
		Collections: domain.Convert(receiptservice.Collections(receiptMapping), converters()),
		Commands:    kinds(nil),
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			receiptv1.RegisterReceiptServiceServer(s, service)
			return nil
		},
		Gateway: receiptservice.Gateway,
	}
}
