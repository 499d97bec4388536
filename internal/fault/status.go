package fault

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Java's gRPC and many proxies take 8 KiB of headers; a status goes into them
// in base64, and its message a second time.
const (
	maxStatusBytes = 4 << 10
	maxTextBytes   = 800
	maxFieldBytes  = 200
	maxMetadata    = 8
	maxViolations  = 16
)

// GRPCStatus is what the caller sees.
func (e *Error) GRPCStatus() *status.Status {
	message := public(e.message, maxTextBytes)
	for keep := maxViolations; ; keep /= 2 {
		s := &spb.Status{Code: int32(e.rule.Code), Message: message, Details: e.details(keep)}
		if keep == 0 || proto.Size(s) <= maxStatusBytes {
			return status.FromProto(s)
		}
	}
}

// details packs everything that is known, with at most so many violations.
func (e *Error) details(keep int) []*anypb.Any {
	var list []*anypb.Any
	add := func(m proto.Message) {
		if packed, err := anypb.New(m); err == nil {
			list = append(list, packed)
		}
	}
	add(e.info(keep))
	if len(e.violations) > 0 {
		add(&errdetails.BadRequest{FieldViolations: e.fieldViolations(keep)})
	}
	if len(e.preconditions) > 0 {
		add(&errdetails.PreconditionFailure{Violations: e.preconditionViolations(keep)})
	}
	if e.resource != nil {
		add(&errdetails.ResourceInfo{
			ResourceType: public(e.resource.ResourceType, maxFieldBytes),
			ResourceName: public(e.resource.ResourceName, maxFieldBytes),
		})
	}
	if e.retryAfter > 0 {
		add(&errdetails.RetryInfo{RetryDelay: durationpb.New(e.retryAfter)})
	}
	if e.requestID != "" {
		add(&errdetails.RequestInfo{RequestId: public(e.requestID, maxFieldBytes)})
	}
	return list
}

func (e *Error) info(keep int) *errdetails.ErrorInfo {
	metadata := make(map[string]string, len(e.metadata)+4)
	for i, key := range slices.Sorted(maps.Keys(e.metadata)) {
		if i < maxMetadata {
			metadata[public(key, maxFieldBytes)] = public(e.metadata[key], maxFieldBytes)
		}
	}
	metadata["who_acts"] = e.rule.WhoActs
	metadata["retry"] = e.rule.Retry
	metadata["what_to_do"] = e.rule.WhatToDo
	if e.whatToDo != "" {
		metadata["what_to_do"] = public(e.whatToDo, maxFieldBytes)
	}
	if left := max(len(e.violations), len(e.preconditions)) - keep; left > 0 {
		metadata["violations_left_out"] = strconv.Itoa(left)
	}
	return &errdetails.ErrorInfo{Reason: e.rule.Name, Domain: Domain, Metadata: metadata}
}

func (e *Error) fieldViolations(keep int) []*errdetails.BadRequest_FieldViolation {
	list := make([]*errdetails.BadRequest_FieldViolation, 0, len(e.violations))
	for _, v := range e.violations[:min(keep, len(e.violations))] {
		list = append(list, &errdetails.BadRequest_FieldViolation{
			Field: public(v.Field, maxFieldBytes), Description: public(v.Description, maxFieldBytes), Reason: v.Reason,
		})
	}
	return list
}

func (e *Error) preconditionViolations(keep int) []*errdetails.PreconditionFailure_Violation {
	list := make([]*errdetails.PreconditionFailure_Violation, 0, len(e.preconditions))
	for _, v := range e.preconditions[:min(keep, len(e.preconditions))] {
		list = append(list, &errdetails.PreconditionFailure_Violation{
			Type: public(v.Type, maxFieldBytes), Subject: public(v.Subject, maxFieldBytes), Description: public(v.Description, maxFieldBytes),
		})
	}
	return list
}

// summary is the message of a refusal for its fields.
func summary(violations []*errdetails.BadRequest_FieldViolation) string {
	if len(violations) == 0 {
		return "The request breaks a rule of the contract."
	}
	text := violations[0].Description
	// A rule about several fields together stands at none of them.
	if field := violations[0].Field; field != "" {
		text = field + ": " + text
	}
	if len(violations) > 1 {
		text += " (and " + strconv.Itoa(len(violations)-1) + " more)"
	}
	return text
}

// kindOf is the resource type in the contract for a name such as "products/42".
func kindOf(name string) string {
	collection, _, found := strings.Cut(name, "/")
	singular := strings.TrimSuffix(collection, "s")
	if !found || singular == "" {
		return ""
	}
	return Domain + "/" + strings.ToUpper(singular[:1]) + singular[1:]
}
