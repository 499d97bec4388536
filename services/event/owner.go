package event

import (
	"context"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/fault"
)

// mayUse refuses a consumer that is another caller's: who acknowledges in its place
// lets it miss events. Who may operate events may use every consumer.
func mayUse(ctx context.Context, consumer, owner string) error {
	if owner == "" || owner == access.Caller(ctx) || access.From(ctx).Operates("event") {
		return nil
	}
	return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, consumer+" is another caller's: use a name of your own.",
		fault.Resource("mesh/Consumer", consumer))
}
