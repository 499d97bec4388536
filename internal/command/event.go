package command

import (
	"errors"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/odoo"
)

// eventOf is what follows from the error that the calls of a command ended with, where
// what was asked for is not to be seen in Odoo.
func eventOf(err error, sent bool) event {
	var question *Question
	var fromOdoo *odoo.Fault
	switch {
	case errors.As(err, &question):
		return asked
	case errors.As(err, &fromOdoo):
		switch fromOdoo.Kind {
		case odoo.Unforeseen, odoo.NotMarshalled, odoo.Contention:
			return lost
		case odoo.Credentials, odoo.UnknownDatabase:
			if sent {
				return lost
			}
			return unsent
		}
		return refused
	case err == nil || sent && odoo.MayHaveExecuted(err) && fault.ReasonOf(err) != errorsv1.Reason_REASON_BUSINESS_RULE:
		return lost
	case isOfTransport(err):
		return unsent
	}
	switch fault.ReasonOf(err) {
	case errorsv1.Reason_REASON_UNKNOWN_OUTCOME, errorsv1.Reason_REASON_CONTENTION:
		return lost
	case errorsv1.Reason_REASON_ODOO_UNAVAILABLE, errorsv1.Reason_REASON_NOT_LOADED, errorsv1.Reason_REASON_SHUTTING_DOWN:
		return unsent
	}
	return refused
}

func isOfTransport(err error) bool {
	var transport *odoo.TransportError
	var connect *odoo.ConnectError
	return errors.As(err, &transport) || errors.As(err, &connect) || errors.Is(err, odoo.ErrNotConnected)
}

func isContention(err error) bool {
	return err != nil && fault.ReasonOf(err) == errorsv1.Reason_REASON_CONTENTION
}

// faultKind is what Odoo objected to; 0, unforeseen, where it is no fault of Odoo's.
func faultKind(err error) odoo.FaultKind {
	var f *odoo.Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return odoo.Unforeseen
}
