package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"odoomesh/internal/config"
)

// question is something that people ask, in both ways in which they can.
type question struct {
	// asks is the question, and says what is to be known of the answer.
	asks, says string
	// path and with are the request over REST, and meshctl the arguments of meshctl.
	path    string
	with    []string
	meshctl []string
	// shown are the fields of each record that the page shows, where no read_mask says it.
	shown []string
	// right checks that what is answered is the truth, worked out another way.
	right func(*asked)
}

// asked is a question that is put to a mesh.
type asked struct {
	*testing.T
	question
	site *site
}

// askAgain regenerates the pages.
const askAgain = "go test ./cmd/meshctl -run Questions -update"

// There is a page for each domain with three questions and what can be asked for. Each
// question is put to a mesh over a hospital, by REST and by meshctl, is answered as the page
// shows, and answered right.
func TestQuestions(t *testing.T) {
	t.Parallel()
	s := newHospital(t, 40, func(c *config.Config) { c.LocalWrites, c.TimeZone = true, "Europe/Berlin" }).booked()
	s.someLife()
	s.matched()
	folder := filepath.Join("..", "..", "docs", "questions")
	pages := map[string]string{"README.md": questionsIndex()}
	for _, page := range questionPages() {
		var answers []string
		for _, q := range page.questions {
			a := &asked{t, q, s}
			answers = append(answers, a.blocks())
			q.right(a)
		}
		for _, c := range page.collections {
			c.isAsSaid(t, s)
		}
		pages[page.file()] = page.text(answers)
	}
	for name, text := range pages {
		path := filepath.Join(folder, name)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(have), text); diff != "" {
			t.Errorf("docs/questions/%s is out of date; write it anew with %s (-have +want):\n%s", name, askAgain, diff)
		}
	}
	there, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(there) != len(pages) {
		t.Errorf("there are %v, and %v are written: %v", there, slices.Sorted(maps.Keys(pages)), err)
	}
}

// someLife is what people do through the mesh before the questions are asked.
func (s *site) someLife() {
	s.t.Helper()
	eventually(s.t, "the history of business events", func() bool { return s.business("list", "--last", "1").code == 0 })
	for i, do := range [][]string{
		{"lots.hold", "lots/4", `{"reason": "particles seen in two bottles"}`},
		{"lots.hold", "lots/7", `{"reason": "seal broken"}`},
		{"lots.releaseHold", "lots/7", `{"reason": "looked at: only the outer box was open"}`},
	} {
		if r := s.run("do", do[0], do[1], "--body", do[2], "--request-id", fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)); r.code != 0 {
			s.t.Fatalf("%v: %+v", do, r)
		}
	}
}

// matched waits until what has to be looked at is found: the bills of the history that do
// not match.
func (s *site) matched() {
	s.t.Helper()
	const bills = 2
	eventually(s.t, "the bills that do not match", func() bool {
		return strings.Count(s.run("exceptions", "list").out, "invoice mismatch") == bills
	})
}

// get is the request over REST, with other parameters in the place of its own.
func (a *asked) get(with []string) (parsed map[string]any, raw []byte) {
	a.Helper()
	parameters := url.Values{}
	for _, one := range with {
		key, value, _ := strings.Cut(one, "=")
		parameters.Add(key, value)
	}
	r, err := http.Get("http://" + a.site.http + a.path + "?" + parameters.Encode())
	if err != nil {
		a.Fatal(err)
	}
	defer r.Body.Close()
	raw, err = io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK || json.Unmarshal(raw, &parsed) != nil {
		a.Fatalf("%s: %s: %d %s, %v", a.asks, a.path, r.StatusCode, raw, err)
	}
	return parsed, raw
}

// blocks are the requests and what is answered, as the page shows them.
func (a *asked) blocks() string {
	a.Helper()
	got, _ := a.get(a.with)
	r := a.site.run(a.meshctl...)
	if r.code != 0 || strings.Count(r.out, "\n") < 2 {
		a.Errorf("%s: %v: %+v", a.asks, a.meshctl, r)
	}
	return "```sh\n" + a.curl() + "\n```\n```json\n" + atOne(written(a.trimmed(got))) + "```\n```sh\nmeshctl " + quoted(a.meshctl) + "\n```\n```\n" + atOne(r.out) + "```\n"
}

