package audit

import (
	"context"
	"log/slog"
	"time"
)

// Record is one call that has ended.
type Record struct {
	// Began is when the call came.
	Began time.Time
	// Took is how long it lasted.
	Took time.Duration
	// RequestID is the id that the caller was given.
	RequestID string
	// Principal is who called; empty for a caller that was not recognised.
	Principal string
	// Proof is how the caller has proven who it is, such as "api-key apiKeys/k3q…".
	Proof string
	// Address is where the call came from; empty where nothing is known.
	Address string
	// Method is the full name, such as "/mesh.operations.v1.OperationsService/GetStatus".
	Method string
	// Subject is what the request names: a record, a collection or a consumer. Empty
	// where it names nothing, and where the request was refused before it was read.
	Subject string
	// Intent is the name of the intent that a refusal is about; empty where it is about none.
	Intent string
	// Changes are what the call has changed; none where it says nothing of that.
	Changes []Change
	// Reads says that the method changes nothing.
	Reads bool
	// AtLimit says that the caller was refused because it had used up its limit.
	AtLimit bool
	// Outcome is "OK", or the reason of the refusal, such as "REASON_NOT_PERMITTED".
	Outcome string
	// Says is which right the caller lacked; empty where that is not why it was refused. It
	// is a sentence of the mesh's own, and holds nothing that the caller has sent.
	Says string
}

// Answered is the outcome of a call that was answered.
const Answered = "OK"

// Recorder keeps records. It is called from many goroutines.
type Recorder interface {
	// Ready fails where nothing can be kept: what changes something is refused then.
	Ready() error
	// Record is called once a call, before it is answered. Where the call may have changed
	// something it returns when that is durable in the audit, and fails where it is not.
	Record(ctx context.Context, r Record) error
}

// Log writes each record as one line of a log.
type Log struct{ Logger *slog.Logger }

// Ready implements Recorder.
func (Log) Ready() error { return nil }

// Record implements Recorder.
func (l Log) Record(ctx context.Context, r Record) error {
	l.Logger.LogAttrs(ctx, slog.LevelInfo, "audit",
		slog.Time("began", r.Began), slog.String("took", r.Took.Round(time.Microsecond).String()), slog.String("principal", r.Principal), slog.String("proof", r.Proof), slog.String("address", r.Address),
		slog.String("method", r.Method), slog.String("subject", r.Subject), slog.String("outcome", r.Outcome))
	return nil
}
