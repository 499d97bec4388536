package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/gather"
)

// Row is one row as it came.
type Row struct {
	// Request is the command that it is, without an id; nil where the message has no row.
	Request command.Request
	// Wrong is why it is none; nil where it is one.
	Wrong error
	// Once says, for people, what one import says once, such as "sku A-1"; empty where it
	// may say all twice. OnceAt is the field that says it.
	Once, OnceAt string
	// Together lets rows that have it be carried out one after the other, as they came.
	Together string
}

// numbered is a row on its way.
type numbered struct {
	Row
	number int64
	id     string
}

// identify gives a row its id: the same whenever the import is sent again, also where other
// rows were mended, left out or added.
func (i Import) identify(header *commandv1.ImportHeader, r *numbered) error {
	m := r.Request.ProtoReflect()
	m.Clear(m.Descriptor().Fields().ByName("request_id"))
	m.Clear(m.Descriptor().Fields().ByName("validate_only"))
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(r.Request)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append([]byte(i.Method+"\x00"), body...))
	r.id = header.GetRequestId() + ":" + hex.EncodeToString(sum[:12])
	if header.GetValidateOnly() {
		m.Set(m.Descriptor().Fields().ByName("validate_only"), protoreflect.ValueOfBool(true))
		return nil
	}
	m.Set(m.Descriptor().Fields().ByName("request_id"), protoreflect.ValueOfString(r.id))
	return nil
}

// carry carries a row out, and tells what became of it. What only waits for Odoo, or for
// another command on the same record, is asked again for a while.
func (i Import) carry(ctx context.Context, r numbered) *commandv1.ImportedRow {
	if r.Wrong == nil {
		r.Wrong = protovalidate.Validate(r.Request)
	}
	if r.Wrong != nil {
		return failed(r.number, r.Wrong)
	}
	began := i.Clock.Now()
	for try := 0; ; try++ {
		told, err := i.try(ctx, r)
		if err == nil {
			told.Row = r.number
			return told
		}
		what, _ := fault.Read(fault.FromError(err))
		passes := what.Retry == "same_request" && ctx.Err() == nil && i.Clock.Now().Sub(began) < i.Patience
		if !passes || !clock.Sleep(ctx, i.Clock, min(max(what.RetryAfter, time.Second>>max(0, 3-try)), 5*time.Second)) {
			return failed(r.number, err)
		}
	}
}

// try carries a row out once. A panic is its own, and ends no other row.
func (i Import) try(ctx context.Context, r numbered) (told *commandv1.ImportedRow, err error) {
	defer func() {
		if p := recover(); p != nil {
			told, err = nil, fault.Internal(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	ctx = gather.OneOfMany(ctx)
	document, held, err := i.Desk.Holds(ctx, i.Method, r.Request)
	if err != nil {
		return nil, err
	}
	if held {
		return &commandv1.ImportedRow{Outcome: commandv1.ImportedRow_OUTCOME_UNCHANGED, Document: document}, nil
	}
	intent, err := i.Desk.Carry(ctx, i.Method, r.Request)
	if err != nil {
		return nil, err
	}
	return done(intent), nil
}

// done tells of a row that was carried out, or is valid.
func done(i *commandv1.Intent) *commandv1.ImportedRow {
	r := &commandv1.ImportedRow{Intent: i.GetName(), Document: i.GetDocument(), Deviations: i.GetDeviations(), Warnings: i.GetWarnings(), Outcome: commandv1.ImportedRow_OUTCOME_CHANGED}
	switch {
	case i.GetState() != commandv1.State_STATE_DONE:
		r.Outcome = commandv1.ImportedRow_OUTCOME_VALID
	// What was made has an external id; the rest was written.
	case strings.Contains(i.GetEvidence(), "has the external id"):
		r.Outcome = commandv1.ImportedRow_OUTCOME_CREATED
	}
	return r
}

// failed tells of a row that was not.
func failed(number int64, err error) *commandv1.ImportedRow {
	told, _ := fault.Read(fault.FromError(err))
	r := &commandv1.ImportedRow{Row: number, Outcome: commandv1.ImportedRow_OUTCOME_REFUSED, Reason: told.Reason, Explanation: told.Message}
	if told.Retry == "same_request" || told.Reason == "ACTION_REQUIRED" || told.Reason == "ODOO_CHANGED" || told.Reason == "INTERNAL" {
		r.Outcome = commandv1.ImportedRow_OUTCOME_UNFINISHED
	}
	if about := fault.About(err); strings.HasPrefix(about, "intents/") {
		r.Intent = about
	} else {
		r.Document = about
	}
	for _, v := range told.Violations {
		r.Problems = append(r.Problems, &commandv1.RowProblem{Field: v.Field, Description: v.Description})
	}
	return r
}
