package laws

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"odoomesh/internal/exit"
)

// documents reads what is written for people, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	root := os.DirFS("../..")
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "proto/*.md"} {
		names, err := fs.Glob(root, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(root, name)
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(text)
		}
	}
	if len(texts) < 10 {
		t.Fatalf("found %d documents: looked in the wrong place", len(texts))
	}
	return texts
}

var link = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	for name, text := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			to := path.Join("../..", path.Dir(name), m[1])
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}

func TestDocumentsListEveryExitCode(t *testing.T) {
	texts := documents(t)
	for _, name := range []string{"README.md", "docs/operations.md"} {
		for _, row := range exit.Codes() {
			if !strings.Contains(texts[name], fmt.Sprintf("\n| %d | ", row.Code)) {
				t.Errorf("%s does not list exit code %d", name, row.Code)
			}
		}
	}
}

var (
	settingRow = regexp.MustCompile("(?m)^\\| (`[a-z-]+`(?:, `[a-z-]+`)*) \\|")
	setting    = regexp.MustCompile("`([a-z-]+)`")
)

func TestTheReadmeNamesSettingsThatExist(t *testing.T) {
	texts := documents(t)
	found := 0
	for _, row := range settingRow.FindAllStringSubmatch(texts["README.md"], -1) {
		for _, name := range setting.FindAllStringSubmatch(row[1], -1) {
			found++
			if !strings.Contains(texts["docs/configuration.md"], "| `"+name[1]+"` |") {
				t.Errorf("README.md names the setting %s, which docs/configuration.md does not have", name[1])
			}
		}
	}
	if found < 10 {
		t.Errorf("found %d settings in README.md", found)
	}
}

var (
	protoPackage = regexp.MustCompile(`(?m)^package (\S+);`)
	protoService = regexp.MustCompile(`(?m)^service (\w+) `)
	listed       = regexp.MustCompile(`(?m)^(mesh\.[a-z0-9.]+\.[A-Za-z]+Service)$`)
)

func TestTheReadmeListsEveryService(t *testing.T) {
	root := os.DirFS("../..")
	protos, err := fs.Glob(root, "proto/mesh/*/*/*.proto")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, name := range protos {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range protoService.FindAllStringSubmatch(string(text), -1) {
			want = append(want, protoPackage.FindStringSubmatch(string(text))[1]+"."+s[1])
		}
	}
	for _, s := range listed.FindAllStringSubmatch(documents(t)["README.md"], -1) {
		got = append(got, s[1])
	}
	if slices.Sort(want); len(want) < 10 || !slices.Equal(got, want) {
		t.Errorf("README.md lists the services\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A room that the table lacks is found by nobody who reads it first.
func TestTheArchitectureListsEveryRoom(t *testing.T) {
	_, rooms, _ := strings.Cut(documents(t)["docs/architecture.md"], "\n## The rooms\n")
	rooms, _, _ = strings.Cut(rooms, "\n## ")
	seen := map[string]bool{}
	for _, s := range tree(t) {
		parts := strings.Split(s.pkg, "/")
		switch {
		case seen[s.pkg], len(parts) < 2, parts[0] == "cmd" || parts[0] == "docs" || parts[0] == "proto":
			continue
		case parts[0] == "internal" && len(parts) > 2: // its room says what it needs
			continue
		case parts[0] == "services" && len(parts) == 2:
			if mappings, _ := fs.Glob(os.DirFS("../.."), s.pkg+"/*.yaml"); len(mappings) > 0 {
				continue // a domain with records is one row for all
			}
		}
		seen[s.pkg] = true
		if !strings.Contains(rooms, "`"+s.pkg+"/") && !strings.Contains(rooms, "`"+path.Base(s.pkg)+"/`") {
			t.Errorf("docs/architecture.md lists no room %s/", s.pkg)
		}
	}
	if len(seen) < 30 {
		t.Errorf("found %d rooms", len(seen))
	}
}
