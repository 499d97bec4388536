package gateway_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	"odoomesh/gateway"
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

func TestAValueThatCannotBeReadNamesItsFieldAndWhatItMustBe(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{Register: []gateway.Register{
		func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			return inventoryv1.RegisterInventoryServiceHandlerClient(ctx, mux, inventoryv1.NewInventoryServiceClient(conn))
		},
	}}, interceptors{}))
	tests := []struct {
		path string
		want map[string]string
	}{
		{"/v1/products?page_size=many", map[string]string{"page_size": `must be a whole number of at most 32 bits, not "many"`}},
		{"/v1/products?pageSize=99999999999", map[string]string{"page_size": `must be a whole number of at most 32 bits, not "99999999999"`}},
		{"/v1/products?page_size=1&page_size=2", map[string]string{"page_size": "may be given only once"}},
		{"/v1/products?pageSize=1&page_size=2", map[string]string{"page_size": "is given twice, in two spellings"}},
		{"/v1/products/42?read_mode.live=maybe", map[string]string{"read_mode.live": `must be true or false, not "maybe"`}},
		{"/v1/products/42?readMode.maxStaleness=5", map[string]string{"read_mode.max_staleness": `must be a duration such as 5s, not "5"`}},
		{"/v1/products/42?read_mode=5", map[string]string{"read_mode": "must be given by its fields, such as read_mode.max_staleness"}},
		{"/v1/inventoryEvents?start_time=yesterday", map[string]string{"start_time": `must be a time such as 2026-11-23T08:00:00Z, or a day such as 2026-11-23, not "yesterday"`}},
		{"/v1/products?page_size=many&read_mode.live=maybe", map[string]string{
			"page_size":      `must be a whole number of at most 32 bits, not "many"`,
			"read_mode.live": `must be true or false, not "maybe"`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			got := send(t, server, "GET", tt.path)
			e := got.failure(t)
			if got.StatusCode != 400 || e.reason(t) != "INVALID_ARGUMENT" {
				t.Errorf("got %d %s", got.StatusCode, got.body)
			}
			if violations := e.violations(); !maps.Equal(violations, tt.want) {
				t.Errorf("got %v, want %v", violations, tt.want)
			}
			e.tellsWhatToDo(t)
		})
	}
}

func TestABodyThatCannotBeReadIsRefusedWithWhatToDo(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{Register: []gateway.Register{
		func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
			return eventv1.RegisterEventServiceHandlerClient(ctx, mux, eventv1.NewEventServiceClient(conn))
		},
	}}, interceptors{}))
	for _, body := range []string{`{"position": `, `{"posision": "x"}`, `[]`} {
		got := sendBody(t, server, "POST", "/v1/consumers/ward:acknowledge", strings.NewReader(body))
		e := got.failure(t)
		if got.StatusCode != 400 || e.reason(t) != "INVALID_ARGUMENT" ||
			!strings.HasPrefix(e.Error.Message, "The body is not the JSON that this call takes: ") || strings.Contains(e.Error.Message, "proto:") {
			t.Errorf("%s: got %d %s", body, got.StatusCode, got.body)
		}
		e.tellsWhatToDo(t)
	}
}

func TestAQueryThatCannotBeReadIsRefusedWithWhatToDo(t *testing.T) {
	server := newServer(t, &products{})
	got := send(t, server, "GET", "/v1/products?filter=%zz")
	e := got.failure(t)
	if got.StatusCode != 400 || e.reason(t) != "INVALID_ARGUMENT" || !strings.HasPrefix(e.Error.Message, "The query cannot be read: ") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	e.tellsWhatToDo(t)
}

// violations are the fields that the error names, and what is wrong with each.
func (e errorAnswer) violations() map[string]string {
	all := map[string]string{}
	for _, detail := range e.Error.Details {
		list, _ := detail["fieldViolations"].([]any)
		for _, v := range list {
			violation := v.(map[string]any)
			field, _ := violation["field"].(string)
			all[field], _ = violation["description"].(string)
		}
	}
	return all
}

// tellsWhatToDo checks what stands with every reason.
func (e errorAnswer) tellsWhatToDo(t testing.TB) {
	t.Helper()
	for _, detail := range e.Error.Details {
		if metadata, ok := detail["metadata"].(map[string]any); ok {
			for _, key := range []string{"who_acts", "retry", "what_to_do"} {
				if metadata[key] == nil {
					t.Errorf("no %s in %v", key, metadata)
				}
			}
			return
		}
	}
	t.Errorf("no metadata in %v", e.Error.Details)
}
