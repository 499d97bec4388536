package fault_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/odoo"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

func TestFromErrorGivesEachErrorItsReason(t *testing.T) {
	_, badName := resource.KeyOf("products", "prices/1")
	transport := func(kind odoo.TransportKind, sent bool) error {
		return &odoo.TransportError{Kind: kind, Sent: sent, Err: errors.New("cause")}
	}
	cases := []struct {
		name string
		err  error
		want string
	}{
		{"deadline", context.DeadlineExceeded, "DEADLINE_EXCEEDED"},
		{"cancelled", fmt.Errorf("reading: %w", context.Canceled), "CANCELLED"},
		{"business rule", &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "No."}, "BUSINESS_RULE"},
		{"access", &odoo.Fault{Code: 4, Kind: odoo.AccessDenied}, "NOT_PERMITTED"},
		{"credentials", &odoo.Fault{Code: 3, Kind: odoo.Credentials}, "BAD_CREDENTIALS"},
		{"missing", &odoo.Fault{Code: 2, Kind: odoo.Missing}, "NOT_FOUND"},
		{"contention", &odoo.Fault{Code: 1, Kind: odoo.Contention}, "CONTENTION"},
		{"result not marshalled", &odoo.Fault{Code: 1, Kind: odoo.NotMarshalled}, "UNKNOWN_OUTCOME"},
		{"unknown model", &odoo.Fault{Code: 2, Kind: odoo.UnknownModel}, "SHAPE_MISMATCH"},
		{"unknown method", &odoo.Fault{Code: 4, Kind: odoo.UnknownMethod}, "SHAPE_MISMATCH"},
		{"unknown field", &odoo.Fault{Code: 1, Kind: odoo.UnknownField}, "SHAPE_MISMATCH"},
		{"unknown database", &odoo.Fault{Code: 1, Kind: odoo.UnknownDatabase}, "BAD_CREDENTIALS"},
		{"unforeseen", &odoo.Fault{Code: 1, Kind: odoo.Unforeseen}, "INTERNAL"},
		{"a kind of tomorrow", &odoo.Fault{Code: 9, Kind: 99}, "INTERNAL"},
		{"unreachable", transport(odoo.Unreachable, false), "ODOO_UNAVAILABLE"},
		{"no answer", transport(odoo.NoAnswer, true), "ODOO_UNAVAILABLE"},
		{"bad answer", transport(odoo.BadAnswer, true), "ODOO_UNAVAILABLE"},
		{"suspended", transport(odoo.Suspended, false), "ODOO_UNAVAILABLE"},
		{"the client's own timeout", &odoo.TransportError{Kind: odoo.Timeout, Err: context.DeadlineExceeded}, "ODOO_UNAVAILABLE"},
		{"cancelled on the way", transport(odoo.Canceled, true), "CANCELLED"},
		{"no turn", transport(odoo.Overloaded, false), "OVERLOADED"},
		{"too large", transport(odoo.TooLarge, true), "INTERNAL"},
		{"argument", &odoo.ArgumentError{Err: errors.New("too long")}, "INVALID_ARGUMENT"},
		{"shape", &odoo.ShapeError{Model: "res.partner", Field: "name"}, "SHAPE_MISMATCH"},
		{"connect: version", &odoo.ConnectError{Reason: odoo.UnsupportedVersion, Err: errors.New("x")}, "SHAPE_MISMATCH"},
		{"connect: password", &odoo.ConnectError{Reason: odoo.WrongCredentials, Err: errors.New("x")}, "BAD_CREDENTIALS"},
		{"connect: database", &odoo.ConnectError{Reason: odoo.NoSuchDatabase, Err: &odoo.Fault{Kind: odoo.UnknownDatabase}}, "BAD_CREDENTIALS"},
		{"connect: down", &odoo.ConnectError{Reason: odoo.Down, Err: errors.New("x")}, "ODOO_UNAVAILABLE"},
		{"connect: not Odoo", &odoo.ConnectError{Reason: odoo.NotOdoo, Err: errors.New("x")}, "ODOO_UNAVAILABLE"},
		{"truncated log", &store.TruncatedError{Asked: 1, Oldest: 7}, "POSITION_TOO_OLD"},
		{"beyond the log", &store.BeyondHeadError{Asked: 9, Head: 7}, "FOREIGN_TOKEN"},
		{"closed store", fmt.Errorf("reading: %w", store.ErrClosed), "SHUTTING_DOWN"},
		{"damaged token", &token.MalformedError{Found: "x"}, "INVALID_PAGE_TOKEN"},
		{"token of another store", &token.ForeignError{What: token.Store}, "FOREIGN_TOKEN"},
		{"token of another environment", &token.EnvironmentError{Of: "test", Here: "production"}, "FOREIGN_TOKEN"},
		{"token of another caller", &token.ForeignError{What: token.Caller}, "FOREIGN_TOKEN"},
		{"token of another call", &token.ForeignError{What: token.Call}, "INVALID_PAGE_TOKEN"},
		{"token of a newer mesh", &token.VersionError{Version: 9}, "FOREIGN_TOKEN"},
		{"name", badName, "INVALID_NAME"},
		{"gRPC: message too large", status.Error(codes.ResourceExhausted, "grpc: received message larger than max"), "INVALID_ARGUMENT"},
		{"gRPC: unimplemented", status.Error(codes.Unimplemented, "x"), "NOT_SUPPORTED"},
		{"gRPC: other", status.Error(codes.DataLoss, "x"), "INTERNAL"},
		{"unknown", errors.New("password=hunter2"), "INTERNAL"},
		{"its own, wrapped", fmt.Errorf("listing: %w", fault.NotFound("products/1")), "NOT_FOUND"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := fault.FromError(fmt.Errorf("doing it: %w", c.err))
			if reason := info(t, got).Reason; reason != c.want {
				t.Fatalf("reason %s, want %s", reason, c.want)
			}
			if !errors.Is(got, c.err) && c.name != "its own, wrapped" {
				t.Error("the cause is lost for the log")
			}
			if text := status.Convert(got).Proto().String(); strings.Contains(text, "hunter2") || strings.Contains(text, "doing it") {
				t.Errorf("the cause leaks: %s", text)
			}
		})
	}
}

