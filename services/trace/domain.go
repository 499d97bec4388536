package trace

import (
	"google.golang.org/grpc"

	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/gen/go/mesh/trace/v1/traceservice"
	"odoomesh/internal/clock"
	"odoomesh/internal/domain"
	"odoomesh/internal/read"
	"odoomesh/services/inventory/stockbook"
)

// Rooms gives what a collection is read from, and the book of stock.
type Rooms interface {
	Read(collection string) read.Deps
	// Records are those of a collection; false where there is none of that name.
	Records(collection string) (read.Deps, bool)
	StockBook() *stockbook.Book
}

// Domain is what is served of the ways of goods and documents.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "trace",
		// It reads what these domains have.
		Needs: []string{"supplier", "order", "receipt", "invoice", "inventory"},
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r.Read, r.Records, r.StockBook().LotChanges, clock.System{})
			if err != nil {
				return err
			}
			tracev1.RegisterTraceServiceServer(s, service)
			return nil
		},
		Gateway: traceservice.Gateway,
	}
}
