package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/fault"
)

// takes tells whether a request has one of the fields.
func takes(m protoreflect.MethodDescriptor, fields ...protoreflect.Name) bool {
	return slices.ContainsFunc(fields, func(name protoreflect.Name) bool { return m.Input().Fields().ByName(name) != nil })
}

func having(fields ...protoreflect.Name) func(protoreflect.MethodDescriptor) bool {
	return func(m protoreflect.MethodDescriptor) bool { return takes(m, fields...) }
}

func ruleOf(m protoreflect.MethodDescriptor) *optionsv1.MethodRule {
	rule, _ := proto.GetExtension(m.Options(), optionsv1.E_Method).(*optionsv1.MethodRule)
	return rule
}

// commands are the methods that change something in Odoo or beside it, once for an id.
func commands(m protoreflect.MethodDescriptor) bool {
	return takes(m, "request_id") || m.IsStreamingClient()
}

// comparesWithOdoo are the methods that read from Odoo again what the copy has.
func comparesWithOdoo(m protoreflect.MethodDescriptor) bool {
	switch m.Name() {
	case "VerifyRecord", "ResyncDomain", "CompareLedger", "AcceptOdoo":
		return true
	}
	return false
}

// named are the methods that are about a record that the caller names.
func named(m protoreflect.MethodDescriptor) bool {
	if takes(m, "name", "names", "intent", "consumer", "number", "product") {
		return true
	}
	for i := range m.Input().Fields().Len() {
		// An update has the name in its record.
		if f := m.Input().Fields().Get(i); f.Message() != nil && f.Message().Fields().ByName("etag") != nil && takes(m, "update_mask") {
			return true
		}
	}
	return false
}

// causes say with which reasons a call can be refused, by what it takes and does. What
// concerns gRPC alone, such as the size of a message, is left out.
var causes = []struct {
	of      func(protoreflect.MethodDescriptor) bool
	reasons []errorsv1.Reason
}{
	{func(protoreflect.MethodDescriptor) bool { return true }, []errorsv1.Reason{
		errorsv1.Reason_REASON_INVALID_ARGUMENT, errorsv1.Reason_REASON_UNAUTHENTICATED, errorsv1.Reason_REASON_NOT_PERMITTED, errorsv1.Reason_REASON_OVERLOADED,
		errorsv1.Reason_REASON_DEADLINE_EXCEEDED, errorsv1.Reason_REASON_CANCELLED, errorsv1.Reason_REASON_SHUTTING_DOWN, errorsv1.Reason_REASON_INTERNAL,
		errorsv1.Reason_REASON_NOT_SUPPORTED, // by this mesh as it is configured, or as this request asks for it
	}},
	{func(m protoreflect.MethodDescriptor) bool { return ruleOf(m).GetAudit() }, []errorsv1.Reason{errorsv1.Reason_REASON_AUDIT_UNAVAILABLE}},
	{func(m protoreflect.MethodDescriptor) bool {
		return ruleOf(m).GetAccess() == optionsv1.Access_ACCESS_READ || commands(m)
	}, []errorsv1.Reason{errorsv1.Reason_REASON_NOT_LOADED}},
	{named, []errorsv1.Reason{errorsv1.Reason_REASON_NOT_FOUND, errorsv1.Reason_REASON_INVALID_NAME}},
	{having("filter"), []errorsv1.Reason{errorsv1.Reason_REASON_INVALID_FILTER}},
	{having("order_by"), []errorsv1.Reason{errorsv1.Reason_REASON_INVALID_ORDER_BY}},
	{having("page_token"), []errorsv1.Reason{errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, errorsv1.Reason_REASON_FOREIGN_TOKEN}},
	{having("position", "start_time", "since"), []errorsv1.Reason{errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, errorsv1.Reason_REASON_FOREIGN_TOKEN, errorsv1.Reason_REASON_POSITION_TOO_OLD}},
	{having("read_mask", "update_mask"), []errorsv1.Reason{errorsv1.Reason_REASON_INVALID_FIELD_MASK}},
	{having("read_mode"), []errorsv1.Reason{errorsv1.Reason_REASON_STALE, errorsv1.Reason_REASON_ODOO_UNAVAILABLE, errorsv1.Reason_REASON_BAD_CREDENTIALS, errorsv1.Reason_REASON_SHAPE_MISMATCH}},
	{comparesWithOdoo, []errorsv1.Reason{errorsv1.Reason_REASON_ODOO_UNAVAILABLE, errorsv1.Reason_REASON_BAD_CREDENTIALS, errorsv1.Reason_REASON_SHAPE_MISMATCH}},
	{having("consumer"), []errorsv1.Reason{errorsv1.Reason_REASON_TAKEN_OVER}},
	{having("etag"), []errorsv1.Reason{errorsv1.Reason_REASON_STALE_ETAG, errorsv1.Reason_REASON_ETAG_REQUIRED}},
	{func(m protoreflect.MethodDescriptor) bool {
		return commands(m) && len(ruleOf(m).GetWrites()) > 0
	}, []errorsv1.Reason{errorsv1.Reason_REASON_WRONG_OWNER}},
	{commands, []errorsv1.Reason{
		errorsv1.Reason_REASON_BUSINESS_RULE, errorsv1.Reason_REASON_ACTION_REQUIRED, errorsv1.Reason_REASON_ALREADY_EXISTS, errorsv1.Reason_REASON_NOT_FOUND,
		errorsv1.Reason_REASON_CONTENTION, errorsv1.Reason_REASON_UNKNOWN_OUTCOME, errorsv1.Reason_REASON_IDEMPOTENCY_MISMATCH, errorsv1.Reason_REASON_IN_PROGRESS,
		errorsv1.Reason_REASON_STALE_ETAG, errorsv1.Reason_REASON_ODOO_UNAVAILABLE, errorsv1.Reason_REASON_ODOO_CHANGED, errorsv1.Reason_REASON_BAD_CREDENTIALS,
		errorsv1.Reason_REASON_SHAPE_MISMATCH,
	}},
}

