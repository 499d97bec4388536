package odoosetup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/odoo"
)

// odooWithRules is an Odoo as far as automation rules go: what load, write and
// unlink do was seen on 17, 18 and 19.
type odooWithRules struct {
	next  int64
	rules map[int64]map[string]any
	sends map[int64]map[string]any
	names map[string]int64
	// refuse is what load answers in place of ids.
	refuse string
	writes int
}

func newOdoo() *odooWithRules {
	return &odooWithRules{next: 10, rules: map[int64]map[string]any{}, sends: map[int64]map[string]any{}, names: map[string]int64{}}
}

func (o *odooWithRules) SearchRead(_ context.Context, model string, domain odoo.Domain, _ []string, _ odoo.ReadOptions) ([]odoo.Row, error) {
	var rows []odoo.Row
	leaf, _ := domain[0].([]any)
	switch model {
	case "ir.model.data":
		for _, name := range slices.Sorted(maps.Keys(o.names)) {
			rows = append(rows, odoo.NewRow(model, map[string]any{"id": int64(1), "name": name, "res_id": o.names[name]}))
		}
	case "ir.model":
		if leaf[2] != "no.such" {
			rows = append(rows, odoo.NewRow(model, map[string]any{"id": int64(77), "model": leaf[2]}))
		}
	case ruleModel:
		if r, ok := o.rules[leaf[2].(int64)]; ok {
			rows = append(rows, odoo.NewRow(model, r))
		}
	case actions:
		for _, id := range slices.Sorted(maps.Keys(o.sends)) {
			if o.sends[id]["base_automation_id"] == leaf[2] {
				rows = append(rows, odoo.NewRow(model, o.sends[id]))
			}
		}
	}
	return rows, nil
}

func (o *odooWithRules) Call(_ context.Context, model, method string, args []any, _ map[string]any) (any, error) {
	o.writes++
	switch method {
	case "load":
		return o.load(args[0].([]any), args[1].([]any)[0].([]any))
	case "write":
		for _, id := range args[0].([]int64) {
			of := map[string]map[int64]map[string]any{ruleModel: o.rules, actions: o.sends}[model]
			maps.Copy(of[id], args[1].(map[string]any))
		}
		return true, nil
	case "unlink":
		for _, id := range args[0].([]int64) {
			delete(o.sends, id)
			delete(o.rules, id)
			maps.DeleteFunc(o.names, func(_ string, to int64) bool { return to == id })
		}
		return true, nil
	}
	return nil, fmt.Errorf("unexpected %s.%s", model, method)
}

func (o *odooWithRules) load(columns, row []any) (any, error) {
	if o.refuse != "" {
		return map[string]any{"ids": false, "messages": []any{map[string]any{"message": o.refuse}}}, nil
	}
	value := map[string]any{}
	for i, c := range columns {
		value[c.(string)] = row[i]
	}
	o.next += 2
	name, _ := strings.CutPrefix(value["id"].(string), "mesh.")
	o.names[name] = o.next
	model := strings.TrimPrefix(value["name"].(string), "Mesh: hint at changes of ")
	o.rules[o.next] = map[string]any{"id": o.next, "model_name": model, "trigger": value["trigger"], "active": true}
	o.sends[o.next+1] = map[string]any{
		"id": o.next + 1, "state": value["action_server_ids/state"], "webhook_url": value["action_server_ids/webhook_url"], "base_automation_id": o.next,
	}
	return map[string]any{"ids": []any{o.next}, "messages": []any{}}, nil
}

func TestInstallMakesExactlyTheRulesThatAreWanted(t *testing.T) {
	const address = "https://mesh.example/hints/odoo/secret"
	o := newOdoo()
	install := func(models ...string) []Step {
		t.Helper()
		steps, err := (&Hints{odoo: o}).Install(t.Context(), models, address)
		if err != nil {
			t.Fatal(err)
		}
		return steps
	}
	expect := func(what string, got []Step, want ...Step) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	dry, err := (&Hints{odoo: o, dryRun: true}).Install(t.Context(), []string{"a.b"}, address)
	expect("a dry run", dry, Step{"a.b", "create"})
	if err != nil || o.writes != 0 {
		t.Errorf("a dry run wrote %d times, %v", o.writes, err)
	}
	expect("the first time", install("a.b", "c.d"), Step{"a.b", "create"}, Step{"c.d", "create"})
	writes := o.writes
	expect("again", install("a.b", "c.d"), Step{"a.b", "keep"}, Step{"c.d", "keep"})
	if o.writes != writes {
		t.Error("what was good was written again")
	}
	for _, r := range o.rules {
		r["active"] = false
	}
	expect("switched off", install("a.b", "c.d"), Step{"a.b", "update"}, Step{"c.d", "update"})
	for _, s := range o.sends {
		s["webhook_url"] = "https://elsewhere.example"
	}
	expect("led elsewhere", install("a.b", "c.d"), Step{"a.b", "update"}, Step{"c.d", "update"})
	clear(o.sends)
	expect("without action", install("a.b", "c.d"), Step{"a.b", "update"}, Step{"c.d", "update"})
	expect("as it was mended", install("a.b", "c.d"), Step{"a.b", "keep"}, Step{"c.d", "keep"})
	expect("one no longer wanted", install("a.b"), Step{"a.b", "keep"}, Step{"c.d", "remove"})
	removed, err := (&Hints{odoo: o}).Remove(t.Context())
	expect("all out", removed, Step{"a.b", "remove"})
	if err != nil || len(o.rules)+len(o.sends)+len(o.names) > 0 {
		t.Errorf("left behind: %v %v %v, %v", o.rules, o.sends, o.names, err)
	}
}

func TestInstallTellsWhyOdooRefuses(t *testing.T) {
	o := newOdoo()
	if _, err := (&Hints{odoo: o}).Install(t.Context(), []string{"no.such"}, "https://x"); err == nil {
		t.Error("a model that is not there was taken")
	}
	o.refuse = "Missing required value for the field 'Name'"
	if _, err := (&Hints{odoo: o}).Install(t.Context(), []string{"a.b"}, "https://x"); err == nil || !strings.Contains(err.Error(), o.refuse) {
		t.Errorf("%v", err)
	}
	for _, answer := range []any{nil, false, map[string]any{}, map[string]any{"ids": []any{}}} {
		if loaded(answer) == nil {
			t.Errorf("%v was taken for a success", answer)
		}
	}
}

func TestAddressOfHints(t *testing.T) {
	cases := []struct{ root, secret, want string }{
		{"https://mesh.example:8080", "s3cret", "https://mesh.example:8080/hints/odoo/s3cret"},
		{"http://mesh.example/base/", "s", "http://mesh.example/base/hints/odoo/s"},
		{"https://mesh.example", "a/b ?", "https://mesh.example/hints/odoo/a%2Fb%20%3F"},
		{"mesh.example:8080", "s", ""},
		{"https://u:p@mesh.example", "s", ""},
		{"https://mesh.example?x=1", "s", ""},
		{"ftp://mesh.example", "s", ""},
		{"://", "s", ""},
	}
	for _, c := range cases {
		got, err := Address(c.root, c.secret)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q, %v", c.root, got, err)
		}
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	inner := errors.New("access denied")
	for _, err := range []error{&NoWebhooksError{Version: "16.0"}, &NoModuleError{Module: "base_automation", Title: "Automation Rules"}, &NoRightError{Err: inner}} {
		if len(err.Error()) < 40 {
			t.Errorf("%T says little: %v", err, err)
		}
	}
	if !errors.Is(&NoRightError{Err: inner}, inner) {
		t.Error("the cause is lost")
	}
}