// curl is the request as somebody types it.
func (a *asked) curl() string {
	line := "curl -G http://127.0.0.1:8080" + a.path
	for _, one := range a.with {
		if strings.ContainsAny(one, " \"<>!:()'*") {
			line += " \\\n  --data-urlencode " + quoted([]string{one})
		} else {
			line += " -d " + one
		}
	}
	return line
}

// quoted writes arguments for a shell.
func quoted(args []string) string {
	var all []string
	for _, arg := range args {
		if arg == "" || strings.ContainsAny(arg, " \"<>!()'*:") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		all = append(all, arg)
	}
	return strings.Join(all, " ")
}

// sinceOne are the times at which this mesh did something.
var sinceOne = regexp.MustCompile(`13:\d\d:\d\d(\.\d+)?`)

// atOne has the mesh do all at one o'clock.
func atOne(text string) string { return sinceOne.ReplaceAllString(text, "13:00:00") }

// passing are the fields of answers that are others at each call.
var passing = []string{"freshness", "nextPageToken", "position"}

// trimmed leaves out what says nothing, what is another at each call, and what the page does
// not show.
func (a *asked) trimmed(answer map[string]any) any {
	for _, key := range passing {
		delete(answer, key)
	}
	for _, records := range answer {
		list, _ := records.([]any)
		for _, record := range list {
			fields, _ := record.(map[string]any)
			for key := range fields {
				if len(a.shown) > 0 && !slices.Contains(a.shown, key) {
					delete(fields, key)
				}
			}
		}
	}
	return saying(answer)
}

// saying leaves out what says nothing.
func saying(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if inner = saying(inner); inner == nil {
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

// written is a value as JSON, in lines.
func written(v any) string {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	out.SetIndent("", " ")
	if err := out.Encode(v); err != nil {
		panic(err) // it was read from JSON
	}
	return text.String()
}

// names are the records that the question finds in all, by both ways.
func (a *asked) names(collection string) []string {
	a.Helper()
	with := []string{"page_size=1000"}
	for _, one := range a.with {
		if key, _, _ := strings.Cut(one, "="); key != "page_size" && key != "read_mask" {
			with = append(with, one)
		}
	}
	answer, _ := a.get(with)
	var names []string
	records, _ := answer[collection].([]any)
	for _, r := range records {
		names = append(names, r.(map[string]any)["name"].(string))
	}
	var args []string
	for i := 0; i < len(a.meshctl); i++ {
		if arg := a.meshctl[i]; arg == "--columns" || arg == "--limit" {
			i++
		} else {
			args = append(args, arg)
		}
	}
	if r := a.site.run(append(args, "--all", "-o", "name")...); r.code != 0 || r.out != strings.Join(append(names, ""), "\n") {
		a.Errorf("%s: REST finds %v, and meshctl %+v", a.asks, names, r)
	}
	return names
}

// all are all records of a collection.
func all[T proto.Message](a *asked, collection string) []T {
	a.Helper()
	var found []T
	for line := range strings.Lines(a.site.run("list", collection, "--all", "-o", "json").out) {
		var empty T
		m := empty.ProtoReflect().New().Interface().(T)
		if err := protojson.Unmarshal([]byte(line), m); err != nil {
			a.Fatal(err)
		}
		found = append(found, m)
	}
	return found
}

// those checks that a question finds the records of a collection that pass, and these alone.
func those[T interface {
	proto.Message
	GetName() string
}](collection string, passes func(*asked, T) bool) func(*asked) {
	return func(a *asked) {
		a.Helper()
		var want []string
		records := all[T](a, collection)
		for _, r := range records {
			if passes(a, r) {
				want = append(want, r.GetName())
			}
		}
		got := slices.Sorted(slices.Values(a.names(collection)))
		if slices.Sort(want); len(want) == 0 || len(want) == len(records) || !slices.Equal(want, got) {
			a.Errorf("%s: it finds %v, and of %d records %v are meant", a.asks, got, len(records), want)
		}
	}
}
