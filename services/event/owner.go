package event

import (
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// Caller is who makes a call.
type Caller struct {
	// Name is the principal's.
	Name string
	// Operates says that it may operate events, and so use every consumer.
	Operates bool
}

// mayUse refuses a consumer that is another caller's: who acknowledges in its place
// lets it miss events.
func (c Caller) mayUse(consumer, owner string) error {
	if owner == "" || owner == c.Name || c.Operates {
		return nil
	}
	return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, consumer+" is another caller's: use a name of your own.",
		fault.Resource("mesh/Consumer", consumer))
}
