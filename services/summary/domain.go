package summary

import (
	"google.golang.org/grpc"

	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/gen/go/mesh/summary/v1/summaryservice"
	"odoomesh/internal/domain"
	"odoomesh/internal/read"
)

// Rooms gives what a collection is read from, and the sheets.
type Rooms interface {
	Read(collection string) read.Deps
	Sheets() *Sheets
}

// Needs are the domains that sums are made from.
var Needs = []string{"product", "supplier", "order", "receipt", "inventory"}

// Domain is what is served of sums.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name:  "summary",
		Needs: Needs,
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r.Read, r.Sheets())
			if err != nil {
				return err
			}
			summaryv1.RegisterSummaryServiceServer(s, service)
			return nil
		},
		Gateway: summaryservice.Gateway,
	}
}
