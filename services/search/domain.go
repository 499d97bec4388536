package search

import (
	"google.golang.org/grpc"

	searchv1 "odoomesh/gen/go/mesh/search/v1"
	"odoomesh/gen/go/mesh/search/v1/searchservice"
	"odoomesh/internal/clock"
	"odoomesh/internal/domain"
	"odoomesh/internal/read"
)

// Rooms gives what collections are read from.
type Rooms interface {
	// Records are those of a collection; false where there is none of that name.
	Records(collection string) (read.Deps, bool)
}

// Domain is what is served of searches.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "search",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r.Records, clock.System{})
			if err != nil {
				return err
			}
			searchv1.RegisterSearchServiceServer(s, service)
			return nil
		},
		Gateway: searchservice.Gateway,
	}
}
