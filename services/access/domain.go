package access

import (
	"google.golang.org/grpc"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	"odoomesh/gen/go/mesh/access/v1/accessservice"
	engine "odoomesh/internal/access"
	"odoomesh/internal/domain"
	"odoomesh/internal/read"
)

// Rooms gives who guards calls, and the records about which somebody asks.
type Rooms interface {
	Guard() *engine.Guard
	// Records are those of a collection; false where there is none of that name.
	Records(collection string) (read.Deps, bool)
}

// Domain is what is served to whoever gives rights.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "access",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			accessv1.RegisterAccessServiceServer(s, New(r.Guard(), r.Records))
			return nil
		},
		Gateway: accessservice.Gateway,
	}
}
