package odoo

import (
	"net/http"
	"strings"

	"odoomesh/internal/odoo/json2"
)

// faultOfRefusal gives a refusal of JSON-2's the code and kind that XML-RPC gives
// the same exception. The exception's class tells more than the status does: of
// the refusals with status 403, one is a right that lacks and another a method
// that is private.
func faultOfRefusal(status int, said json2.Refusal) *Fault {
	class := said.Name[strings.LastIndexByte(said.Name, '.')+1:]
	code, text := 1, said.Message
	switch {
	case class == "AccessDenied", status == http.StatusUnauthorized:
		code = 3
	case class == "AccessError", status == http.StatusForbidden:
		code = 4
	case isUserError(class):
		code = 2
	default:
		// What XML-RPC ends a traceback with: a class of Python's own without its
		// module, any other with it.
		text = strings.TrimPrefix(said.Name, "builtins.") + ": " + said.Message
	}
	f := &Fault{Code: code, Kind: classify(code, text), Message: text, Trace: said.Debug}
	switch {
	case class == "MissingError":
		f.Kind = Missing
	case class == "LockError":
		// Of XML-RPC's code 2 too, where nothing tells it from a rule.
		f.Kind = Contention
	case class == "NotFound" && strings.HasPrefix(said.Message, "the model "):
		f.Kind = UnknownModel
	case class == "NotFound" && strings.HasPrefix(said.Message, "The method "):
		f.Kind = UnknownMethod
	}
	switch {
	case f.Kind == UnknownModel || f.Kind == UnknownMethod:
		f.Message = said.Message
	case code == 1:
		// Behind the first line come the database's context and its statements.
		f.Message, _, _ = strings.Cut(text, "\n")
	}
	return f
}

// isUserError tells whether an exception is one that Odoo shows to its users.
func isUserError(class string) bool {
	switch class {
	case "UserError", "ValidationError", "MissingError", "RedirectWarning", "LockError":
		return true
	}
	return false
}
