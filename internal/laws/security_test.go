package laws

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest   = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`")
	namedFolder = regexp.MustCompile("`(internal/[a-z/]+)`")
	declared    = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9]+)\(`)
)

// Each promise of docs/security.md names what holds it: tests and fuzzers that there are, or
// a package that has some.
func TestEachPromiseOfSecurityIsHeldByATest(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	there, tested := map[string]bool{}, map[string]bool{}
	if err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, found := range declared.FindAllSubmatch(source, -1) {
			there[string(found[1])] = true
			tested[strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")] = true
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_, promises, _ := strings.Cut(string(text), "| promise | test |")
	promises, _, _ = strings.Cut(promises, "\n\n")
	rows := strings.Split(strings.TrimSpace(promises), "\n")[1:]
	if len(rows) < 10 {
		t.Fatalf("docs/security.md has %d promises", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		held := cells[len(cells)-1]
		names := namedTest.FindAllStringSubmatch(held, -1)
		folders := namedFolder.FindAllStringSubmatch(held, -1)
		if len(names)+len(folders) == 0 && !strings.Contains(held, "make fuzz") {
			t.Errorf("no test holds: %s", row)
		}
		for _, n := range names {
			if !there[n[1]] {
				t.Errorf("there is no %s, which is to hold: %s", n[1], cells[0])
			}
		}
		for _, f := range folders {
			if !tested[f[1]] {
				t.Errorf("%s has no test, and is to hold: %s", f[1], cells[0])
			}
		}
	}
}
