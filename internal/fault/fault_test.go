package fault_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"pgregory.net/rapid"

	_ "odoomesh/gen/go/mesh/access/v1" // and others: the whole contract is looked through
	_ "odoomesh/gen/go/mesh/audit/v1"
	_ "odoomesh/gen/go/mesh/change/v1"
	_ "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	_ "odoomesh/gen/go/mesh/governance/v1"
	_ "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	_ "odoomesh/gen/go/mesh/invoice/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	_ "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	_ "odoomesh/gen/go/mesh/receipt/v1"
	_ "odoomesh/gen/go/mesh/search/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	_ "odoomesh/gen/go/mesh/supplier/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/fault"
)

// detail finds the details of one type in what a caller sees.
func detail[T proto.Message](t testing.TB, err error) []T {
	t.Helper()
	s, ok := status.FromError(err)
	if !ok {
		t.Fatalf("%v has no status", err)
	}
	var found []T
	for _, d := range s.Details() {
		if bad, failed := d.(error); failed {
			t.Fatalf("a detail cannot be read: %v", bad)
		}
		if typed, ok := d.(T); ok {
			found = append(found, typed)
		}
	}
	return found
}

func info(t testing.TB, err error) *errdetails.ErrorInfo {
	t.Helper()
	all := detail[*errdetails.ErrorInfo](t, err)
	if len(all) != 1 {
		t.Fatalf("%d ErrorInfo in %v, want 1", len(all), err)
	}
	return all[0]
}

func TestEveryReasonHasARuleAndItsStatusFollowsIt(t *testing.T) {
	rules, err := fault.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if want := errorsv1.Reason(0).Descriptor().Values().Len() - 1; len(rules) != want {
		t.Fatalf("%d rules, want %d", len(rules), want)
	}
	for _, rule := range rules {
		made := fault.New(rule.Reason, "Something.")
		if got := status.Code(made); got != rule.Code {
			t.Errorf("%s: code %v, want %v", rule.Name, got, rule.Code)
		}
		got := info(t, made)
		if got.Reason != rule.Name || got.Domain != "mesh" || "REASON_"+rule.Name != rule.Reason.String() {
			t.Errorf("%s: ErrorInfo %v", rule.Name, got)
		}
		for key, want := range map[string]string{"who_acts": rule.WhoActs, "retry": rule.Retry, "what_to_do": rule.WhatToDo} {
			if got.Metadata[key] != want || want == "" {
				t.Errorf("%s: metadata %s is %q, want %q", rule.Name, key, got.Metadata[key], want)
			}
		}
	}
}

func TestUnknownReasonIsInternal(t *testing.T) {
	for _, reason := range []errorsv1.Reason{0, -1, 9999} {
		if got := fault.New(reason, "").Code(); got != codes.Internal {
			t.Errorf("reason %d: %v", reason, got)
		}
	}
}

func TestDetailsArriveInTheStatus(t *testing.T) {
	err := fault.Invalid(fault.Violation("a.b", "is empty"), fault.Violation("c[1]", "is too long"))
	bad := detail[*errdetails.BadRequest](t, err)
	if len(bad) != 1 || len(bad[0].FieldViolations) != 2 || bad[0].FieldViolations[1].Field != "c[1]" {
		t.Errorf("BadRequest %v", bad)
	}
	if got, want := status.Convert(err).Message(), "a.b: is empty (and 1 more)"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	res := detail[*errdetails.ResourceInfo](t, fault.NotFound("products/42"))
	if len(res) != 1 || res[0].ResourceType != "mesh/Product" || res[0].ResourceName != "products/42" {
		t.Errorf("ResourceInfo %v", res)
	}
	retry := detail[*errdetails.RetryInfo](t, fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, "Not yet.", 3*time.Second))
	if len(retry) != 1 || retry[0].RetryDelay.AsDuration() != 3*time.Second {
		t.Errorf("RetryInfo %v", retry)
	}
	pre := detail[*errdetails.PreconditionFailure](t, fault.New(errorsv1.Reason_REASON_ACTION_REQUIRED, "x", fault.Precondition("odoo", "receipt", "needs a person")))
	if len(pre) != 1 || pre[0].Violations[0].Subject != "receipt" {
		t.Errorf("PreconditionFailure %v", pre)
	}
	if got := info(t, fault.PositionTooOld("abc")).Metadata["oldest_position"]; got != "abc" {
		t.Errorf("oldest_position %q", got)
	}
	named := fault.WithRequestID(errors.New("boom"), "id-1")
	if ids := detail[*errdetails.RequestInfo](t, named); len(ids) != 1 || ids[0].RequestId != "id-1" {
		t.Errorf("RequestInfo %v", ids)
	}
}

func TestInvalidFieldKeepsItsReason(t *testing.T) {
	err := fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter", "has no field foo")
	if info(t, err).Reason != "INVALID_FILTER" || detail[*errdetails.BadRequest](t, err)[0].FieldViolations[0].Reason != "INVALID_FILTER" {
		t.Errorf("%v", status.Convert(err).Proto())
	}
}

func TestNilStaysNil(t *testing.T) {
	if fault.FromError(nil) != nil || fault.FromCall(context.Background(), true, nil) != nil || fault.WithRequestID(nil, "x") != nil {
		t.Error("nil became an error")
	}
	if fault.Code(nil) != codes.OK || fault.ReasonOf(nil) != errorsv1.Reason_REASON_UNSPECIFIED {
		t.Error("nil has a code or reason")
	}
}

