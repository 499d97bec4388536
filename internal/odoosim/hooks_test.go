package odoosim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/odoosim"
)

// hooked is what a webhook brought, and what others read of the record meanwhile.
type hooked struct {
	body map[string]any
	seen string
}

func TestWebhooksComeOneARecordAndBeforeTheCommitUpTo18(t *testing.T) {
	for _, v := range []int{17, 18, 19} {
		t.Run(strconv.Itoa(v), func(t *testing.T) {
			s := newSim(t, odoosim.Options{Version: v})
			c := newCaller(t, s)
			ids := c.must("res.partner", "create", []any{[]any{map[string]any{"name": "A"}, map[string]any{"name": "B"}}}, nil).([]any)
			var got []hooked
			target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				raw, _ := io.ReadAll(r.Body)
				h := hooked{body: map[string]any{}}
				if err := json.Unmarshal(raw, &h.body); err != nil {
					t.Error(err)
				}
				rec := c.must("res.partner", "read", []any{[]any{int64(h.body["_id"].(float64))}, []any{"name"}}, nil).([]any)
				h.seen = rec[0].(map[string]any)["name"].(string)
				got = append(got, h)
			}))
			defer target.Close()
			automate(c, target.URL, "[('name', '!=', 'quiet')]")

			c.must("res.partner", "write", []any{ids, map[string]any{"name": "C"}}, nil)
			before := []string{"A", "B"}
			if v >= 19 {
				before = []string{"C", "C"}
			}
			if len(got) != 2 || got[0].seen != before[0] || got[1].seen != before[1] {
				t.Fatalf("came %v, want one a record while others read %v", got, before)
			}
			want := map[string]any{"_model": "res.partner", "_id": float64(ids[0].(int64)), "_action": got[0].body["_action"], "id": float64(ids[0].(int64)),
				"name": "C", "write_date": "2026-11-23 15:07:41.123456"}
			if d := cmp.Diff(want, got[0].body); d != "" {
				t.Error(d)
			}
			c.must("res.partner", "write", []any{ids, map[string]any{"name": "quiet"}}, nil)
			if len(got) != 2 {
				t.Errorf("a record outside the rule's domain was sent: %v", got[2:])
			}
		})
	}
}

// automate makes a rule that posts changed partners to a URL, by calls alone.
func automate(c caller, url, domain string) {
	c.t.Helper()
	model := c.must("ir.model", "search", []any{[]any{leafOf("model", "=", "res.partner")}}, nil).([]any)[0]
	fields := c.must("ir.model.fields", "search", []any{[]any{leafOf("model", "=", "res.partner"), leafOf("name", "in", []any{"name", "write_date"})}}, nil)
	rule := c.must("base.automation", "create", []any{map[string]any{"name": "Mesh", "model_id": model, "trigger": "on_create_or_write", "filter_domain": domain}}, nil)
	c.must("ir.actions.server", "create", []any{map[string]any{"name": "Tell", "model_id": model, "state": "webhook", "webhook_url": url,
		"webhook_field_ids": []any{[]any{6, 0, fields}}, "base_automation_id": rule, "usage": "base_automation"}}, nil)
}

func TestAWebhookThatFailsChangesNothing(t *testing.T) {
	s := newSim(t, odoosim.Options{Version: 18})
	c := newCaller(t, s)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	automate(c, gone.URL, "")
	id := c.must("res.partner", "create", []any{map[string]any{"name": "Kept"}}, nil).(int64)
	if got := readOne(t, s, "res.partner", id, "name"); got != "Kept" {
		t.Errorf("name is %v", got)
	}
}
