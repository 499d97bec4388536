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
