package rpc

import (
	"context"
	"net/netip"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/telemetry"
)

// auditor records how calls end. It stands before the caller is known, so that it sees
// every refusal.
type auditor struct {
	recorder audit.Recorder
	clock    clock.Clock
	audited  func(method string) bool
	origin   func(context.Context) netip.Addr
}

func (a auditor) around(ctx context.Context, call *Call, next Next) error {
	if !a.audited(call.Method) {
		return next(ctx)
	}
	r := audit.Record{Began: a.clock.Now(), RequestID: telemetry.RequestID(ctx), Method: call.Method}
	if from := a.origin(ctx); from.IsValid() {
		r.Address = from.String()
	}
	// A call that panics ends so.
	r.Outcome = errorsv1.Reason_REASON_INTERNAL.String()
	defer func() {
		r.Took, r.Principal = a.clock.Now().Sub(r.Began), call.principal
		r.Proof = call.proof.String()
		a.recorder.Record(ctx, r)
	}()
	if err := call.Look(func(request any) error { r.Subject = subjectOf(request); return nil }); err != nil {
		return err
	}
	err := next(ctx)
	r.Outcome = audit.Answered
	if err != nil {
		r.Outcome = fault.ReasonOf(err).String()
	}
	return err
}

// subjectOf is what a request names.
func subjectOf(request any) string {
	switch r := request.(type) {
	case interface{ GetName() string }:
		return r.GetName()
	case interface{ GetCollection() string }:
		return r.GetCollection()
	case interface{ GetConsumer() string }:
		return r.GetConsumer()
	case interface{ GetPrincipal() string }:
		return r.GetPrincipal()
	}
	return ""
}
