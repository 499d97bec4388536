package odoo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
)

// json2Call is one call as the fake server got it.
type json2Call struct {
	path   string
	header http.Header
	body   map[string]any
}

// fakeJSON2 is an Odoo that speaks JSON-2 and nothing else. Its one key is the
// user mesh's, whose id is 7.
type fakeJSON2 struct {
	*httptest.Server
	// answer is asked for all but what Connect asks.
	answer http.HandlerFunc

	mu      sync.Mutex
	version string
	login   string
	calls   []json2Call
}

const (
	fakeKey  = "0123456789abcdef0123456789abcdef01234567"
	wrongKey = "f123456789abcdef0123456789abcdef01234567"
)

func newFakeJSON2(t *testing.T, answer http.HandlerFunc) *fakeJSON2 {
	t.Helper()
	f := &fakeJSON2{answer: answer, version: "19.0", login: "mesh"}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeJSON2) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	version, login := f.version, f.login
	f.mu.Unlock()
	if r.Method == http.MethodGet && r.URL.Path == "/web/version" && version != "" {
		writeJSON(w, http.StatusOK, map[string]any{"version_info": []any{19, 0, 0, "final", 0, ""}, "version": version})
		return
	}
	name, isCall := strings.CutPrefix(r.URL.Path, "/json/2/")
	if r.Method != http.MethodPost || !isCall {
		http.NotFound(w, r)
		return
	}
	call := json2Call{path: r.URL.Path, header: r.Header}
	if err := json.NewDecoder(r.Body).Decode(&call.body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	f.calls = append(f.calls, call)
	f.mu.Unlock()
	switch {
	case r.Header.Get("X-Odoo-Database") != "db":
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("<!DOCTYPE html>\n<title>404 Not Found</title>\n<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>"))
	case r.Header.Get("Authorization") != "bearer "+fakeKey:
		refuseJSON(w, http.StatusUnauthorized, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
	case name == "res.users/context_get":
		writeJSON(w, http.StatusOK, map[string]any{"lang": "en_US", "tz": false, "uid": 7})
	case name == "res.users/read":
		writeJSON(w, http.StatusOK, []any{map[string]any{"id": 7, "login": login}})
	default:
		f.answer(w, r)
	}
}

func (f *fakeJSON2) set(version, login string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.version, f.login = version, login
}

// last is the latest call.
func (f *fakeJSON2) last(t *testing.T) json2Call {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		t.Fatal("no call came")
	}
	return f.calls[len(f.calls)-1]
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuseJSON(w http.ResponseWriter, status int, name, message string) {
	writeJSON(w, status, map[string]any{"name": name, "message": message, "arguments": []any{message}, "context": map[string]any{}, "debug": "Traceback: secret code"})
}

func json2Config(url string) Config {
	c := testConfig(url)
	c.Protocol, c.Password = JSON2, fakeKey
	return c
}

// recordedJSON2 is what an Odoo 19 answered.
type recordedJSON2 struct {
	Request struct {
		Path string
		Body map[string]any
	}
	Status   int
	Response json.RawMessage
}

func recordedJSON2Calls(t *testing.T) []recordedJSON2 {
	t.Helper()
	text, err := os.ReadFile("testdata/json2.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []recordedJSON2
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}
