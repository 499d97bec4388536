package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/capture"
)

func TestHowTheMeshStands(t *testing.T) {
	now := time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC)
	at := func(name string, loaded bool, age time.Duration) capture.Status {
		return capture.Status{Collection: name, Copy: capture.Copy{Loaded: loaded, Reachable: true, Verified: now.Add(-age)}}
	}
	for name, tt := range map[string]struct {
		statuses []capture.Status
		status   string
		code     int
		reason   string
	}{
		"fresh":                           {[]capture.Status{at("products", true, time.Second), at("orders", true, 0)}, "ready", 200, ""},
		"nothing is loaded":               {[]capture.Status{at("products", false, 0), at("orders", false, 0)}, "loading", 503, ""},
		"something is loaded":             {[]capture.Status{at("products", true, 0), at("orders", false, 0)}, "loading", 200, ""},
		"one is old, whatever the cause":  {[]capture.Status{at("products", true, 6*time.Second), at("orders", true, 8*time.Second), at("lots", true, 0)}, "degraded", 200, "orders"},
		"old while another is loading":    {[]capture.Status{at("products", true, time.Minute), at("orders", false, 0)}, "loading", 200, "products"},
		"what is not loaded is never old": {[]capture.Status{at("products", false, time.Minute)}, "loading", 503, ""},
		"no collections":                  {nil, "ready", 200, ""},
	} {
		r := readinessOf(tt.statuses, now, staleAfter)
		answer := httptest.NewRecorder()
		writeReadiness(answer, r, true)
		of := ""
		if len(r.Reasons) > 0 {
			of = r.Reasons[0].Of
		}
		if r.Status != tt.status || answer.Code != tt.code || of != tt.reason {
			t.Errorf("%s: %s, %d, because of %q; want %s, %d, %q", name, r.Status, answer.Code, of, tt.status, tt.code, tt.reason)
		}
	}
}

func TestAServiceServesWhileItsOwnCollectionsAreLoaded(t *testing.T) {
	r := readinessOf([]capture.Status{{Collection: "products", Copy: capture.Copy{Loaded: true}}, {Collection: "orders"}}, time.Time{}, staleAfter)
	for _, tt := range []struct {
		reads []string
		want  bool
	}{{[]string{"products"}, true}, {[]string{"orders"}, false}, {[]string{"products", "orders"}, false}, {nil, true}} {
		if got := r.loaded(tt.reads); got != tt.want {
			t.Errorf("%v: %t", tt.reads, got)
		}
	}
}

// Names of models, reasons and clocks are for this machine and for operators.
func TestStrangersAreToldTheStatusAlone(t *testing.T) {
	token := strings.Repeat("operator-token-", 3)
	hash := sha256.Sum256([]byte(token))
	path := filepath.Join(t.TempDir(), "access.yaml")
	text := fmt.Sprintf("principals:\n- name: operator\n  token_sha256: %s\n  rights: {\"*\": [read, operate]}\n", hex.EncodeToString(hash[:]))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	guarded, err := access.Open(access.Config{File: path})
	if err != nil {
		t.Fatal(err)
	}
	open, err := access.Open(access.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []*access.Guard{guarded, open} {
		if err := g.Cover(operationsv1.File_mesh_operations_v1_operations_service_proto.Services().Get(0)); err != nil {
			t.Fatal(err)
		}
	}
	r := readinessOf([]capture.Status{{Collection: "products", Copy: capture.Copy{Loaded: true}}}, time.Now(), staleAfter)
	r.degrade("stock.lot", "access denied", time.Now())
	for name, tt := range map[string]struct {
		guard  *access.Guard
		from   string
		header map[string]string
		all    bool
	}{
		"this machine":                  {guarded, "127.0.0.1:999", nil, true},
		"this machine, no access file":  {open, "[::1]:999", nil, true},
		"a proxy of this machine":       {guarded, "127.0.0.1:999", map[string]string{"X-Forwarded-For": "203.0.113.7"}, false},
		"a proxy, no access file":       {open, "127.0.0.1:999", map[string]string{"X-Forwarded-For": "203.0.113.7"}, false},
		"another machine":               {guarded, "203.0.113.7:999", nil, false},
		"an operator elsewhere":         {guarded, "203.0.113.7:999", map[string]string{"Authorization": "Bearer " + token}, true},
		"an operator behind a proxy":    {guarded, "127.0.0.1:999", map[string]string{"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer " + token}, true},
		"a wrong token":                 {guarded, "203.0.113.7:999", map[string]string{"Authorization": "Bearer wrong"}, false},
		"an address that nobody can be": {guarded, "somewhere", nil, false},
	} {
		request := httptest.NewRequest("GET", "/readyz", nil)
		request.RemoteAddr = tt.from
		for key, value := range tt.header {
			request.Header.Set(key, value)
		}
		answer := httptest.NewRecorder()
		writeReadiness(answer, r, (&App{servers: &servers{guard: tt.guard}}).lets(request, statusMethod))
		var told map[string]any
		if err := json.Unmarshal(answer.Body.Bytes(), &told); err != nil || told["status"] != "degraded" {
			t.Errorf("%s: %v, %s", name, err, answer.Body)
		}
		if all := len(told) > 1 && strings.Contains(answer.Body.String(), "stock.lot"); all != tt.all || !all && len(told) != 1 {
			t.Errorf("%s: is told %s", name, answer.Body)
		}
	}
}
