package gateway_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"odoomesh/gateway"
)

// logLines is a log that a test reads line by line.
type logLines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// under answers the lines that have a request's id.
func (l *logLines) under(t *testing.T, id string) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []map[string]any
	for line := range bytes.Lines(l.buf.Bytes()) {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatal(err)
		}
		if fields["request_id"] == id {
			found = append(found, fields)
		}
	}
	return found
}

// A path that does not exist is answered with those that do.
func TestAPathThatDoesNotExist(t *testing.T) {
	server := newServer(t, answering(realistic("products/42")))
	for path, want := range map[string]string{
		"/v1":                  "There are /v1/products",
		"/v1/":                 "There are /v1/products",
		"/v1/product":          "Did you mean /v1/products?",
		"/v1/PRODUCT":          "Did you mean /v1/products?",
		"/v1/products/42/more": "Paths that begin with /v1/products are listed in /docs/.",
		"/v1/xyzzy":            "There are /v1/products",
		"/other":               "There are /v1/products",
	} {
		got := send(t, server, "GET", path)
		f := got.failure(t)
		if got.StatusCode != 404 || !strings.Contains(f.Error.Message, want) || !strings.Contains(got.body, "/openapi.json lists") {
			t.Errorf("%s: %s, want %q", path, got.body, want)
		}
	}
	if got := send(t, server, "DELETE", "/v1/products:batchGet").failure(t).Error.Message; !strings.HasSuffix(got, "It can only be read.") {
		t.Errorf("DELETE: %q", got)
	}
}

// What the gateway refuses by itself stands in the log once, under the id that the
// caller is told, without the query and the body.
func TestTheGatewaysOwnRefusalsAreInTheLog(t *testing.T) {
	log := &logLines{}
	server := serve(t, newHandler(t, answering(realistic("products/42")),
		gateway.Options{Logger: slog.New(slog.NewJSONHandler(log, nil)), MaxBodyBytes: 100}, interceptors{}))
	for _, c := range []struct {
		method, path, body string
		status             int
		logged, reason     string
	}{
		{"GET", "/v1/products?secret=hunter2", "", 400, "GET /v1/products", "REASON_INVALID_ARGUMENT"},
		{"GET", "/v1/products?page_size=hunter2", "", 400, "GET /v1/products", "REASON_INVALID_ARGUMENT"},
		{"GET", "/v1/nothing?hunter2", "", 404, "GET /v1/nothing", "REASON_NOT_FOUND"},
		{"DELETE", "/v1/products/1?hunter2", "", 405, "DELETE /v1/products/1", "REASON_NOT_SUPPORTED"},
		{"GET", "/hints/odoo/hunter2", "", 404, "GET", "REASON_NOT_FOUND"},
		{"POST", "/v1/products", strings.Repeat("hunter2", 100), 413, "POST /v1/products", "REASON_INVALID_ARGUMENT"},
	} {
		got := sendBody(t, server, c.method, c.path, strings.NewReader(c.body))
		if got.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.method, c.path, got.StatusCode, c.status, got.body)
		}
		id := got.Header.Get("X-Request-Id")
		told := ""
		for _, detail := range got.failure(t).Error.Details {
			if strings.HasSuffix(detail["@type"].(string), "google.rpc.RequestInfo") {
				told, _ = detail["requestId"].(string)
			}
		}
		lines := log.under(t, id)
		if told != id || len(lines) != 1 {
			t.Errorf("%s %s: the header has the id %q, the body %q, and %d lines the first", c.method, c.path, id, told, len(lines))
			continue
		}
		line := lines[0]
		if line["method"] != c.logged || line["reason"] != c.reason || line["level"] != "INFO" || line["caller"] == "" {
			t.Errorf("%s %s: logged as %v", c.method, c.path, line)
		}
		if took, _ := line["took"].(string); !strings.HasSuffix(took, "s") {
			t.Errorf("%s %s: took %v", c.method, c.path, line["took"])
		}
	}
	if text := log.buf.String(); strings.Contains(strings.ReplaceAll(text, `page_size: must be a whole number of at most 32 bits, not \"hunter2\"`, ""), "hunter2") {
		t.Errorf("the log has what callers sent:\n%s", text)
	}
}
