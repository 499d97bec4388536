package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/fault"
)

// askAgain is when a caller should ask again for what is being carried out.
const askAgain = time.Second

// Metadata by which callers over REST give what stands in fields over gRPC.
const (
	keyMetadata   = "idempotency-key"
	matchMetadata = "if-match"
)

func callerOf(ctx context.Context) string { return access.Caller(ctx) }

// normal is a request as it is kept and compared: without its id, and with the etag in
// its field, however they came.
func normal(ctx context.Context, request Request) (asked proto.Message, requestID string, err error) {
	asked = proto.Clone(request)
	m := asked.ProtoReflect()
	fields := m.Descriptor().Fields()
	requestID = request.GetRequestId()
	md, _ := metadata.FromIncomingContext(ctx)
	if given := strings.Join(md.Get(keyMetadata), ","); given != "" {
		if requestID != "" && requestID != given {
			return nil, "", fault.Invalid(fault.Violation("request_id", "the header Idempotency-Key says otherwise: give it once"))
		}
		requestID = given
	}
	switch {
	case requestID == "" && !request.GetValidateOnly():
		return nil, "", fault.Invalid(fault.Violation("request_id", "give an id of your own, such as a UUID, so that sending this twice is harmless; over REST as the header Idempotency-Key"))
	case len(requestID) > 128 || strings.ContainsFunc(requestID, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, "", fault.Invalid(fault.Violation("request_id", "up to 128 visible ASCII characters"))
	}
	if etag := fields.ByName("etag"); etag != nil {
		if given := strings.Join(md.Get(matchMetadata), ","); given != "" {
			given = strings.TrimPrefix(given, "W/") // the quotes are part of an etag
			if has := m.Get(etag).String(); has != "" && has != given {
				return nil, "", fault.Invalid(fault.Violation("etag", "the header If-Match says otherwise: give it once"))
			}
			m.Set(etag, protoreflect.ValueOfString(given))
		}
	}
	m.Clear(fields.ByName("request_id"))
	m.Clear(fields.ByName("validate_only"))
	return asked, requestID, nil
}

// validate makes all checks of a command, and shows which calls it would make.
func (d *Desk) validate(ctx context.Context, w *wish) (*commandv1.Intent, error) {
	if err := d.admitted(ctx, w.kind); err != nil {
		return nil, fault.FromError(err)
	}
	if err := d.entitled(ctx, w); err != nil {
		return nil, fault.FromError(err)
	}
	work := w.work(d, true)
	standing, err := d.look(ctx, w, work, true)
	i := &commandv1.Intent{Command: w.kind.Name, Principal: w.principal, Document: w.command.Document(), Evidence: standing.Evidence}
	switch {
	case err != nil:
		return nil, refusal(err)
	case standing.Stage == Done:
		i.Explanation = w.kind.holder() + " holds it already: nothing would be done."
		return i, nil
	case standing.Stage == Asks:
		return nil, fault.FromError(actionRequired("", standing.Question))
	}
	if kept, err := d.ledger.find(w.id); w.requestID != "" && err == nil && kept != nil {
		if err := w.same(kept); err != nil {
			return nil, err
		}
	}
	if err := d.permitted(ctx, w.kind); err != nil {
		return nil, fault.FromError(err)
	}
	if err := w.command.Do(ctx, work); err != nil {
		return nil, refusal(err)
	}
	i.Explanation, i.Calls, i.Warnings = "Nothing was changed.", work.Odoo.calls, warned(w.command, nil)
	return i, nil
}

// answer is what a caller gets of an intent: itself where it is done.
func answer(i *commandv1.Intent) (*commandv1.Intent, error) {
	named := []fault.Detail{fault.With("intent", i.GetName()), fault.Resource("mesh/Intent", i.GetName())}
	switch i.GetState() {
	case stateDone:
		return i, nil
	case stateAccepted:
		return nil, inProgress(i.GetName())
	case stateDeferred:
		return nil, fault.New(errorsv1.Reason_REASON_IN_PROGRESS, "The same request was put off, and waits for its turn.", append(named, fault.RetryAfter(fault.AskAgain))...)
	case stateUnknown:
		return nil, fault.New(errorsv1.Reason_REASON_UNKNOWN_OUTCOME, i.GetExplanation(), append(named, fault.RetryAfter(askAgain))...)
	case stateAsks, stateLost:
		return nil, actionRequired(i.GetName(), i.GetExplanation())
	case stateCancelled:
		return nil, fault.New(errorsv1.Reason_REASON_BUSINESS_RULE, "It was cancelled: "+i.GetExplanation()+" For a new intent use a new request_id.", named...)
	case stateNotDone:
		named = append(named, fault.RetryAfter(fault.AskAgain))
	}
	reason, known := errorsv1.Reason_value["REASON_"+i.GetReason()]
	if !known || reason == 0 {
		reason = int32(errorsv1.Reason_REASON_INTERNAL)
	}
	return nil, fault.New(errorsv1.Reason(reason), i.GetExplanation(), named...)
}

// refusal is an error before a command was taken on, as the caller gets it.
func refusal(err error) error {
	var question *Question
	if errors.As(err, &question) {
		return actionRequired("", question.Text)
	}
	return fault.FromError(err)
}

// named lets a refusal name the intent that it keeps as it is.
func named(err error, i *commandv1.Intent) error {
	var known *fault.Error
	if !errors.As(refusal(err), &known) {
		return err
	}
	return known.Naming("intent", i.GetName())
}

func actionRequired(name, question string) *fault.Error {
	details := []fault.Detail{fault.Precondition("person", "decision", question)}
	if name != "" {
		details = append(details, fault.With("intent", name), fault.Resource("mesh/Intent", name))
	}
	return fault.New(errorsv1.Reason_REASON_ACTION_REQUIRED, question, details...)
}

func inProgress(name string) *fault.Error {
	return fault.New(errorsv1.Reason_REASON_IN_PROGRESS, "The same request is being carried out.",
		fault.With("intent", name), fault.Resource("mesh/Intent", name), fault.RetryAfter(askAgain))
}

func mismatch(i *commandv1.Intent) *fault.Error {
	return fault.New(errorsv1.Reason_REASON_IDEMPOTENCY_MISMATCH, fmt.Sprintf("The request_id was used before, for %s with another body.", i.GetCommand()),
		fault.With("intent", i.GetName()), fault.Resource("mesh/Intent", i.GetName()), fault.Violation("request_id", "it was used before with another body"))
}

func occupied(document string, cause error) *fault.Error {
	return fault.New(errorsv1.Reason_REASON_CONTENTION, "Another command works on "+document+".", fault.RetryAfter(askAgain), fault.Because(cause))
}

func shuttingDown() *fault.Error {
	return fault.Unavailable(errorsv1.Reason_REASON_SHUTTING_DOWN, "This process is about to end.", time.Second)
}

// refusedBecause is a rule of the mesh's own, which nobody gets round by asking again.
func refusedBecause(text string) error {
	return fault.New(errorsv1.Reason_REASON_BUSINESS_RULE, text, fault.Precondition("mesh", "business rule", text))
}

// Whatever, in place of an etag, is for what the record says, whatever that is.
const Whatever = "*"

// Blind refuses a command that replaces what is there as a whole, and whose caller does
// not say what it has seen.
func Blind(name, what string) error {
	return fault.New(errorsv1.Reason_REASON_ETAG_REQUIRED, fmt.Sprintf("It replaces %s of %s as a whole: say by its etag what you have seen there.", what, name),
		fault.Resource("", name), fault.Precondition("mesh", "etag", "the etag of "+name+", or "+Whatever))
}

// Stale refuses a command on a record that has changed since its etag was read.
func Stale(name string) error {
	return fault.New(errorsv1.Reason_REASON_STALE_ETAG, name+" has changed since you read it: read it again.", fault.Resource("", name))
}
