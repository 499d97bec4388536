package client

import (
	"errors"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsv1 "odoomesh.invalid/client/mesh/errors/v1"
)

// Refusal is why the mesh refused a call. Program against Reason and Retry, never against
// the message.
type Refusal struct {
	Reason  errorsv1.Reason
	Retry   errorsv1.Retry
	Message string
	// WhatToDo is for people.
	WhatToDo string
	// Fields says what is wrong with which field.
	Fields map[string]string
	// RetryAfter is how long to wait before the same call is sent again; 0 where it is not said.
	RetryAfter time.Duration
	// Call is the id under which the log of the mesh has the call.
	Call string

	status *status.Status
}

func (r *Refusal) Error() string {
	return strings.TrimPrefix(r.Reason.String(), "REASON_") + ": " + r.Message
}

// GRPCStatus lets status.FromError see what came.
func (r *Refusal) GRPCStatus() *status.Status { return r.status }

// AsRefusal finds the refusal in the error of a call; false where the mesh did not answer.
func AsRefusal(err error) (*Refusal, bool) {
	var known *Refusal
	if errors.As(err, &known) {
		return known, true
	}
	st, ok := status.FromError(err)
	if !ok {
		return nil, false
	}
	r := &Refusal{Message: st.Message(), Fields: map[string]string{}, status: st}
	found := false
	for _, detail := range st.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			found = found || detail.GetDomain() == "mesh"
			r.Reason = errorsv1.Reason(errorsv1.Reason_value["REASON_"+detail.GetReason()])
			r.Retry = errorsv1.Retry(errorsv1.Retry_value["RETRY_"+strings.ToUpper(detail.GetMetadata()["retry"])])
			r.WhatToDo = detail.GetMetadata()["what_to_do"]
		case *errdetails.BadRequest:
			for _, v := range detail.GetFieldViolations() {
				r.Fields[v.GetField()] = v.GetDescription()
			}
		case *errdetails.RetryInfo:
			r.RetryAfter = detail.GetRetryDelay().AsDuration()
		case *errdetails.RequestInfo:
			r.Call = detail.GetRequestId()
		}
	}
	return r, found
}

// Is lets errors.Is(err, client.Reason(errorsv1.Reason_REASON_STALE)) tell why.
func (r *Refusal) Is(target error) bool {
	reason, ok := target.(Reason)
	return ok && errorsv1.Reason(reason) == r.Reason
}

// Reason is an error to compare a refusal with.
type Reason errorsv1.Reason

func (r Reason) Error() string { return errorsv1.Reason(r).String() }

// sendAgain tells whether the same call may succeed later, and when.
func sendAgain(err error) (after time.Duration, ok bool) {
	if r, refused := AsRefusal(err); refused {
		return r.RetryAfter, r.Retry == errorsv1.Retry_RETRY_SAME_REQUEST
	}
	// Nobody answered, or the answer was cut off.
	return 0, status.Code(err) == codes.Unavailable
}
