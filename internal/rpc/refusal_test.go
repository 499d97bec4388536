package rpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/fault"
)

// Each refusal is found in the log by its id: who was refused what, why, and when it
// came to that.
func TestRefusalsAreInTheLog(t *testing.T) {
	p := &products{get: func(_ context.Context, r *productv1.GetProductRequest) (*productv1.Product, error) {
		if r.GetName() == "products/2" {
			return nil, context.Canceled
		}
		return nil, fault.NotFound(r.GetName())
	}}
	m := start(t, p, accessFile(t, "read"))
	for _, c := range []struct {
		id, token, name   string
		reason, principal string
		level             string
	}{
		{"id-1", "secret", "products/1", "REASON_NOT_FOUND", "ward", "INFO"},
		{"id-2", "wrong", "products/1", "REASON_UNAUTHENTICATED", "", "INFO"},
		{"id-3", "secret", "suppliers/1", "REASON_INVALID_NAME", "ward", "INFO"},
		{"id-4", "secret", "products/2", "REASON_CANCELLED", "ward", "DEBUG"},
	} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+c.token, "x-request-id", c.id)
		if _, err := m.client.GetProduct(ctx, &productv1.GetProductRequest{Name: c.name}); status.Code(err) == 0 {
			t.Errorf("%s: not refused", c.id)
		}
		found := 0
		for line := range bytes.Lines([]byte(m.log.String())) {
			var fields map[string]any
			if err := json.Unmarshal(line, &fields); err != nil {
				t.Fatal(err)
			}
			if fields["request_id"] != c.id || fields["msg"] != "call refused" {
				continue
			}
			found++
			took, _ := fields["took"].(string)
			if fields["reason"] != c.reason || fields["principal"] != c.principal || fields["level"] != c.level ||
				fields["method"] != productv1.ProductService_GetProduct_FullMethodName || !strings.HasSuffix(took, "s") {
				t.Errorf("%s: logged as %v", c.id, fields)
			}
		}
		if found != 1 {
			t.Errorf("%s: %d lines", c.id, found)
		}
	}
	if strings.Contains(m.log.String(), "Bearer") || strings.Contains(m.log.String(), "wrong") {
		t.Errorf("the log has credentials:\n%s", m.log.String())
	}
}
