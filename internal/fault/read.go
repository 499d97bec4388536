package fault

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Told is a refusal as a client got it.
type Told struct {
	Code codes.Code
	// Reason is of the closed list; empty where the mesh did not speak, such as
	// when nobody listens.
	Reason string
	// Message and WhatToDo are for people.
	Message, WhatToDo string
	// WhoActs is who has to do something about it, such as "operator".
	WhoActs string
	// Retry says whether the call can be sent again, such as "same_request".
	Retry string
	// RetryAfter is how long to wait; 0 where nobody said.
	RetryAfter time.Duration
	// RequestID is the id under which the mesh's log has the call.
	RequestID string
	// Violations are the fields of the request that are wrong.
	Violations []FieldViolation
}

// FieldViolation is a field that is wrong, and what it has to be.
type FieldViolation struct{ Field, Description string }

// Read takes apart what a call to a mesh ended with; false for an error that is
// no status, such as one of the client's own.
func Read(err error) (Told, bool) {
	s, ok := status.FromError(err)
	if !ok || s == nil {
		return Told{}, false
	}
	told := Told{Code: s.Code(), Message: s.Message()}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			if d.GetDomain() == Domain {
				told.Reason, told.WhatToDo, told.Retry = d.GetReason(), d.GetMetadata()["what_to_do"], d.GetMetadata()["retry"]
				told.WhoActs = d.GetMetadata()["who_acts"]
			}
		case *errdetails.RetryInfo:
			told.RetryAfter = d.GetRetryDelay().AsDuration()
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				told.Violations = append(told.Violations, FieldViolation{v.GetField(), v.GetDescription()})
			}
		case *errdetails.RequestInfo:
			told.RequestID = d.GetRequestId()
		}
	}
	return told, true
}
