package inventory

import (
	_ "embed" // the mappings are part of the program

	"google.golang.org/grpc"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/owned"
	"odoomesh/services/inventory/stockbook"
)

// The collections that the book of stock is made from and compared with.
const (
	Movements = inventoryservice.Movements
	Positions = inventoryservice.StockPositions
)

var (
	//go:embed location.yaml
	locationMapping []byte
	//go:embed lot.yaml
	lotMapping []byte
	//go:embed movement.yaml
	movementMapping []byte
	//go:embed stock_position.yaml
	positionMapping []byte
)

// Rooms gives what is read from and what is watched of each kind of record, and the
// book of stock.
type Rooms interface {
	domain.Rooms
	StockBook() *stockbook.Book
	// StockFeed is what streams of the events in it read from.
	StockFeed() EventFeed
	// Commands is who carries commands out, and Owned keeps what Odoo does not own.
	Commands() *command.Desk
	Owned() *owned.Writer
	// HoldLocations are complete names of places to which held goods may go.
	HoldLocations() []string
	// QuarantineLocations are complete names of those of them to which held goods are moved.
	QuarantineLocations() []string
}

// Domain is what is served of locations, lots, movements, stock positions and the
// events of stock.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:        "inventory",
		Collections: domain.Convert(inventoryservice.Collections(locationMapping, lotMapping, movementMapping, positionMapping), converters()),
		Commands:    kinds(nil),
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			inventoryv1.RegisterInventoryServiceServer(s, service)
			return nil
		},
		Gateway: inventoryservice.Gateway,
	}
}
