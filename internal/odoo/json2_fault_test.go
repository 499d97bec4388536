package odoo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/odoo/json2"
)

// Every recorded refusal has the kind that XML-RPC's fault of the same exception
// has, and shows its traceback to the log alone.
func TestRecordedRefusals(t *testing.T) {
	kinds := map[string]FaultKind{
		"404 odoo.exceptions.MissingError product.product/write":             Missing,
		"422 odoo.exceptions.ValidationError res.partner/create":             BusinessRule,
		"404 werkzeug.exceptions.NotFound product.product/nope":              UnknownMethod,
		"404 werkzeug.exceptions.NotFound no.such/search":                    UnknownModel,
		"500 builtins.ValueError product.product/search":                     UnknownField,
		"422 werkzeug.exceptions.UnprocessableEntity product.product/search": Unforeseen,
		"403 odoo.exceptions.AccessError product.product/_private":           UnknownMethod,
		"401 werkzeug.exceptions.Unauthorized product.product/search_count":  Credentials,
	}
	seen := map[string]bool{}
	for _, recorded := range recordedJSON2Calls(t) {
		if recorded.Status == 200 {
			continue
		}
		said, ok := json2.ParseRefusal(recorded.Response)
		if !ok {
			t.Fatalf("%s: no refusal", recorded.Request.Path)
		}
		name := fmt.Sprintf("%d %s %s", recorded.Status, said.Name, strings.TrimPrefix(recorded.Request.Path, "/json/2/"))
		want, known := kinds[name]
		seen[name] = true
		got := faultOfRefusal(recorded.Status, said)
		if !known || got.Kind != want {
			t.Errorf("%s is of kind %v, want %v", name, got.Kind, want)
		}
		if strings.Contains(got.Error(), "line") || strings.Contains(got.Error(), `File "`) {
			t.Errorf("a traceback in the error: %v", got)
		}
		if got.Trace != said.Debug || got.Trace == "" {
			t.Error("the trace is not whole")
		}
	}
	for name := range kinds {
		if !seen[name] {
			t.Errorf("%s was not recorded", name)
		}
	}
}

// The fault of a refusal is the one that XML-RPC gives for the same exception.
func TestRefusalsAreXMLRPCsFaults(t *testing.T) {
	trace := func(exception string) string {
		return "Traceback (most recent call last):\n  File \"x.py\", line 1, in y\n    code()\n" + exception + "\n"
	}
	tests := []struct {
		status        int
		name, message string
		code          int
		text          string // XML-RPC's
	}{
		{422, "odoo.exceptions.UserError", "Not now.", 2, "Not now."},
		{422, "odoo.exceptions.ValidationError", "Contacts require a name", 2, "Contacts require a name"},
		{422, "odoo.exceptions.RedirectWarning", "Configure first.", 2, "Configure first."},
		{404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.\n(Record: product.product(9,), User: 2)", 2, "Record does not exist or has been deleted.\n(Record: product.product(9,), User: 2)"},
		{403, "odoo.exceptions.AccessError", "You are not allowed to modify this.", 4, "You are not allowed to modify this."},
		{403, "odoo.exceptions.AccessError", "Private methods (such as 'm._x') cannot be called remotely.", 4, "Private methods (such as 'm._x') cannot be called remotely."},
		{403, "odoo.exceptions.AccessDenied", "Access Denied", 3, "Access Denied"},
		{500, "builtins.ValueError", "Invalid field 'nope' on 'm'", 1, trace("ValueError: Invalid field 'nope' on 'm'")},
		{500, "builtins.ValueError", "External ID not found in the system: mesh.x", 1, trace("ValueError: External ID not found in the system: mesh.x")},
		{500, "builtins.KeyError", "'x'", 1, trace("KeyError: 'x'")},
		{500, "psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update\n", 1, trace("psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update\n")},
		{500, "psycopg2.errors.UndefinedColumn", "column x does not exist\nLINE 1: SELECT secret", 1, trace("psycopg2.errors.UndefinedColumn: column x does not exist\nLINE 1: SELECT secret")},
	}
	for _, tt := range tests {
		got := faultOfRefusal(tt.status, json2.Refusal{Name: tt.name, Message: tt.message, Debug: "t"})
		want := NewFault(tt.code, tt.text)
		got.Trace, want.Trace = "", ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %q: %s", tt.name, tt.message, diff)
		}
	}
}

func TestRefusalsThatXMLRPCDoesNotTellApart(t *testing.T) {
	tests := []struct {
		status        int
		name, message string
		kind          FaultKind
		executed      bool
	}{
		{409, "odoo.exceptions.LockError", "Verrou non disponible", Contention, false},
		{404, "odoo.exceptions.MissingError", "L'enregistrement n'existe pas", Missing, false},
		{401, "werkzeug.exceptions.Unauthorized", "Invalid apikey", Credentials, false},
		{403, "werkzeug.exceptions.Forbidden", "no", AccessDenied, false},
		{403, "odoo.http.SessionExpiredException", "Session expired", AccessDenied, false},
		{404, "werkzeug.exceptions.NotFound", "the model 'x' does not exist", UnknownModel, false},
		{404, "werkzeug.exceptions.NotFound", "The method 'm.x' does not exist", UnknownMethod, false},
		{404, "werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?", Unforeseen, true},
		{500, "NoModule", "", Unforeseen, true},
	}
	for _, tt := range tests {
		got := faultOfRefusal(tt.status, json2.Refusal{Name: tt.name, Message: tt.message})
		if got.Kind != tt.kind || got.MayHaveExecuted() != tt.executed {
			t.Errorf("%s %q is of kind %v, may have executed: %t", tt.name, tt.message, got.Kind, got.MayHaveExecuted())
		}
	}
}
