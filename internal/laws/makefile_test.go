package laws

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var chosen = regexp.MustCompile(`(?m)^RACE_[A-Z]+ := (.*)$`)

// A name that no test has any more would choose nothing, and nobody would notice.
func TestTheMakefileChoosesTestsThatExist(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, dir := range []string{"e2e", "capture"} {
		files, err := filepath.Glob(filepath.Join("..", dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(text)
		}
	}
	lists := chosen.FindAllStringSubmatch(string(makefile), -1)
	if len(lists) != 2 {
		t.Fatalf("the Makefile has %d lists of tests", len(lists))
	}
	for _, list := range lists {
		for name := range strings.SplitSeq(list[1], "|") {
			if !strings.Contains(tests.String(), "\nfunc "+name+"(t *testing.T) {") {
				t.Errorf("the Makefile chooses %s, which is no test", name)
			}
		}
	}
}
