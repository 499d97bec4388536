package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/store"
)

// OpenJournal opens, or makes, the journal that lies in a folder.
type OpenJournal func(t testing.TB, dir string) store.Journal

// TestJournal holds a journal to what it promises beside being a log.
func TestJournal(t *testing.T, open OpenJournal) {
	for name, test := range map[string]func(*testing.T, OpenJournal){
		"facts stand beside entries, and alone":     testFacts,
		"a fact is forgotten":                       testFactForgotten,
		"a scan begins at a key":                    testFactsFrom,
		"who expects another head writes nothing":   testRecordAfter,
		"a view does not change":                    testFactsView,
		"facts survive truncation and reopening":    testFactsStay,
		"too many facts are refused":                testFactsTooMany,
		"recorders at once get their own positions": testRecordConcurrent,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

func newJournal(t testing.TB, open OpenJournal) store.Journal {
	t.Helper()
	j := open(t, t.TempDir())
	t.Cleanup(func() { closeStore(t, j) })
	return j
}

func record(t testing.TB, j store.Journal, entries []string, facts map[string]string) uint64 {
	t.Helper()
	first, err := j.Record(t.Context(), noon, store.Drafts("p", bytesOf(entries)...), factsOf(facts))
	if err != nil {
		t.Fatalf("Record: %v", err)
	}
	return first
}

func bytesOf(texts []string) (out [][]byte) {
	for _, text := range texts {
		out = append(out, []byte(text))
	}
	return out
}

func factsOf(m map[string]string) (out []store.Fact) {
	for k, v := range m {
		out = append(out, store.Fact{Key: []byte(k), Value: []byte(v)})
	}
	return out
}

func scan(t testing.TB, f store.Facts, prefix string) map[string]string {
	t.Helper()
	out := map[string]string{}
	last := ""
	for fact, err := range f.Scan([]byte(prefix)) {
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		if key := string(fact.Key); key <= last {
			t.Fatalf("%q came after %q", key, last)
		} else {
			last = key
		}
		out[string(fact.Key)] = string(fact.Value)
	}
	return out
}

func wantFacts(t testing.TB, j store.Journal, position uint64, prefix string, want map[string]string) {
	t.Helper()
	f := j.Facts()
	defer f.Close()
	if diff := cmp.Diff(want, scan(t, f, prefix)); diff != "" {
		t.Errorf("facts under %q (-want +got):\n%s", prefix, diff)
	}
	if f.Position() != position {
		t.Errorf("the view is of position %d, want %d", f.Position(), position)
	}
}

func testFacts(t *testing.T, open OpenJournal) {
	j := newJournal(t, open)
	wantFacts(t, j, 0, "", map[string]string{})
	if first := record(t, j, []string{"a", "b"}, map[string]string{"row/1": "x", "row/2": "y", "s": "z"}); first != 1 {
		t.Errorf("the first entry has position %d", first)
	}
	if at := record(t, j, nil, map[string]string{"row/2": "w"}); at != 2 {
		t.Errorf("facts alone were recorded at %d, want the head, 2", at)
	}
	wantFacts(t, j, 2, "row/", map[string]string{"row/1": "x", "row/2": "w"})
	wantFacts(t, j, 2, "", map[string]string{"row/1": "x", "row/2": "w", "s": "z"})
	wantLog(t, j, 1, "a", "b")
	f := j.Facts()
	defer f.Close()
	if value, err := f.Get([]byte("s")); err != nil || string(value) != "z" {
		t.Errorf("Get: %q, %v", value, err)
	}
	if value, err := f.Get([]byte("none")); err != nil || value != nil {
		t.Errorf("Get of what is not there: %q, %v", value, err)
	}
	if _, err := j.Record(t.Context(), noon, nil, nil); err == nil {
		t.Error("a record of nothing was taken")
	}
}

func testFactForgotten(t *testing.T, open OpenJournal) {
	j := newJournal(t, open)
	record(t, j, []string{"a"}, map[string]string{"x": "1", "y": ""})
	if _, err := j.Record(t.Context(), noon, nil, []store.Fact{{Key: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	wantFacts(t, j, 1, "", map[string]string{"y": ""})
}

func testFactsView(t *testing.T, open OpenJournal) {
	j := newJournal(t, open)
	record(t, j, []string{"a"}, map[string]string{"x": "1"})
	f := j.Facts()
	defer f.Close()
	record(t, j, []string{"b"}, map[string]string{"x": "2", "y": "2"})
	if diff := cmp.Diff(map[string]string{"x": "1"}, scan(t, f, "")); diff != "" || f.Position() != 1 {
		t.Errorf("the view of position %d changed (-want +got):\n%s", f.Position(), diff)
	}
}

func testFactsStay(t *testing.T, open OpenJournal) {
	dir := t.TempDir()
	j := open(t, dir)
	for i := range 3000 {
		record(t, j, []string{"entry"}, map[string]string{fmt.Sprintf("%04d", i%100): fmt.Sprint(i)})
	}
	if err := j.Truncate(t.Context(), 2900); err != nil {
		t.Fatal(err)
	}
	closeStore(t, j)
	j = open(t, dir)
	defer closeStore(t, j)
	want := map[string]string{}
	for i := range 100 {
		want[fmt.Sprintf("%04d", i)] = fmt.Sprint(2900 + i)
	}
	wantFacts(t, j, 3000, "", want)
}

func testFactsTooMany(t *testing.T, open OpenJournal) {
	j := newJournal(t, open)
	var many []store.Fact
	for i := range 100_000 {
		many = append(many, store.Fact{Key: fmt.Append(nil, i), Value: []byte{1}})
	}
	var large *store.TooLargeError
	for name, facts := range map[string][]store.Fact{
		"many":  many,
		"large": {{Key: []byte("x"), Value: make([]byte, 10<<20)}},
	} {
		if _, err := j.Record(t.Context(), noon, store.Drafts("p", []byte("a")), facts); !errors.As(err, &large) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantFacts(t, j, 0, "", map[string]string{})
	wantLog(t, j, 1)
}

// testRecordConcurrent lets many record at once, together far more facts than one
// transaction takes, with entries that need several themselves.
func testRecordConcurrent(t *testing.T, open OpenJournal) {
	j := newJournal(t, open)
	const recorders, rounds = 16, 4
	var wg sync.WaitGroup
	for r := range recorders {
		wg.Go(func() {
			for i := range rounds {
				facts := []store.Fact{{Key: fmt.Appendf(nil, "%d/last", r), Value: fmt.Append(nil, i)}}
				for k := range 50 {
					facts = append(facts, store.Fact{Key: fmt.Appendf(nil, "%d/%d/%d", r, i, k), Value: make([]byte, 1000)})
				}
				if _, err := j.Record(t.Context(), noon, store.Drafts("p", make([]byte, 90_000), make([]byte, 90_000)), facts); err != nil {
					t.Errorf("Record: %v", err)
				}
			}
		})
	}
	wg.Wait()
	f := j.Facts()
	defer f.Close()
	if got, want := len(scan(t, f, "")), recorders*(1+rounds*50); got != want {
		t.Errorf("%d facts, want %d", got, want)
	}
	if f.Position() != recorders*rounds*2 || j.Head() != f.Position() {
		t.Errorf("the view is of position %d, the head %d, want %d", f.Position(), j.Head(), recorders*rounds*2)
	}
}

func testFactsFrom(t *testing.T, open OpenJournal) {
	j := newJournal(t, open)
	record(t, j, []string{"a"}, map[string]string{"k1": "1", "k2": "2", "k4": "4", "l1": "5", "a9": "6"})
	f := j.Facts()
	defer f.Close()
	for _, c := range []struct{ prefix, from, want string }{
		{"k", "k2", "k2 k4"}, {"k", "k3", "k4"}, {"k", "k5", ""}, {"k", "a", "k1 k2 k4"}, {"", "k4", "k4 l1"},
	} {
		var got []string
		for fact, err := range f.ScanFrom([]byte(c.prefix), []byte(c.from)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(fact.Key))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("from %q with %q: %q, want %q", c.from, c.prefix, text, c.want)
		}
	}
}

// Many writers that each expect the head that they have seen: exactly those that were
// right have written.
func testRecordAfter(t *testing.T, open OpenJournal) {
	j := newJournal(t, open)
	first, err := j.RecordAfter(t.Context(), 0, noon, store.Drafts("p", []byte("1")), nil)
	if err != nil || first != 1 {
		t.Fatalf("first is %d: %v", first, err)
	}
	var moved *store.HeadMovedError
	if _, err := j.RecordAfter(t.Context(), 0, noon, store.Drafts("p", []byte("x")), factsOf(map[string]string{"k": "x"})); !errors.As(err, &moved) || moved.Head != 1 || moved.Expected != 0 {
		t.Fatalf("an old head: %v", err)
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	written := 0
	for range 8 {
		group.Go(func() {
			for range 20 {
				head := j.Head()
				_, err := j.RecordAfter(t.Context(), head, noon, store.Drafts("p", []byte("y")), nil)
				mu.Lock()
				if err == nil {
					written++
				} else if !errors.As(err, &moved) {
					t.Error(err)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if head := j.Head(); written == 0 || head != uint64(1+written) {
		t.Errorf("%d have written, and the head is %d", written, head)
	}
	wantFacts(t, j, j.Head(), "", map[string]string{})
}
