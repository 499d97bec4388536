package fault

import (
	"errors"
	"maps"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

// Domain stands in ErrorInfo.domain beside every reason.
const Domain = "mesh"

// Error is a refusal with a reason. Its GRPCStatus is all that a caller sees;
// its Error, for the log, has the cause too.
type Error struct {
	rule          Rule
	message       string
	cause         error
	requestID     string
	whatToDo      string
	metadata      map[string]string
	violations    []*errdetails.BadRequest_FieldViolation
	preconditions []*errdetails.PreconditionFailure_Violation
	resource      *errdetails.ResourceInfo
	retryAfter    time.Duration
}

// New makes an error. The message is for people at the caller's end: a sentence
// without a cause.
func New(reason errorsv1.Reason, message string, details ...Detail) *Error {
	e := &Error{rule: ruleOf(reason), message: message}
	for _, add := range details {
		add(e)
	}
	return e
}

func (e *Error) Error() string {
	text := e.rule.Name + ": " + e.message
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap is the cause, which callers do not see; nil where there is none.
func (e *Error) Unwrap() error { return e.cause }

// Reason is the reason of the closed list.
func (e *Error) Reason() errorsv1.Reason { return e.rule.Reason }

// Code is the gRPC code that follows from the reason.
func (e *Error) Code() codes.Code { return e.rule.Code }

// ReasonOf is the reason that a caller would be given for the error;
// UNSPECIFIED for nil.
func ReasonOf(err error) errorsv1.Reason {
	if e := from(err); e != nil {
		return e.Reason()
	}
	return errorsv1.Reason_REASON_UNSPECIFIED
}

// Code is the gRPC code that a caller would be given for the error.
func Code(err error) codes.Code {
	if e := from(err); e != nil {
		return e.Code()
	}
	return codes.OK
}

// WithRequestID gives the error of a call, as the caller will see it, the id
// under which the log has it.
func WithRequestID(err error, id string) error {
	e := from(err)
	if e == nil {
		return nil
	}
	named := *e
	named.requestID = id
	return &named
}

// inside finds an Error in the chain.
func inside(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Message is what callers are told, in a sentence.
func (e *Error) Message() string { return e.message }

// About is the name of the record that an error is about; empty where it names none.
func About(err error) string {
	if e := inside(err); e != nil {
		return e.resource.GetResourceName()
	}
	return ""
}

// Naming is the error with one more pair in ErrorInfo.metadata.
func (e *Error) Naming(key, value string) *Error {
	named := *e
	named.metadata = maps.Clone(e.metadata)
	With(key, value)(&named)
	return &named
}