func TestAWriteThatMayHaveHappenedIsNeverCalledUndone(t *testing.T) {
	live, over := context.Background(), func() context.Context {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx
	}()
	lost := &odoo.TransportError{Kind: odoo.NoAnswer, Sent: true}
	cases := []struct {
		name   string
		ctx    context.Context
		writes bool
		err    error
		want   string
	}{
		{"write, answer lost", live, true, lost, "UNKNOWN_OUTCOME"},
		{"write, answer lost, caller gone", over, true, lost, "UNKNOWN_OUTCOME"},
		{"write, unforeseen fault", live, true, &odoo.Fault{Code: 1}, "UNKNOWN_OUTCOME"},
		{"write, timeout after sending", live, true, &odoo.TransportError{Kind: odoo.Timeout, Sent: true}, "UNKNOWN_OUTCOME"},
		{"write, never sent", live, true, &odoo.TransportError{Kind: odoo.Unreachable}, "ODOO_UNAVAILABLE"},
		{"write, refused by a rule", live, true, &odoo.Fault{Code: 2, Kind: odoo.BusinessRule}, "BUSINESS_RULE"},
		{"write, connection failed before", live, true, &odoo.ConnectError{Reason: odoo.Down, Err: lost}, "ODOO_UNAVAILABLE"},
		{"write, settled by the command", live, true, fault.NotFound("orders/1"), "NOT_FOUND"},
		{"write, nothing to do with Odoo", live, true, errors.New("x"), "INTERNAL"},
		{"read, answer lost", live, false, lost, "ODOO_UNAVAILABLE"},
		{"read, caller gone", over, false, lost, "CANCELLED"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := info(t, fault.FromCall(c.ctx, c.writes, c.err)).Reason; got != c.want {
				t.Errorf("reason %s, want %s", got, c.want)
			}
		})
	}
}

// testdata/traceback.txt was recorded from a running Odoo.
func TestNoTracebackLeaves(t *testing.T) {
	trace, err := os.ReadFile(filepath.Join("testdata", "traceback.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for code := range 6 {
		f := odoo.NewFault(code, string(trace))
		for _, err := range []error{f, &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: string(trace)}} {
			text := status.Convert(fault.FromError(err)).Proto().String()
			if strings.Contains(text, "Traceback") || strings.Contains(text, ".py") || strings.Contains(text, "line ") {
				t.Errorf("code %d leaks: %s", code, text)
			}
		}
	}
}

func TestValidationErrorsNameProtoFields(t *testing.T) {
	cases := []struct {
		name   string
		msg    proto.Message
		reason string
		fields []string
	}{
		{"two fields", &productv1.ListProductsRequest{PageSize: -1, OrderBy: strings.Repeat("x", 600)}, "INVALID_ARGUMENT", []string{"page_size", "order_by"}},
		{"a name alone", &productv1.GetProductRequest{Name: "prices/1"}, "INVALID_NAME", []string{"name"}},
		{"an element", &productv1.BatchGetProductsRequest{Names: []string{"products/1", "x"}}, "INVALID_NAME", []string{"names[1]"}},
		{"a count of names", &productv1.BatchGetProductsRequest{}, "INVALID_ARGUMENT", []string{"names"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := fault.FromError(protovalidate.Validate(c.msg))
			if got := info(t, err).Reason; got != c.reason {
				t.Errorf("reason %s, want %s", got, c.reason)
			}
			var fields []string
			for _, v := range detail[*errdetails.BadRequest](t, err)[0].FieldViolations {
				fields = append(fields, v.Field)
				if v.Description == "" {
					t.Errorf("%s has no description", v.Field)
				}
			}
			if strings.Join(fields, " ") != strings.Join(c.fields, " ") {
				t.Errorf("fields %v, want %v", fields, c.fields)
			}
		})
	}
}

func TestARuleAboutSeveralFieldsTogetherIsASentence(t *testing.T) {
	err := fault.FromError(protovalidate.Validate(&inventoryv1.StreamInventoryEventsRequest{
		StartTime: timestamppb.Now(), FromNow: true,
	}))
	if got := status.Convert(err).Message(); got != "start_time and from_now exclude each other" {
		t.Errorf("got %q", got)
	}
}

func TestTooOldPositionSaysWhereToBegin(t *testing.T) {
	got := info(t, fault.FromError(&store.TruncatedError{Asked: 3, Oldest: 10})).Metadata["oldest_revision"]
	if got != "10" {
		t.Errorf("oldest_revision %q", got)
	}
}

func TestRetryInfoFollowsTheBreaker(t *testing.T) {
	err := fault.FromError(&odoo.TransportError{Kind: odoo.Suspended, RetryAfter: 1200 * time.Millisecond})
	if got := detail[*errdetails.RetryInfo](t, err); len(got) != 1 || got[0].RetryDelay.AsDuration() != 1200*time.Millisecond {
		t.Errorf("RetryInfo %v", got)
	}
}