// A caller sees bounded, valid, printable text whatever went in, and one
// ErrorInfo.
func TestAnyTextMakesAFitStatus(t *testing.T) {
	hostile := rapid.OneOf(rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.Map(rapid.IntRange(0, 9000), func(n int) string { return strings.Repeat("é\n", n) }),
		rapid.Just("it failed\nTraceback (most recent call last):\n  File \"/odoo/http.py\", line 12, in x\n    secret()"))
	rapid.Check(t, func(t *rapid.T) {
		var details []fault.Detail
		for range rapid.IntRange(0, 40).Draw(t, "violations") {
			details = append(details, fault.Violation(hostile.Draw(t, "field"), hostile.Draw(t, "description")))
		}
		details = append(details, fault.With(hostile.Draw(t, "key"), hostile.Draw(t, "value")),
			fault.Resource("mesh/Product", hostile.Draw(t, "name")), fault.Because(errors.New("cause")))
		err := fault.FromError(fmt.Errorf("wrapped: %w", fault.New(errorsv1.Reason_REASON_BUSINESS_RULE, hostile.Draw(t, "message"), details...)))
		s := status.Convert(err).Proto()
		wire, failed := proto.Marshal(s)
		if failed != nil {
			t.Fatal(failed)
		}
		if len(wire) > 4<<10 {
			t.Fatalf("status of %d bytes", len(wire))
		}
		for _, secret := range []string{"secret()", "http.py", "cause", "wrapped"} {
			if strings.Contains(string(wire), secret) {
				t.Fatalf("%q leaks", secret)
			}
		}
		if !utf8.ValidString(s.Message) || strings.ContainsAny(s.Message, "\n\r\x00") {
			t.Fatalf("message %q", s.Message)
		}
		infos := 0
		for _, d := range s.Details {
			if d.MessageIs((*errdetails.ErrorInfo)(nil)) {
				infos++
			}
		}
		if infos != 1 {
			t.Fatalf("%d ErrorInfo", infos)
		}
	})
}

// Every form of a name that the contract asks for is shown by an example, in words
// and not as a regular expression.
func TestMisshapenNamesAreExplainedByAnExample(t *testing.T) {
	for _, c := range []struct {
		request proto.Message
		want    string
	}{
		{&productv1.GetProductRequest{}, `name: is missing: write it as in "products/42"`},
		{&productv1.GetProductRequest{Name: "42"}, `name: "42" is not written as in "products/42"`},
		{&productv1.BatchGetProductsRequest{Names: []string{"products/0"}}, `names[0]: "products/0" is not written as in "products/42"`},
		{&inventoryv1.GetStockPositionRequest{Name: "x"}, `name: "x" is not written as in "stockPositions/42-8-17-0-0"`},
		{&operationsv1.VerifyRecordRequest{}, `name: is missing: write it as in "products/42"`},
		{&operationsv1.ResyncDomainRequest{Collection: "-"}, `collection: "-" is not written as in "products"`},
		{&operationsv1.GetExceptionRequest{Name: "x"}, `name: "x" is not written as in "exceptions/42"`},
		{&tracev1.GetJourneyRequest{}, `number: is missing`},
		{&productv1.BatchGetProductsRequest{}, `names: is missing`},
		{&summaryv1.SummarizeStockRequest{Product: "NAC-01001"}, `product: "NAC-01001" is not written as in "products/42"`},
		{&summaryv1.SummarizeConsumptionRequest{Location: "ward 3"}, `location: "ward 3" is not written as in "locations/42"`},
		{&eventv1.SubscribeRequest{Consumer: "me"}, `consumer: "me" is not written as in "consumers/ward-supply"`},
	} {
		err := protovalidate.Validate(c.request)
		if got := status.Convert(fault.FromError(err)).Message(); got != c.want {
			t.Errorf("%v: %q, want %q", c.request, got, c.want)
		}
	}
}

// A form that the contract adds, and that has no example yet, is found here.
func TestEveryFormOfTheContractHasAnExample(t *testing.T) {
	found := 0
	protoregistry.GlobalTypes.RangeMessages(func(kind protoreflect.MessageType) bool {
		d := kind.Descriptor()
		if !strings.HasPrefix(string(d.FullName()), "mesh.") || !strings.HasSuffix(string(d.Name()), "Request") {
			return true
		}
		for i := range d.Fields().Len() {
			field := d.Fields().Get(i)
			if field.Kind() != protoreflect.StringKind || field.IsList() || field.IsMap() {
				continue
			}
			request := kind.New()
			request.Set(field, protoreflect.ValueOfString("-"))
			err := fault.FromError(protovalidate.Validate(request.Interface()))
			if err == nil {
				continue
			}
			for _, v := range detail[*errdetails.BadRequest](t, err)[0].FieldViolations {
				if v.Field != string(field.Name()) {
					continue
				}
				found++
				if strings.Contains(v.Description, "form") {
					t.Errorf("%s: %s: %s", d.FullName(), v.Field, v.Description)
				}
			}
		}
		return true
	})
	if found < 10 {
		t.Errorf("%d forms were found", found)
	}
}
