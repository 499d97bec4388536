package fault

import (
	"errors"
	"fmt"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/token"
)

// Token refuses a page token or a position that came in a field of the request.
func Token(field string, err error) error {
	e := fromToken(err)
	if e == nil {
		return err
	}
	Violation(field, e.message)(e)
	return e
}

// fromToken knows page tokens and positions that do not belong here. What is
// wrong inside a token means nothing to a caller, for whom it is opaque.
func fromToken(err error) *Error {
	var malformed *token.MalformedError
	var foreign *token.ForeignError
	var elsewhere *token.EnvironmentError
	var version *token.VersionError
	switch {
	case errors.As(err, &malformed):
		return New(errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, "The page token or position is damaged.", Because(err))
	case errors.As(err, &foreign) && foreign.What == token.Store:
		return New(errorsv1.Reason_REASON_FOREIGN_TOKEN, "The page token or position was made by another store.", Because(err))
	case errors.As(err, &elsewhere):
		return New(errorsv1.Reason_REASON_FOREIGN_TOKEN, fmt.Sprintf("The page token or position is of the environment %q, and this is %q.", elsewhere.Of, elsewhere.Here), Because(err))
	case errors.As(err, &foreign) && foreign.What == token.Caller:
		return New(errorsv1.Reason_REASON_FOREIGN_TOKEN, "The page token or position was made by another mesh, or for a caller who meets other records.", Because(err))
	case errors.As(err, &foreign):
		return New(errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, "The page token or position belongs to another "+string(foreign.What)+".",
			With("belongs_to_another", string(foreign.What)), Because(err))
	case errors.As(err, &version):
		return New(errorsv1.Reason_REASON_FOREIGN_TOKEN, "The page token or position was made by another version of the mesh.", Because(err))
	}
	return nil
}
