package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var sumExample = regexp.MustCompile("(?s)```sh\ncurl '[^/]*//[^/]*(/[^']*)'\n```\n```json\n(.*?)```")

// docs/sums.md shows what is answered: each example is asked for again, and has the fields
// that it shows. UPDATE_DOCS=1 writes the answers anew.
func TestSumsAreAnsweredAsDocumented(t *testing.T) {
	t.Parallel()
	m := hospital(t, 17)
	path := filepath.Join("..", "..", "docs", "sums.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	answered := sumExample.ReplaceAllStringFunc(string(text), func(example string) string {
		examples++
		parts := sumExample.FindStringSubmatch(example)
		var got, shown map[string]any
		eventually(t, func() (bool, any) {
			r, err := http.Get(m.rest + parts[1])
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			got = nil
			err = json.NewDecoder(r.Body).Decode(&got)
			return err == nil && r.StatusCode == http.StatusOK, got
		})
		if err := json.Unmarshal([]byte(parts[2]), &shown); err != nil {
			t.Errorf("%s: %v", parts[1], err)
		}
		for _, missing := range unanswered(shown, got, "") {
			t.Errorf("%s: %s is shown and not answered", parts[1], missing)
		}
		raw, err := json.MarshalIndent(saying(got), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Replace(example, parts[2], string(raw)+"\n", 1)
	})
	if examples < 6 {
		t.Errorf("found %d examples", examples)
	}
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(path, []byte(answered), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// saying leaves out what says nothing, and of units all but their names.
func saying(v any) any {
	switch v := v.(type) {
	case map[string]any:
		unit := v["referenceUnit"] != nil
		for key, inner := range v {
			if inner = saying(inner); inner == nil || unit && key != "name" && key != "displayName" {
				delete(v, key)
				continue
			}
			v[key] = inner
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = saying(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	}
	return v
}

// unanswered are the paths of what is shown and was not answered.
func unanswered(shown, got any, at string) (missing []string) {
	switch shown := shown.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for key, value := range shown {
			if _, there := got[key]; !there {
				missing = append(missing, at+"."+key)
				continue
			}
			missing = append(missing, unanswered(value, got[key], at+"."+key)...)
		}
	case []any:
		got, _ := got.([]any)
		if len(shown) > 0 && len(got) == 0 {
			return []string{at + "[0]"}
		}
		if len(shown) > 0 {
			return unanswered(shown[0], got[0], at+"[0]")
		}
	}
	return missing
}
