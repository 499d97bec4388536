package rpc

import (
	"context"

	"google.golang.org/grpc"

	"odoomesh/internal/access"
)

// Next goes on to the rest of the chain, and in the end to the handler. A stage
// calls it at most once.
type Next func(context.Context) error

// Around is what a stage does: something before and after the rest of the chain,
// or a refusal in place of it.
type Around func(ctx context.Context, call *Call, next Next) error

// Stage is one link of a chain.
type Stage struct {
	Name   string
	Around Around
}

// Call is one call on its way through a chain.
type Call struct {
	// Method is the full name, such as "/mesh.product.v1.ProductService/GetProduct".
	Method string
	// Stream is true for a call with a stream in either direction.
	Stream bool

	// principal is who calls; empty until that is known.
	principal string
	// proof is how it has proven that; nil until that is known.
	proof *access.Proof

	request any
	looks   []func(request any) error

	stages []Stage
	at     int
	next   Next

	// One of the handlers is there; a unary one leaves its response.
	unary    grpc.UnaryHandler
	response any
	stream   func(context.Context) error
}

// Look shows the request to a stage: at once where it is there, and on a stream
// as its first message comes. An error ends the call.
func (c *Call) Look(look func(request any) error) error {
	if !c.Stream {
		return look(c.request)
	}
	c.looks = append(c.looks, look)
	return nil
}

func (c *Call) run(ctx context.Context) error {
	c.next = c.step
	return c.step(ctx)
}

func (c *Call) step(ctx context.Context) error {
	if c.at == len(c.stages) {
		if c.Stream {
			return c.stream(ctx)
		}
		var err error
		c.response, err = c.unary(ctx, c.request)
		return err
	}
	stage := c.stages[c.at]
	c.at++
	return stage.Around(ctx, c, c.next)
}

// Chain is the stages in their order.
type Chain struct {
	stages []Stage
	cover  func(map[string]grpc.ServiceInfo) error
	run    func(context.Context) error
}

// NewChain makes a chain of stages, the outermost first.
func NewChain(stages ...Stage) *Chain {
	return &Chain{stages: stages, cover: func(map[string]grpc.ServiceInfo) error { return nil },
		run: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
}

// Names are the names of the stages, the outermost first.
func (c *Chain) Names() []string {
	names := make([]string, len(c.stages))
	for i, s := range c.stages {
		names[i] = s.Name
	}
	return names
}

// Cover tells the chain which services it guards, as grpc.Server.GetServiceInfo
// gives them. To be called once all are registered and before serving.
func (c *Chain) Cover(services map[string]grpc.ServiceInfo) error { return c.cover(services) }

// Run ends open streams whose callers are not believed any more, until the context ends.
func (c *Chain) Run(ctx context.Context) error { return c.run(ctx) }

// Unary is the chain as a gRPC interceptor.
func (c *Chain) Unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	call := &Call{Method: info.FullMethod, request: request, stages: c.stages, unary: handler}
	if err := call.run(ctx); err != nil {
		return nil, err
	}
	return call.response, nil
}

// Stream is the chain as a gRPC interceptor.
func (c *Chain) Stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	call := &Call{Method: info.FullMethod, Stream: true, stages: c.stages}
	call.stream = func(ctx context.Context) error {
		return handler(server, &watched{ServerStream: stream, ctx: ctx, looks: call.looks})
	}
	return call.run(stream.Context())
}

// watched is a stream with the context of the chain, whose first message the
// stages look at.
type watched struct {
	grpc.ServerStream
	ctx   context.Context
	looks []func(request any) error
}

func (w *watched) Context() context.Context { return w.ctx }

// SendMsg sends nothing once the stream has been ended from here, whatever its handler
// does.
func (w *watched) SendMsg(m any) error {
	if w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	return w.ServerStream.SendMsg(m)
}

func (w *watched) RecvMsg(m any) error {
	if err := w.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	looks := w.looks
	w.looks = nil
	for _, look := range looks {
		if err := look(m); err != nil {
			return err
		}
	}
	return nil
}
