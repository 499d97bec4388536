package rpc

import (
	"context"

	"google.golang.org/grpc/metadata"
)

// Usage counts who calls what.
type Usage interface {
	// Count notes a call; agent is what the caller says of its program.
	Count(principal, method, agent string)
}

// count notes a call that its caller may make, whatever becomes of it. Those of nobody in
// particular, such as of a load balancer that asks for health, are not counted.
func count(ctx context.Context, usage Usage, call *Call) {
	if usage == nil || call.principal == "" {
		return
	}
	agent := ""
	if said := metadata.ValueFromIncomingContext(ctx, "user-agent"); len(said) > 0 {
		agent = said[0]
	}
	usage.Count(call.principal, call.Method, agent)
}
