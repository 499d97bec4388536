// Package supplier is the Supplier domain: whoever can be bought from. Behind it
// stands Odoo's res.partner, with the partners below it as addresses and contacts.
package supplier

import (
	_ "embed" // the mapping is part of the program

	"odoomesh/gen/go/mesh/supplier/v1/supplierservice"
	"odoomesh/internal/domain"
)

//go:embed mapping.yaml
var mapping []byte

// Domain is what is served of suppliers.
func Domain[R domain.Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "supplier",
		Collections: supplierservice.Collections(mapping),
		Serve:       supplierservice.Serve[R],
		Gateway:     supplierservice.Gateway,
	}
}
