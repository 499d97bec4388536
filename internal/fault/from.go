package fault

import (
	"context"
	"errors"
	"strconv"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// FromError is the error as a caller sees it; nil for nil. It takes an error of
// Odoo's for one of a read, which may be sent again; see FromCall for writes.
func FromError(err error) error {
	if e := from(err); e != nil {
		return e
	}
	return nil
}

// FromCall is FromError with what the call knows beyond the error: whether its
// own time is over, and whether it writes. A write that Odoo may have carried
// out is never called undone: it is UNKNOWN_OUTCOME.
func FromCall(ctx context.Context, writes bool, err error) error {
	if err == nil {
		return nil
	}
	if inside(err) == nil && cameFromOdoo(err) {
		if writes && mayHaveWritten(err) {
			return unknownOutcome(err)
		}
		if over := fromContext(ctx.Err()); over != nil {
			over.cause = err
			return over
		}
	}
	return FromError(err)
}

func from(err error) *Error {
	if err == nil {
		return nil
	}
	if e := inside(err); e != nil {
		return e
	}
	for _, known := range []func(error) *Error{fromOdoo, fromContext, fromValidation, fromStore, fromToken, fromName, fromStatus} {
		if e := known(err); e != nil {
			return e
		}
	}
	return Internal(err)
}

// OutOfTime is that a call's time was over before what became of it was known to be
// recorded. It names the intent that tells, where there is one.
func OutOfTime(ctx context.Context, intent string) error {
	over := fromContext(ctx.Err())
	if over == nil || intent == "" {
		return FromError(ctx.Err())
	}
	With("intent", intent)(over)
	Resource("mesh/Intent", intent)(over)
	return over
}

// fromContext knows the end of the caller's patience. It comes after fromOdoo,
// because Odoo's client has deadlines of its own.
func fromContext(err error) *Error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return New(errorsv1.Reason_REASON_DEADLINE_EXCEEDED, "The call's deadline passed.", Because(err))
	case errors.Is(err, context.Canceled):
		return New(errorsv1.Reason_REASON_CANCELLED, "The call was cancelled.", Because(err))
	}
	return nil
}

func fromValidation(err error) *Error {
	var refused *protovalidate.ValidationError
	if errors.As(err, &refused) {
		return invalid(refused)
	}
	return nil
}

func fromStore(err error) *Error {
	var truncated *store.TruncatedError
	var beyond *store.BeyondHeadError
	switch {
	case errors.As(err, &truncated):
		return New(errorsv1.Reason_REASON_POSITION_TOO_OLD, "The position lies before the oldest that is still kept.",
			With("oldest_revision", strconv.FormatUint(truncated.Oldest, 10)), Because(err))
	case errors.As(err, &beyond):
		return New(errorsv1.Reason_REASON_FOREIGN_TOKEN, "The position lies beyond the end of this log: another log made it.",
			With("head_revision", strconv.FormatUint(beyond.Head, 10)), Because(err))
	case errors.Is(err, store.ErrClosed):
		return New(errorsv1.Reason_REASON_SHUTTING_DOWN, "This process is about to end.", RetryAfter(time.Second), Because(err))
	}
	return nil
}

func fromName(err error) *Error {
	var name *resource.NameError
	if !errors.As(err, &name) {
		return nil
	}
	e := InvalidField(errorsv1.Reason_REASON_INVALID_NAME, "name", name.Error())
	e.cause = err
	return e
}

// fromStatus knows what gRPC itself says, such as of a message that it cannot
// read. Its texts are its own, so they are not passed on.
func fromStatus(err error) *Error {
	s, ok := status.FromError(err)
	if !ok || s == nil {
		return nil
	}
	known := map[codes.Code]struct {
		reason  errorsv1.Reason
		message string
	}{
		codes.Canceled:          {errorsv1.Reason_REASON_CANCELLED, "The call was cancelled."},
		codes.DeadlineExceeded:  {errorsv1.Reason_REASON_DEADLINE_EXCEEDED, "The call's deadline passed."},
		codes.InvalidArgument:   {errorsv1.Reason_REASON_INVALID_ARGUMENT, "The request cannot be read."},
		codes.ResourceExhausted: {errorsv1.Reason_REASON_INVALID_ARGUMENT, "The message is larger than the limit."},
		codes.Unimplemented:     {errorsv1.Reason_REASON_NOT_SUPPORTED, "This server does not offer the method."},
		codes.Unauthenticated:   {errorsv1.Reason_REASON_UNAUTHENTICATED, "The call carries no valid credentials."},
		codes.Unavailable:       {errorsv1.Reason_REASON_SHUTTING_DOWN, "The connection is about to end."},
	}
	if k, ok := known[s.Code()]; ok {
		return New(k.reason, k.message, Because(err))
	}
	return nil
}
