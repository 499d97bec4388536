package event

import (
	"google.golang.org/grpc"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	"odoomesh/gen/go/mesh/event/v1/eventservice"
	"odoomesh/internal/domain"
)

// Rooms gives the journal of events.
type Rooms interface {
	EventBook() Book
}

// Domain is what is served of business events: what the records of all domains mean
// that are served.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "event",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r.EventBook())
			if err != nil {
				return err
			}
			eventv1.RegisterEventServiceServer(s, service)
			return nil
		},
		Gateway: eventservice.Gateway,
	}
}
