package change

import (
	"context"

	"google.golang.org/grpc"

	changev1 "odoomesh/gen/go/mesh/change/v1"
	"odoomesh/gen/go/mesh/change/v1/changeservice"
	"odoomesh/internal/capture"
	"odoomesh/internal/domain"
	"odoomesh/internal/stream"
)

// Rooms gives the log, and tells how old the copy is.
type Rooms interface {
	Recorded() stream.RecordedDeps
	// Snapshots is what all records at one position are read from.
	Snapshots() stream.SnapshotDeps
	// StockAsOf is the last inventory event that a place in the log tells of, if that is known.
	StockAsOf(ctx context.Context, position uint64) (event uint64, known bool, err error)
	// Instance is the configured name of Odoo.
	Instance() string
	// Statuses tell how each collection stands.
	Statuses() []capture.Status
}

// Domain is what is served of changes.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "change",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			changev1.RegisterChangeServiceServer(s, service)
			return nil
		},
		Gateway: changeservice.Gateway,
	}
}
