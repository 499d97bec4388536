package rpc

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"odoomesh/internal/access"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/identity"
	"odoomesh/internal/telemetry"
)

// Parts are what the standard chain is made of.
type Parts struct {
	Log   *slog.Logger
	Calls *telemetry.Calls
	Guard *access.Guard
	// Clock measures how long a refused call took; nil: the system's.
	Clock clock.Clock
	// Limits bound what each principal takes.
	Limits Limits
	// Audit keeps the calls that the contract marks; nil: as lines of Log.
	Audit audit.Recorder
	// AuditedReads are the methods of which the audit sums the answered calls too; nil: none.
	AuditedReads func(method string) bool
	// Usage counts who calls what; nil: nobody does.
	Usage Usage
	// Origin tells where a call comes from, for the audit; nil: the address of the peer.
	Origin func(context.Context) netip.Addr
}

// Standard is the chain that every call of the mesh goes through.
func Standard(p Parts) *Chain {
	validator := new(validator)
	if p.Clock == nil {
		p.Clock = clock.System{}
	}
	if p.Audit == nil {
		p.Audit = audit.Log{Logger: p.Log}
	}
	if p.Origin == nil {
		p.Origin = (*identity.Proxies)(nil).Origin
	}
	limit := &limiter{limits: p.Limits, clock: p.Clock, cost: p.Guard.Cost}
	auditing := &auditor{recorder: p.Audit, clock: p.Clock, audited: p.Guard.Audited, summed: p.AuditedReads, origin: p.Origin}
	stands := &standing{stands: p.Guard.Stands, open: map[*stream]struct{}{}}
	stages := []Stage{
		{"recover", func(ctx context.Context, call *Call, next Next) error { return guarded(ctx, p.Log, call, next) }},
		{"request id", func(ctx context.Context, _ *Call, next Next) error { return next(telemetry.NameRequest(ctx)) }},
		{"telemetry", func(ctx context.Context, call *Call, next Next) error {
			return p.Calls.Around(ctx, call.Method, call.Stream, next)
		}},
		{"errors", translator{p.Log, p.Clock, p.Guard.Writes}.around},
		{"audit", auditing.around},
		{"authenticate", func(ctx context.Context, call *Call, next Next) error {
			ctx, err := p.Guard.Authenticate(ctx, call.Method)
			if err != nil {
				return err
			}
			if principal := access.From(ctx); principal != nil {
				call.principal, call.proof = principal.Name, access.ProofOf(ctx)
			}
			return next(ctx)
		}},
		{"authorise", func(ctx context.Context, call *Call, next Next) error {
			if err := p.Guard.Authorise(ctx, call.Method); err != nil {
				return err
			}
			return next(ctx)
		}},
		{"row scope", func(ctx context.Context, call *Call, next Next) error {
			if err := p.Guard.Narrow(ctx, call.Method); err != nil {
				return err
			}
			return next(ctx)
		}},
		{"usage", func(ctx context.Context, call *Call, next Next) error {
			count(ctx, p.Usage, call)
			return next(ctx)
		}},
		{"stands", stands.around},
		{"limit", limit.around},
		{"validate", validator.around},
		{"audit ready", auditing.ready},
	}
	chain := NewChain(stages...)
	chain.run = func(ctx context.Context) error { return stands.run(ctx, p.Clock) }
	chain.cover = func(infos map[string]grpc.ServiceInfo) error {
		services, err := describe(infos)
		if err != nil {
			return err
		}
		if err := p.Guard.Cover(services...); err != nil {
			return fmt.Errorf("reading who may call what: %w", err)
		}
		if err := limit.cover(p.Guard.Dearest()); err != nil {
			return err
		}
		if err := validator.cover(services); err != nil {
			return err
		}
		auditing.cover(services)
		p.Calls.Cover(methodNames(services)...)
		return nil
	}
	return chain
}

// describe finds the contract of each registered service, by name.
func describe(infos map[string]grpc.ServiceInfo) ([]protoreflect.ServiceDescriptor, error) {
	var services []protoreflect.ServiceDescriptor
	for name := range infos {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			return nil, fmt.Errorf("looking for the contract of service %s: %w", name, err)
		}
		service, ok := found.(protoreflect.ServiceDescriptor)
		if !ok {
			return nil, fmt.Errorf("%s is registered as a service and is none in the contract", name)
		}
		services = append(services, service)
	}
	slices.SortFunc(services, func(a, b protoreflect.ServiceDescriptor) int {
		return strings.Compare(string(a.FullName()), string(b.FullName()))
	})
	return services, nil
}

func methodNames(services []protoreflect.ServiceDescriptor) []string {
	var names []string
	for _, service := range services {
		methods := service.Methods()
		for i := range methods.Len() {
			names = append(names, fullMethod(methods.Get(i)))
		}
	}
	return names
}

func fullMethod(m protoreflect.MethodDescriptor) string {
	return "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
}
