package rpc

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/telemetry"
)

// auditAgain is when a caller should ask again who was refused because the audit cannot
// be written.
const auditAgain = 5 * time.Second

// auditor records how calls end. It stands before the caller is known, so that it sees
// every refusal.
type auditor struct {
	recorder audit.Recorder
	clock    clock.Clock
	audited  func(method string) bool
	// summed tells of which other methods the audit sums the answered calls.
	summed func(method string) bool
	// reads are the methods that change nothing.
	reads map[string]bool
	// origin tells where a call comes from.
	origin func(context.Context) netip.Addr
}

func (a *auditor) cover(services []protoreflect.ServiceDescriptor) {
	a.reads = map[string]bool{}
	for _, service := range services {
		for i := range service.Methods().Len() {
			m := service.Methods().Get(i)
			rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
			a.reads[fullMethod(m)] = rule.GetGet() != ""
		}
	}
}

func (a *auditor) around(ctx context.Context, call *Call, next Next) (err error) {
	if !a.audited(call.Method) {
		return a.unaudited(ctx, call, next)
	}
	r := a.record(ctx, call)
	// A call that panics ends so.
	r.Outcome = errorsv1.Reason_REASON_INTERNAL.String()
	defer func() {
		if kept := a.keep(ctx, call, r); kept != nil && err == nil {
			err = kept
		}
	}()
	if err := call.Look(func(request any) error { r.Subject = subjectOf(request); return nil }); err != nil {
		return err
	}
	ctx, changes := audit.WithChanges(ctx)
	err = next(ctx)
	r.ended(err)
	if err == nil {
		r.Changes = changes()
	}
	if answer, has := call.response.(interface{ GetIntent() *commandv1.Intent }); has && err == nil {
		r.Intent = answer.GetIntent().GetName()
	}
	return err
}

// unaudited records a call of a method that is not to be recorded where it was refused for
// who made it, or where calls of it are summed.
func (a *auditor) unaudited(ctx context.Context, call *Call, next Next) error {
	err := next(ctx)
	if err == nil && (a.summed == nil || !a.summed(call.Method)) {
		return nil
	}
	switch fault.ReasonOf(err) {
	case errorsv1.Reason_REASON_UNSPECIFIED, errorsv1.Reason_REASON_NOT_PERMITTED, errorsv1.Reason_REASON_UNAUTHENTICATED, errorsv1.Reason_REASON_OVERLOADED:
	default:
		return err
	}
	r := a.record(ctx, call)
	r.ended(err)
	r.Reads = true // nobody waits for its record
	_ = a.keep(ctx, call, r)
	return err
}

func (a *auditor) record(ctx context.Context, call *Call) *ending {
	r := &ending{audit.Record{Began: a.clock.Now(), RequestID: telemetry.RequestID(ctx), Method: call.Method, Address: a.address(ctx), Reads: a.reads[call.Method]}}
	return r
}

func (a *auditor) keep(ctx context.Context, call *Call, r *ending) error {
	r.Took, r.Principal, r.Proof = a.clock.Now().Sub(r.Began), call.principal, call.proof.String()
	err := a.recorder.Record(ctx, r.Record)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		// It is done, and its record is written: whoever asks for the intent is told.
		return fault.OutOfTime(ctx, r.Intent)
	}
	if err != nil {
		return notAudited("It cannot be said what became of it before there is a record of that: ", err)
	}
	return nil
}

// ready refuses what changes something while no record of it can be kept, and lets the
// rest know who calls.
func (a *auditor) ready(ctx context.Context, call *Call, next Next) error {
	if !a.audited(call.Method) || a.reads[call.Method] {
		return next(ctx)
	}
	if err := a.recorder.Ready(); err != nil {
		return notAudited("Nothing was done, because there could be no record of it: ", err)
	}
	return next(audit.WithCaller(ctx, audit.Caller{Principal: call.principal, Proof: call.proof.String(), Address: a.address(ctx), CallID: telemetry.RequestID(ctx)}))
}

func notAudited(text string, err error) error {
	return fault.Unavailable(errorsv1.Reason_REASON_AUDIT_UNAVAILABLE, text+err.Error()+".", auditAgain, fault.Because(err))
}

// ending is a record of a call that ends.
type ending struct{ audit.Record }

func (r *ending) ended(err error) {
	r.Outcome = audit.Answered
	if err == nil {
		return
	}
	reason := fault.ReasonOf(err)
	r.Outcome, r.AtLimit = reason.String(), reason == errorsv1.Reason_REASON_OVERLOADED
	r.Says = fault.Lacks(err)
	if about := fault.About(err); strings.HasPrefix(about, "intents/") {
		r.Intent = about
	}
}

// address is where a call comes from; empty where that is not known.
func (a *auditor) address(ctx context.Context) string {
	if from := a.origin(ctx); from.IsValid() {
		return from.String()
	}
	return ""
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
	case interface{ GetIntent() string }:
		return r.GetIntent()
	case interface{ GetPrincipal() string }:
		return r.GetPrincipal()
	}
	return ""
}
