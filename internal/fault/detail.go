package fault

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

// Detail adds to an Error.
type Detail func(*Error)

// Because keeps the cause for the log; callers do not see it.
func Because(cause error) Detail { return func(e *Error) { e.cause = cause } }

// With puts a pair into ErrorInfo.metadata. Keys are lower_snake_case.
func With(key, value string) Detail {
	return func(e *Error) {
		if e.metadata == nil {
			e.metadata = make(map[string]string)
		}
		e.metadata[key] = value
	}
}

// Instead replaces what the contract says to do about the reason, where the case at
// hand is known better.
func Instead(whatToDo string) Detail { return func(e *Error) { e.whatToDo = whatToDo } }

// Violation is one field of the request that breaks a rule: a path in the proto's
// field names, such as "prices[2].unit", and what is wrong with it.
func Violation(field, description string) Detail {
	return func(e *Error) {
		e.violations = append(e.violations, &errdetails.BadRequest_FieldViolation{
			Field: field, Description: description, Reason: e.rule.Name,
		})
	}
}

// Resource names the record that the error is about.
func Resource(kind, name string) Detail {
	return func(e *Error) {
		e.resource = &errdetails.ResourceInfo{ResourceType: kind, ResourceName: name}
	}
}

// Precondition is one thing that has to be so before the call can work: a kind
// such as "odoo", what it is about, and what is missing.
func Precondition(kind, subject, description string) Detail {
	return func(e *Error) {
		e.preconditions = append(e.preconditions, &errdetails.PreconditionFailure_Violation{
			Type: kind, Subject: subject, Description: description,
		})
	}
}

// RetryAfter is how long the caller should wait before it sends the call again.
func RetryAfter(pause time.Duration) Detail { return func(e *Error) { e.retryAfter = pause } }

// InvalidField refuses a request because of one field.
func InvalidField(reason errorsv1.Reason, field, description string) *Error {
	return New(reason, field+": "+description, Violation(field, description))
}

// Invalid refuses a request because of fields, each given by Violation.
func Invalid(violations ...Detail) *Error {
	e := New(errorsv1.Reason_REASON_INVALID_ARGUMENT, "", violations...)
	e.message = summary(e.violations)
	return e
}

// NotFound says that there is no such record, or none that the caller may see.
func NotFound(name string) *Error {
	return New(errorsv1.Reason_REASON_NOT_FOUND, "There is no "+name+".", Resource(kindOf(name), name))
}

// Unavailable says that something is not there at the moment, and when to ask
// again.
func Unavailable(reason errorsv1.Reason, message string, pause time.Duration, details ...Detail) *Error {
	return New(reason, message, append(details, RetryAfter(pause))...)
}

// Unauthenticated says that a call carries no credentials that are valid here.
func Unauthenticated(message string) *Error {
	return New(errorsv1.Reason_REASON_UNAUTHENTICATED, message)
}

// NotPermitted says which right the caller lacks, such as "read" on "product".
func NotPermitted(right, domain string) *Error {
	return New(errorsv1.Reason_REASON_NOT_PERMITTED, "The caller lacks the right "+right+" on "+domain+".",
		With("right", right), With("on", domain))
}

// Lacks says which right the caller lacked who was refused, in the words of NotPermitted;
// empty where it was refused for something else.
func Lacks(err error) string {
	if e := inside(err); e != nil && e.Reason() == errorsv1.Reason_REASON_NOT_PERMITTED && e.metadata["right"] != "" {
		return e.message
	}
	return ""
}

// PositionTooOld says that a stream cannot go on from a position, and from which
// one, in the form that callers give back, it can.
func PositionTooOld(oldest string) *Error {
	return New(errorsv1.Reason_REASON_POSITION_TOO_OLD,
		"The position lies before the oldest that is still kept.", With("oldest_position", oldest))
}

// TimeTooOld says that not all that was recorded since a time is kept, and from which time
// and position on all is; a zero time where that is not known.
func TimeTooOld(oldest time.Time, position string) *Error {
	with := []Detail{With("oldest_position", position)}
	if !oldest.IsZero() {
		with = append(with, With("oldest_time", oldest.UTC().Format(time.RFC3339Nano)))
	}
	return New(errorsv1.Reason_REASON_POSITION_TOO_OLD, "The time lies before the oldest changes that are still kept.", with...)
}

// Internal is a fault of the mesh itself. The cause goes to the log alone.
func Internal(cause error) *Error {
	return New(errorsv1.Reason_REASON_INTERNAL, "The mesh failed. Its log has the cause under the request's id.", Because(cause))
}
