package access

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	"odoomesh/gen/go/mesh/access/v1/accessservice"
	"odoomesh/gen/go/mesh/access/v1/keyservice"
	"odoomesh/gen/go/mesh/access/v1/streamticketservice"
	engine "odoomesh/internal/access"
	"odoomesh/internal/domain"
	"odoomesh/internal/read"
)

// Rooms gives who guards calls, the keys of partners, the tickets for streams, who calls
// what, and the records about which somebody asks.
type Rooms interface {
	Guard() *engine.Guard
	Keys() Keys
	Tickets() Tickets
	Usage() Usage
	// Records are those of a collection; false where there is none of that name.
	Records(collection string) (read.Deps, bool)
}

// Domain is what is served to whoever gives rights.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "access",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			accessv1.RegisterAccessServiceServer(s, New(r.Guard(), r.Records, r.Usage()))
			accessv1.RegisterKeyServiceServer(s, NewKeys(r.Keys()))
			accessv1.RegisterStreamTicketServiceServer(s, NewStreamTickets(r.Tickets()))
			return nil
		},
		Gateway: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			if err := keyservice.Gateway(ctx, mux, conn); err != nil {
				return err
			}
			if err := streamticketservice.Gateway(ctx, mux, conn); err != nil {
				return err
			}
			return accessservice.Gateway(ctx, mux, conn)
		},
	}
}
