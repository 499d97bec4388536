package odoo

import (
	"errors"
	"time"
)

// RetryAfter is how long to wait before the call that ended in err, or a sign-in,
// is worth while again; 0 where nobody has said.
func RetryAfter(err error) time.Duration {
	var connect *ConnectError
	var transport *TransportError
	var fault *Fault
	switch {
	case errors.As(err, &connect):
		return connect.Wait
	case errors.As(err, &transport):
		return transport.RetryAfter
	case errors.As(err, &fault):
		return fault.RetryAfter
	}
	return 0
}

// OfModel tells whether err concerns the called model or record alone, so that
// calls of others can go on: Odoo itself refused or failed, the breaker of this
// model and method is open, the call ran out of its own time, its answer is too
// large, or a value in it is bad. It is false where the connection as a whole is
// concerned: no answer, credentials refused, a limit, or something before Odoo
// that answers in its place.
func OfModel(err error) bool {
	var connect *ConnectError
	if err == nil || errors.As(err, &connect) {
		return false
	}
	var fault *Fault
	if errors.As(err, &fault) {
		return fault.Kind != Credentials && fault.Kind != UnknownDatabase
	}
	var transport *TransportError
	if errors.As(err, &transport) {
		switch transport.Kind {
		case Suspended, Timeout, Overloaded, TooLarge:
			return true
		}
		return false
	}
	var shape *ShapeError
	var missing *MissingFieldsError
	var argument *ArgumentError
	return errors.As(err, &shape) || errors.As(err, &missing) || errors.As(err, &argument)
}
