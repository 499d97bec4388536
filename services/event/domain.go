package event

import (
	"google.golang.org/grpc"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	"odoomesh/gen/go/mesh/event/v1/eventservice"
	"odoomesh/internal/capture"
	"odoomesh/internal/domain"
	"odoomesh/services/event/eventbook"
)

// Rooms gives the book of events, and what it is made of.
type Rooms interface {
	EventBook() *eventbook.Book
	// EventFeed is what streams of the events in it read from.
	EventFeed() Feed
	// Instance is the configured name of Odoo.
	Instance() string
	// Statuses tell how each collection stands.
	Statuses() []capture.Status
}

// Domain is what is served of business events: what the records of all domains mean
// that are served.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "event",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			service, err := New(r)
			if err != nil {
				return err
			}
			eventv1.RegisterEventServiceServer(s, service)
			return nil
		},
		Gateway: eventservice.Gateway,
	}
}
