package odoo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

// Every fault recorded from Odoo 16 to 19 has its kind.
func TestRecordedFaults(t *testing.T) {
	// By model and method, then by what the fault's last line says, because one
	// method can fail in several ways.
	kinds := []struct {
		method, says string
		kind         FaultKind
	}{
		{"authenticate", "does not exist", UnknownDatabase},
		{"search", "Access Denied", Credentials},
		{"read", "Invalid field", UnknownField},
		{"search", "Invalid field", UnknownField},
		{"search", "Object no.such.model", UnknownModel},
		{"no_such_method", "does not exist", UnknownMethod},
		{"_private", "Private methods", UnknownMethod},
		{"write", "Record does not exist", Missing},
		{"create", "Contacts require a name", BusinessRule},
		{"search_read", "not allowed to access", AccessDenied},
		{"write", "not allowed to modify", AccessDenied},
		{"create", "not allowed to create", AccessDenied},
		{"load", "KeyError: 'no_such'", Unforeseen},
		{"load", "Invalid field name", UnknownField},
		{"button_validate", "cannot validate", BusinessRule},
		{"create_returns", "non-zero quantity", BusinessRule},
		{"action_post", "date is required", BusinessRule},
		{"action_post", "already posted", BusinessRule},
		{"action_post", "must be in draft", BusinessRule},
		{"action_apply_inventory", "cannot marshal None", NotMarshalled},
		{"button_cancel", "cannot marshal None", NotMarshalled},
		{"do_print_picking", "cannot marshal None", NotMarshalled},
	}
	versions := map[int]int{}
	for _, recorded := range recordedFaults(t) {
		versions[recorded.Version]++
		t.Run(fmt.Sprintf("%d %s.%s", recorded.Version, recorded.Model, recorded.Method), func(t *testing.T) {
			got := NewFault(recorded.Code, recorded.String)
			found := false
			for _, want := range kinds {
				if want.method == recorded.Method && strings.Contains(got.Message, want.says) {
					found = true
					if got.Kind != want.kind {
						t.Errorf("%q is of kind %v, want %v", got.Message, got.Kind, want.kind)
					}
				}
			}
			if !found {
				t.Errorf("%q is not in the table", got.Message)
			}
			if strings.Contains(got.Error(), "Traceback") || strings.Contains(got.Error(), `File "`) {
				t.Errorf("a traceback in the error: %v", got)
			}
			if got.Trace != recorded.String {
				t.Error("the trace is not whole")
			}
		})
	}
	for v := OldestMajor; v <= NewestMajor; v++ {
		if versions[v] == 0 {
			t.Errorf("no recordings of Odoo %d", v)
		}
	}
}

func TestFaultsThatWereNotRecorded(t *testing.T) {
	traced := func(exception string) string {
		return "Traceback (most recent call last):\n  File \"x.py\", line 1, in y\n    code()\n    ^^^^^^\n" + exception + "\n"
	}
	tests := []struct {
		name     string
		code     int
		text     string
		kind     FaultKind
		message  string
		executed bool
	}{
		{"serialization", 1, traced("psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update\n"), Contention, "psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update", false},
		{"lock", 1, traced("psycopg2.errors.LockNotAvailable: could not obtain lock on row in relation \"stock_quant\"\n\nCONTEXT:  SQL statement \"SELECT secret\""), Contention, "psycopg2.errors.LockNotAvailable: could not obtain lock on row in relation \"stock_quant\"", false},
		{"deadlock", 1, traced("psycopg2.errors.DeadlockDetected: deadlock detected\nDETAIL:  Process 1 waits"), Contention, "psycopg2.errors.DeadlockDetected: deadlock detected", false},
		{"a second exception counts", 1, traced("KeyError: 'x'") + "\nDuring handling of the above exception, another exception occurred:\n\n" + traced("ValueError: Invalid field 'a' on model 'b'"), UnknownField, "ValueError: Invalid field 'a' on model 'b'", false},
		{"dictionary keys", 1, traced("TypeError: dictionary key must be string"), NotMarshalled, "TypeError: dictionary key must be string", true},
		{"big integer", 1, traced("OverflowError: int exceeds XML-RPC limits"), NotMarshalled, "OverflowError: int exceeds XML-RPC limits", true},
		{"other object", 1, traced("TypeError: cannot marshal <class 'odoo.api.res.partner'> objects"), NotMarshalled, "TypeError: cannot marshal <class 'odoo.api.res.partner'> objects", true},
		{"external id", 1, traced("ValueError: External ID not found in the system: mesh.abc"), Missing, "ValueError: External ID not found in the system: mesh.abc", false},
		{"missing record in German", 2, "Datensatz existiert nicht oder wurde gelöscht.\n(Datensatz: product.product(99999999,), Benutzer: 2)", Missing, "Datensatz existiert nicht oder wurde gelöscht.\n(Datensatz: product.product(99999999,), Benutzer: 2)", false},
		{"several missing records", 2, "Fort.\n(Record: stock.move(1, 2), User: 2)", Missing, "Fort.\n(Record: stock.move(1, 2), User: 2)", false},
		{"a rule that quotes a document", 2, "The entry BILL/2026/11/0003 (id 18) is already posted.", BusinessRule, "The entry BILL/2026/11/0003 (id 18) is already posted.", false},
		{"a rule that speaks of marshalling", 2, "TypeError: cannot marshal None", BusinessRule, "TypeError: cannot marshal None", false},
		{"an unknown code", 77, "what", Unforeseen, "what", true},
		{"nothing", 1, "", Unforeseen, "", true},
		{"only frames", 1, "  File \"x.py\", line 1", Unforeseen, "an exception without a name", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := NewFault(tt.code, tt.text)
			if got.Kind != tt.kind || got.Message != tt.message || got.MayHaveExecuted() != tt.executed {
				t.Errorf("got %v %q executed=%t", got.Kind, got.Message, got.MayHaveExecuted())
			}
		})
	}
}

func TestTheTraceGoesToTheLogAlone(t *testing.T) {
	f := NewFault(1, "Traceback (most recent call last):\n  File \"x.py\", line 1, in y\n    code()\nKeyError: 'x'\n")
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("call failed", "fault", f)
	var line struct{ Fault struct{ Trace, Kind string } }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line.Fault.Trace != f.Trace || line.Fault.Kind != "unforeseen" {
		t.Errorf("logged %s", out.String())
	}
	if got := TraceOf(fmt.Errorf("calling: %w", f)); got != f.Trace {
		t.Errorf("the trace of a wrapped fault is %q", got)
	}
	if got := TraceOf(io.EOF); got != "" {
		t.Errorf("the trace of no fault is %q", got)
	}
	if strings.Contains(f.Error(), "File") {
		t.Error(f)
	}
}

func TestMessagesOfLoadCanSpeakOfContention(t *testing.T) {
	if !IsContention("could not serialize access due to concurrent update\n") {
		t.Error("a serialization failure was not seen")
	}
	if IsContention("No matching record found for name 'x' in field 'Unit'") {
		t.Error("a refused value was taken for contention")
	}
}

func FuzzNewFault(f *testing.F) {
	f.Add(1, "Traceback\n  File \"x\"\n\n\nKeyError: 1")
	f.Add(2, "(Record: a(1, 2), User: 2)")
	f.Fuzz(func(t *testing.T, code int, text string) {
		fault := NewFault(code, text)
		if fault.Trace != text || strings.HasPrefix(fault.Message, `  File "`) {
			t.Errorf("%+v", fault)
		}
	})
}
