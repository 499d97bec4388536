package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/telemetry"
)

// guarded turns a panic into an INTERNAL error, and its stack into a log line.
func guarded(ctx context.Context, log *slog.Logger, call *Call, next Next) (err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		log.ErrorContext(ctx, "call panicked", "method", call.Method, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		err = fault.Internal(fmt.Errorf("panic: %v", p))
	}()
	return next(ctx)
}

// translator gives every error the form that callers meet, and logs it with what they
// do not see.
type translator struct {
	log    *slog.Logger
	clock  clock.Clock
	writes func(method string) bool
}

// around is the inner guard against panics too: here the request id is known.
func (t translator) around(ctx context.Context, call *Call, next Next) error {
	began := t.clock.Now()
	err := guarded(ctx, t.log, call, next)
	if err == nil {
		return nil
	}
	seen := fault.FromCall(ctx, t.writes(call.Method), err)
	t.record(ctx, call, t.clock.Now().Sub(began), seen, err)
	return fault.WithRequestID(seen, telemetry.RequestID(ctx))
}

// record logs a refusal, so that whoever runs the mesh finds it by the id that the
// caller was given; as a warning or an error what someone has to look at. Callers who
// went away were refused nothing.
func (t translator) record(ctx context.Context, call *Call, took time.Duration, seen, cause error) {
	reason := fault.ReasonOf(seen)
	level := slog.LevelInfo
	switch reason {
	case errorsv1.Reason_REASON_CANCELLED:
		level = slog.LevelDebug
	case errorsv1.Reason_REASON_INTERNAL:
		level = slog.LevelError
	case errorsv1.Reason_REASON_BAD_CREDENTIALS, errorsv1.Reason_REASON_SHAPE_MISMATCH, errorsv1.Reason_REASON_UNKNOWN_OUTCOME:
		level = slog.LevelWarn
	}
	if !t.log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", call.Method),
		slog.String("principal", call.principal),
		slog.String("reason", reason.String()),
		slog.String("took", took.Round(time.Microsecond).String()),
		slog.String("cause", cause.Error()),
	}
	// Odoo's fault keeps its traceback for the log alone.
	var more slog.LogValuer
	if errors.As(cause, &more) {
		attrs = append(attrs, slog.Any("detail", more))
	}
	t.log.LogAttrs(ctx, level, "call refused", attrs...)
}
