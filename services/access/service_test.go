package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	engine "odoomesh/internal/access"
	"odoomesh/internal/read"
	"odoomesh/services/access"
)

// told is a guard that answers what it was told to.
type told struct{ explanation engine.Explanation }

func (g told) Explain(string, string) (engine.Explanation, error) { return g.explanation, nil }

func (told) BreakGlass(_ context.Context, reason string, asked time.Duration) (engine.BrokenGlass, error) {
	return engine.BrokenGlass{Roles: []string{"receiver"}, Reason: reason, Until: time.Unix(0, 0).Add(asked)}, nil
}

func none(string) (read.Deps, bool) { return read.Deps{}, false }

func TestAnAnswerCarriesWhatTheGuardSays(t *testing.T) {
	at := time.Unix(100, 0)
	for _, tt := range []struct {
		said engine.Explanation
		want *accessv1.ExplainAccessResponse
	}{
		{engine.Explanation{Decision: engine.Always, Why: "so", Rules: []string{"r"}, Until: at},
			&accessv1.ExplainAccessResponse{Decision: accessv1.Decision_DECISION_ALWAYS, Explanation: "so", Rules: []string{"r"}, BreakGlassEndTime: timestamppb.New(at)}},
		{engine.Explanation{Decision: engine.Narrowed}, &accessv1.ExplainAccessResponse{Decision: accessv1.Decision_DECISION_NARROWED}},
		{engine.Explanation{Decision: engine.NoScope}, &accessv1.ExplainAccessResponse{Decision: accessv1.Decision_DECISION_NEVER}},
		{engine.Explanation{}, &accessv1.ExplainAccessResponse{Decision: accessv1.Decision_DECISION_NEVER}},
	} {
		got, err := access.New(told{tt.said}, none, nil).ExplainAccess(t.Context(), &accessv1.ExplainAccessRequest{Principal: "ann", Method: "orders.release"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := access.New(told{}, none, nil).ExplainAccess(t.Context(), &accessv1.ExplainAccessRequest{Name: "intents/1"}); err == nil {
		t.Error("records that are nowhere are explained")
	}
	got, err := access.New(told{}, none, nil).BreakGlass(t.Context(), &accessv1.BreakGlassRequest{Reason: "x", Minutes: 2})
	if err != nil || got.GetEndTime().AsTime().Unix() != 120 || got.GetRoles()[0] != "receiver" {
		t.Errorf("%v, %v", got, err)
	}
}
