package e2e

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// serverSent reads Server-Sent Events behind one of an id, until each says that there
// are enough.
func (m *mesh) serverSent(t testing.TB, path, lastID string, each func(name, id, data string) (more bool)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.rest+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(response.Body)
		t.Fatalf("%s: %s: %s", path, response.Status, body)
	}
	lines, name, id := bufio.NewReader(response.Body), "", ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%s ended behind %q: %v", path, id, err)
		}
		switch field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); field {
		case "event":
			name = value
		case "id":
			id = value
		case "data":
			if !each(name, id, value) {
				return
			}
		}
	}
}
