// Package receipt is the Receipt domain: goods that are expected or have come from
// a supplier, and goods that go back, one record for each document. Behind it
// stand Odoo's stock.picking with its stock.move and stock.move.line, and the
// stock.lot that the goods were booked on. Transfers within the house and
// deliveries to customers are none of it.
package receipt

import (
	_ "embed" // the mapping is part of the program

	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	"odoomesh/internal/domain"
)

//go:embed mapping.yaml
var receiptMapping []byte

// Domain is what is served of receipts.
func Domain[R domain.Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "receipt",
		Collections: domain.Convert(receiptservice.Collections(receiptMapping), converters()),
		Serve:       receiptservice.Serve[R],
		Gateway:     receiptservice.Gateway,
	}
}
