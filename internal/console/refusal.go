package console

import (
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// why is what a page says in place of what was not answered.
type why struct{ Problem, Advice string }

// refused is a refused call as a page shows it.
func refused(err error) (code int, w why) {
	s, ok := status.FromError(err)
	if !ok {
		return http.StatusInternalServerError, why{Problem: "This could not be answered; the log says why."}
	}
	w.Problem = clean(s.Message())
	for _, d := range s.Details() {
		if info, is := d.(*errdetails.ErrorInfo); is {
			w.Advice = clean(info.GetMetadata()["what_to_do"])
		}
	}
	if s.Code() == codes.Unimplemented {
		w.Problem = "This mesh does not offer the service that answers this page."
	}
	return runtime.HTTPStatusFromCode(s.Code()), w
}

// barred tells whether a call was refused because the caller lacks a right, so that the
// rest of a page is still of use.
func barred(err error) bool {
	switch status.Code(err) {
	case codes.PermissionDenied, codes.Unimplemented:
		return true
	}
	return false
}

func titleOf(code int) string {
	switch code {
	case http.StatusNotFound:
		return "Not found"
	case http.StatusForbidden:
		return "Not for you"
	case http.StatusUnauthorized:
		return "Not signed in"
	case http.StatusBadRequest:
		return "Not understood"
	case http.StatusTooManyRequests:
		return "Too much at once"
	}
	return "Not answered"
}
