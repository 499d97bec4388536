package e2e

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"odoomesh/internal/clock"
)

var pageLink = regexp.MustCompile(`href="(/(?:console|v1)[^"]*)"`)

// Every link of every kind of page leads to an answer, a browser at / is led to the pages,
// and a caller that is narrowed to a supplier sees what REST shows it and nothing else.
func TestPagesShowWhatTheirReaderMaySee(t *testing.T) {
	t.Parallel()
	c := settings(t, hospitalAtWork(t, 18, 20))
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	all := [2]string{"all", `rights: {"*": [read, operate]}`}
	accessFileOf(t, c.AccessFile, all)
	m := launch(t, c, clock.System{})
	m.await(t, "ready")
	open := func(as, path string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.rest+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+as)
		if strings.HasPrefix(path, "/v1/") {
			r.Header.Set("Accept", "application/json")
		} else {
			r.Header.Set("Accept", "text/html")
		}
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	eventually(t, func() (bool, any) {
		code, text := open("all", "/console/proof")
		return code == http.StatusOK, text
	})
	if code, text := open("all", "/"); code != http.StatusOK || !strings.Contains(text, "Is all well?") {
		t.Errorf("/: %d %.200s", code, text)
	}
	// One page of each kind is enough, and all of the menu.
	kinds, next := map[string]bool{}, []string{"/console", "/console/lots/1/trace", "/console/journeys?number=P00002", "/console/stock?product=products/1", "/console/search?q=saline"}
	id := regexp.MustCompile(`[0-9][0-9-]*|\?.*`)
	for len(next) > 0 {
		path := next[0]
		next = next[1:]
		kind := id.ReplaceAllString(path, "#")
		if kinds[kind] {
			continue
		}
		kinds[kind] = true
		code, text := open("all", path)
		if code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
		if strings.HasPrefix(path, "/console") {
			for _, link := range pageLink.FindAllStringSubmatch(text, -1) {
				next = append(next, html.UnescapeString(link[1]))
			}
		}
	}
	if len(kinds) < 30 {
		t.Errorf("only %d kinds of pages were met", len(kinds))
	}

	var every struct {
		Orders []struct{ Name, Number, Supplier string }
	}
	if _, text := open("all", "/v1/orders?page_size=1000"); json.Unmarshal([]byte(text), &every) != nil || len(every.Orders) == 0 {
		t.Fatalf("no orders: %.200s", text)
	}
	accessFileOf(t, c.AccessFile, all, [2]string{"portal", "supplier: " + every.Orders[0].Supplier + ", rights: {order: [read]}"})
	text := ""
	eventually(t, func() (bool, any) {
		code, answer := open("portal", "/v1/orders?page_size=1000")
		text = answer
		return code == http.StatusOK, text
	})
	var own struct{ Orders []struct{ Name string } }
	if err := json.Unmarshal([]byte(text), &own); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range own.Orders {
		names = append(names, o.Name)
	}
	_, listed := open("portal", "/console/orders")
	for _, link := range pageLink.FindAllStringSubmatch(listed, -1) {
		if name, is := strings.CutPrefix(link[1], "/console/"); is && strings.HasPrefix(name, "orders/") && !slices.Contains(names, name) {
			t.Errorf("the supplier sees %s", name)
		}
	}
	if len(names) == 0 || len(every.Orders) <= len(names) {
		t.Fatalf("%d orders of %d", len(names), len(every.Orders))
	}
	for _, o := range every.Orders {
		if slices.Contains(names, o.Name) {
			continue
		}
		if code, text := open("portal", "/console/"+o.Name); code != http.StatusNotFound || strings.Contains(text, o.Number) {
			t.Errorf("the supplier opens %s: %d", o.Name, code)
		}
		break
	}
	if code, text := open("portal", "/console"); code != http.StatusOK || !strings.Contains(text, "is for those who run it") {
		t.Errorf("the supplier's first page: %d", code)
	}
	for _, path := range []string{"/console/products/1", "/console/consumers", "/console/proof", "/console/lots/1/trace"} {
		if code, _ := open("portal", path); code != http.StatusForbidden {
			t.Errorf("the supplier opens %s: %d", path, code)
		}
	}
	if code, _ := open("nobody", "/console"); code != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", code)
	}
}
