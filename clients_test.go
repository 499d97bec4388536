package odoomesh_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/clients.md anew")

const clientsPage = "docs/clients.md"

// A place in the page, and the block behind it where there is one.
var block = regexp.MustCompile("(?s)<!-- (clients/\\S+) (\\w+) -->\n(?:```\\w+\n.*?\n```\n)?")

// What docs/clients.md shows are parts of the programs that make test-clients runs.
func TestThePageOfClientsShowsWhatRuns(t *testing.T) {
	text, err := os.ReadFile(clientsPage)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	want := block.ReplaceAllStringFunc(string(text), func(found string) string {
		parts := block.FindStringSubmatch(found)
		shown++
		language := map[string]string{".go": "go", ".py": "python", ".ts": "typescript", ".mjs": "js", ".sh": "sh"}[filepath.Ext(parts[1])]
		return "<!-- " + parts[1] + " " + parts[2] + " -->\n```" + language + "\n" + region(t, parts[1], parts[2]) + "\n```\n"
	})
	if shown < 30 {
		t.Errorf("%d parts are shown", shown)
	}
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s is not what the programs are: run go test . -run ThePageOfClients -update", clientsPage)
	}
	if err := os.WriteFile(clientsPage, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// region is what stands between the marks of a name in a program, without what it is
// indented by; where there are several, one behind the other.
func region(t *testing.T, file, name string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	inside, indent := false, ""
	for line := range strings.SplitSeq(string(text), "\n") {
		mark := strings.TrimLeft(strings.TrimSpace(line), "/# ")
		switch {
		case mark == "region "+name:
			if inside = true; lines == nil {
				indent = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
			}
		case mark == "endregion":
			inside = false
		case inside:
			lines = append(lines, strings.TrimPrefix(line, indent))
		}
	}
	if len(lines) == 0 {
		t.Fatalf("%s has no region %s", file, name)
	}
	return strings.Join(lines, "\n")
}