// reasonsOf answers the reasons of a method by HTTP status.
func reasonsOf(m protoreflect.MethodDescriptor) map[int][]fault.Rule {
	possible := map[errorsv1.Reason]bool{}
	for _, cause := range causes {
		if cause.of(m) {
			for _, reason := range cause.reasons {
				possible[reason] = true
			}
		}
	}
	by := map[int][]fault.Rule{}
	for _, rule := range rules() {
		if possible[rule.Reason] {
			by[statusOf(rule)] = append(by[statusOf(rule)], rule)
		}
	}
	return by
}

func statusOf(rule fault.Rule) int {
	if rule.HTTP != 0 {
		return rule.HTTP
	}
	return runtime.HTTPStatusFromCode(rule.Code)
}

func rules() []fault.Rule {
	all, err := fault.Rules()
	if err != nil {
		panic(err) // the tests of package fault hold the contract to it
	}
	return all
}

func reasonNames() []any {
	var names []any
	for _, rule := range rules() {
		names = append(names, rule.Name)
	}
	return names
}

// refusals describes the answers of a method that are none. Answers with the same status
// and reasons are described once.
func (d *document) refusals(m protoreflect.MethodDescriptor, responses object) (names []any) {
	components := d.object["components"].(object)
	shared, _ := components["responses"].(object)
	if shared == nil {
		shared = object{}
		components["responses"] = shared
	}
	by := reasonsOf(m)
	for _, status := range slices.Sorted(maps.Keys(by)) {
		id := []string{strconv.Itoa(status)}
		var told []string
		for _, rule := range by[status] {
			id = append(id, rule.Name)
			names = append(names, rule.Name)
			told = append(told, fmt.Sprintf("- `%s` (%s): %s", rule.Name, rule.Retry, rule.WhatToDo))
		}
		name := strings.Join(id, ".")
		response := object{"description": strings.Join(told, "\n"), "content": object{"application/json": object{"schema": reference("Refusal")}}}
		if slices.ContainsFunc(by[status], func(rule fault.Rule) bool { return rule.Retry == "same_request" }) {
			response["headers"] = object{"Retry-After": object{"description": "Seconds to wait, where RetryInfo is in the details.", "schema": object{"type": "integer"}}}
		}
		shared[name] = response
		responses[strconv.Itoa(status)] = object{"$ref": "#/components/responses/" + name}
	}
	responses["default"] = object{"description": "The call was refused, or failed.", "content": object{"application/json": object{"schema": reference("Refusal")}}}
	return names
}
