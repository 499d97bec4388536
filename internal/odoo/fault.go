package odoo

import (
	"errors"
	"log/slog"
	"strings"
	"time"
)

// FaultKind says what Odoo objected to.
type FaultKind int

// The kinds of faults.
const (
	// Unforeseen: an exception that no kind below describes.
	Unforeseen FaultKind = iota
	// Credentials: the user, password or API key is refused.
	Credentials
	// AccessDenied: the user lacks a right.
	AccessDenied
	// BusinessRule: a rule of Odoo or of its data forbids it.
	BusinessRule
	// Missing: the record is gone or never was.
	Missing
	// UnknownModel: this Odoo has no such model, or not its module.
	UnknownModel
	// UnknownMethod: the model has no such method, or it is private.
	UnknownMethod
	// UnknownField: the model has no such field.
	UnknownField
	// NotMarshalled: the method ran and was committed, and then its result could
	// not be written down, None above all. Read the record back.
	NotMarshalled
	// Contention: another transaction was in the way; it may be tried again.
	Contention
	// UnknownDatabase: the server has no such database.
	UnknownDatabase
)

var faultKindNames = [...]string{
	Unforeseen:      "unforeseen",
	Credentials:     "credentials refused",
	AccessDenied:    "access denied",
	BusinessRule:    "business rule",
	Missing:         "missing record",
	UnknownModel:    "unknown model",
	UnknownMethod:   "unknown method",
	UnknownField:    "unknown field",
	NotMarshalled:   "result not marshalled",
	Contention:      "contention",
	UnknownDatabase: "unknown database",
}

func (k FaultKind) String() string {
	if k < 0 || int(k) >= len(faultKindNames) {
		return "unknown kind"
	}
	return faultKindNames[k]
}

// Fault is an error that Odoo answered.
type Fault struct {
	// Code is Odoo's own: 1 unforeseen, 2 business rule, 3 credentials, 4 rights.
	Code int
	Kind FaultKind
	// Message is for people: what Odoo says to its own users, or the line of a
	// traceback that names the exception. It may quote the caller's data.
	Message string
	// Trace is all that came, for the log alone; Error leaves it out.
	Trace string
	// RetryAfter is how long the sign-in waits after credentials were refused, 0
	// otherwise.
	RetryAfter time.Duration
}

func (f *Fault) Error() string { return "odoo: " + f.Kind.String() + ": " + f.Message }

// LogValue gives a log what Error leaves out.
func (f *Fault) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("code", f.Code), slog.String("kind", f.Kind.String()),
		slog.String("message", f.Message), slog.String("trace", f.Trace))
}

// MayHaveExecuted tells whether Odoo may have kept what the call did. A fault
// rolls the transaction back, with two exceptions: a result that could not be
// marshalled comes after the commit, and so can what Odoo runs behind it, whose
// faults are unforeseen.
func (f *Fault) MayHaveExecuted() bool { return f.Kind == NotMarshalled || f.Kind == Unforeseen }

// NewFault classifies what Odoo answered in place of a result.
func NewFault(code int, text string) *Fault {
	f := &Fault{Code: code, Trace: text}
	exception, traced := exceptionOf(text)
	f.Message = exception
	if traced {
		// Behind the first line come the database's context and its statements.
		f.Message, _, _ = strings.Cut(exception, "\n")
	}
	f.Kind = classify(code, exception)
	return f
}

// TraceOf is the whole text of the fault in err, a Python traceback as a rule,
// for the log alone; empty if there is none.
func TraceOf(err error) string {
	var f *Fault
	if !errors.As(err, &f) {
		return ""
	}
	return f.Trace
}

// isFault tells whether err is a fault of the kind.
func isFault(err error, kind FaultKind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == kind
}
