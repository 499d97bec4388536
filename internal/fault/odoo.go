package fault

import (
	"errors"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/odoo"
)

const (
	// retryContention is a few of Odoo's short transactions.
	retryContention = 200 * time.Millisecond
	// retryBusy is how long the calls that stand before one take, as a rule.
	retryBusy = time.Second
	// AskAgain is how long to wait for what passes by itself, such as an Odoo that is
	// down, where no breaker says.
	AskAgain = 5 * time.Second
)

// cameFromOdoo tells whether the error ended a call to Odoo.
func cameFromOdoo(err error) bool {
	var f *odoo.Fault
	var t *odoo.TransportError
	var a *odoo.ArgumentError
	return errors.As(err, &f) || errors.As(err, &t) || errors.As(err, &a)
}

// mayHaveWritten tells whether a write that ended in this error can have reached
// Odoo's tables. A connection that failed was made before the write.
func mayHaveWritten(err error) bool {
	var connect *odoo.ConnectError
	return !errors.As(err, &connect) && odoo.MayHaveExecuted(err)
}

func fromOdoo(err error) *Error {
	var connect *odoo.ConnectError
	if errors.As(err, &connect) {
		if e := fromConnect(connect, err); e != nil {
			return e
		}
	}
	var f *odoo.Fault
	if errors.As(err, &f) {
		return fromFault(f, err)
	}
	var t *odoo.TransportError
	if errors.As(err, &t) {
		return fromTransport(t, err)
	}
	var argument *odoo.ArgumentError
	if errors.As(err, &argument) {
		return New(errorsv1.Reason_REASON_INVALID_ARGUMENT, "The request has a value that Odoo cannot be sent: "+argument.Error(), Because(err))
	}
	var shape *odoo.ShapeError
	if errors.As(err, &shape) { // named is the field, and quoted no value
		return New(errorsv1.Reason_REASON_SHAPE_MISMATCH, "Odoo's field "+shape.Model+"."+shape.Field+" does not hold what the mapping expects.", Because(err))
	}
	return nil
}

// fromFault gives each kind of Odoo's faults its reason. What Odoo tells its own
// users is passed on; what it says of itself goes to the log.
func fromFault(f *odoo.Fault, err error) *Error {
	switch f.Kind {
	case odoo.BusinessRule:
		return New(errorsv1.Reason_REASON_BUSINESS_RULE, f.Message, Precondition("odoo", "business rule", f.Message), Because(err))
	case odoo.AccessDenied:
		return New(errorsv1.Reason_REASON_NOT_PERMITTED, "Odoo: "+f.Message, Because(err))
	case odoo.Missing:
		return New(errorsv1.Reason_REASON_NOT_FOUND, "Odoo has no such record any more.", Because(err))
	case odoo.Contention:
		return New(errorsv1.Reason_REASON_CONTENTION, "Someone else changed the record at the same time.", RetryAfter(retryContention), Because(err))
	case odoo.Credentials:
		return New(errorsv1.Reason_REASON_BAD_CREDENTIALS, "Odoo refuses the mesh's credentials.", Precondition("odoo", "credentials", "They are refused."), Because(err))
	case odoo.UnknownDatabase:
		return New(errorsv1.Reason_REASON_BAD_CREDENTIALS, "Odoo has no database of the configured name.", Precondition("odoo", "database", "It does not exist."), Because(err))
	case odoo.UnknownModel, odoo.UnknownMethod, odoo.UnknownField:
		return New(errorsv1.Reason_REASON_SHAPE_MISMATCH, "Odoo: "+f.Message, Precondition("odoo", f.Kind.String(), f.Message), Because(err))
	case odoo.NotMarshalled:
		return unknownOutcome(err)
	}
	return New(errorsv1.Reason_REASON_INTERNAL, "Odoo failed in an unforeseen way. The log has the cause under the request's id.", Because(err))
}

func fromTransport(t *odoo.TransportError, err error) *Error {
	switch t.Kind {
	case odoo.Canceled:
		return New(errorsv1.Reason_REASON_CANCELLED, "The call was cancelled.", Because(err))
	case odoo.Overloaded:
		return New(errorsv1.Reason_REASON_OVERLOADED, "Odoo is busy with other calls of the mesh.", RetryAfter(retryBusy), Because(err))
	case odoo.TooLarge:
		return New(errorsv1.Reason_REASON_INTERNAL, "Odoo's answer is larger than the mesh takes. The log has the cause under the request's id.", Because(err))
	}
	pause := AskAgain
	if t.RetryAfter > 0 {
		pause = t.RetryAfter
	}
	return New(errorsv1.Reason_REASON_ODOO_UNAVAILABLE, "Odoo does not answer.", RetryAfter(pause), Because(err))
}

// fromConnect knows what a connection can fail with beyond faults and transport.
func fromConnect(c *odoo.ConnectError, err error) *Error {
	switch c.Reason {
	case odoo.UnsupportedVersion:
		return New(errorsv1.Reason_REASON_SHAPE_MISMATCH, "This version of Odoo is not supported.", Precondition("odoo", "version", "It is not supported."), Because(err))
	case odoo.WrongCredentials:
		return New(errorsv1.Reason_REASON_BAD_CREDENTIALS, "Odoo refuses the mesh's credentials.", Precondition("odoo", "credentials", "They are refused."), Because(err))
	case odoo.Down, odoo.NotOdoo, odoo.Limited:
		return New(errorsv1.Reason_REASON_ODOO_UNAVAILABLE, "Odoo does not answer.", RetryAfter(max(AskAgain, c.Wait)), Because(err))
	}
	return nil
}

func unknownOutcome(err error) *Error {
	return New(errorsv1.Reason_REASON_UNKNOWN_OUTCOME, "Odoo's answer never came: it may or may not have carried the call out.", Because(err))
}
