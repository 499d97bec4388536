package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	example = regexp.MustCompile("(?s)```sh\ncurl (.*?)\n```\n```json\n(.*?)```")
	// askedOf are the address and the parameters of an example.
	askedOf = regexp.MustCompile(`//[^/ ]*(/[^' ]*)|(?:-d|--data-urlencode) (?:'([^']*)'|(\S+))`)
)

// addressOf is what an example asks for.
func addressOf(command string) (path string) {
	parameters := url.Values{}
	for _, found := range askedOf.FindAllStringSubmatch(command, -1) {
		if found[1] != "" {
			path = found[1]
			continue
		}
		key, value, _ := strings.Cut(found[2]+found[3], "=")
		parameters.Add(key, value)
	}
	if len(parameters) > 0 {
		path += "?" + parameters.Encode()
	}
	return path
}

func TestDocumentsShowWhatIsAnswered(t *testing.T) {
	t.Parallel()
	m := hospital(t, 17)
	for document, examples := range map[string]int{"sums.md": 9, "references.md": 4} {
		answersAsDocumented(t, m, document, examples)
	}
}

// A document shows what is answered: each example is asked for again, and has the fields that
// it shows. UPDATE_DOCS=1 writes the answers anew.
func answersAsDocumented(t *testing.T, m *stage, document string, least int) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", document)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	answered := example.ReplaceAllStringFunc(string(text), func(shownIn string) string {
		examples++
		parts := example.FindStringSubmatch(shownIn)
		parts[1] = addressOf(parts[1])
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
		return strings.Replace(shownIn, parts[2], string(raw)+"\n", 1)
	})
	if examples < least {
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
