package console

import (
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"

	"odoomesh/internal/fault"
)

// why is what a page says in place of what was not answered.
type why struct{ Problem, Advice string }

// refused is a refused call as a page shows it.
func refused(err error) (code int, w why) {
	told, ok := fault.Read(err)
	if !ok {
		return http.StatusInternalServerError, why{Problem: "This could not be answered; the log says why."}
	}
	w = why{Problem: clean(told.Message), Advice: clean(told.WhatToDo)}
	if told.Code == codes.Unimplemented {
		w.Problem = "This mesh does not offer the service that answers this page."
	}
	return runtime.HTTPStatusFromCode(told.Code), w
}

// codeOf is what a call ended with.
func codeOf(err error) codes.Code {
	if err == nil {
		return codes.OK
	}
	if told, ok := fault.Read(err); ok {
		return told.Code
	}
	return codes.Unknown
}

// barred tells whether a call was refused because the caller lacks a right, so that the
// rest of a page is still of use.
func barred(err error) bool {
	switch codeOf(err) {
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
