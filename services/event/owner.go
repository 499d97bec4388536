package event

import (
	"context"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/fault"
)

// domain is how rights name what is offered here.
const domain = "event"

// callerOf is the name of who calls; empty where nobody was recognised.
func callerOf(ctx context.Context) string {
	if p := access.From(ctx); p != nil {
		return p.Name
	}
	return ""
}

// mayUse refuses a consumer that is another caller's: who acknowledges in its place
// lets it miss events. Whoever may operate may use all.
func mayUse(ctx context.Context, consumer, owner string) error {
	if owner == "" || owner == callerOf(ctx) || access.From(ctx).May(optionsv1.Access_ACCESS_OPERATE, domain) {
		return nil
	}
	return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, consumer+" is another caller's: use a name of your own.",
		fault.Resource("mesh/Consumer", consumer))
}
