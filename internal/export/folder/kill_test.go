package folder_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/export/folder"
)

// childOf tells a test that runs as the process that is killed where to stop.
const childOf = "EXPORT_KILLED_AT"

func orders(n int, number string) (all []*orderv1.Order) {
	for i := range n {
		all = append(all, &orderv1.Order{Name: fmt.Sprintf("orders/%d", i+1), Number: number, Lines: []*orderv1.OrderLine{{Id: "1"}}})
	}
	return all
}

// A run that is killed, wherever it is, leaves no manifest that lists what is not there, and
// the next one goes on: it cleans up by itself, or says what to do.
func TestAKilledExportIsNoExport(t *testing.T) {
	if at := os.Getenv(childOf); at != "" {
		step, dir, _ := strings.Cut(at, ":")
		folder.HangAt(step)
		_, err := write(dir, "ndjson", true, schemaOf(t), orders(1000, "new")...)
		t.Fatal("was not killed: ", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		step string
		// listed says that the export of before is still there, and asks that --replace
		// has to be given.
		listed, asks bool
	}{{"begin", true, true}, {"unlisted", false, true}, {"begun", false, true}, {"in place", false, true}} {
		t.Run(tt.step, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if _, err := write(dir, "ndjson", false, schemaOf(t), orders(3, "old")...); err != nil {
				t.Fatal(err)
			}
			child := exec.Command(self, "-test.run=^TestAKilledExportIsNoExport$")
			child.Env = append(os.Environ(), childOf+"="+tt.step+":"+dir)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != folder.Hanging; {
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait() // it was killed
			_, err = os.Stat(filepath.Join(dir, folder.ManifestFile))
			if tt.listed != (err == nil) {
				t.Errorf("manifest: %v", err)
			}
			_, err = write(dir, "ndjson", false, schemaOf(t), orders(2, "next")...)
			if there := new(folder.ThereError); tt.asks != errors.As(err, &there) || tt.asks && !strings.Contains(err.Error(), "--replace") {
				t.Errorf("the next run: %v", err)
			}
			m, err := write(dir, "ndjson", true, schemaOf(t), orders(2, "next")...)
			if err != nil {
				t.Fatal(err)
			}
			holds(t, dir, m)
			if text, _ := os.ReadFile(filepath.Join(dir, "orders.ndjson")); strings.Count(string(text), `"number":"next"`) != 2 || strings.Contains(string(text), "new") {
				t.Errorf("orders.ndjson: %s", text)
			}
		})
	}
}

// holds checks that a folder has what its manifest lists, and nothing else.
func holds(t *testing.T, dir string, m *folder.Manifest) {
	t.Helper()
	want := map[string]bool{folder.ManifestFile: true, m.Load.File: true}
	for _, e := range m.Tables {
		want[e.File] = true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !want[e.Name()] && e.Name() != "events" {
			t.Errorf("%s is left over", e.Name())
		}
		delete(want, e.Name())
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}

// A run that was cut off before its tables were complete is cleaned up without a word.
func TestWhatWasCutOffIsCleanedUp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	f, err := folder.Open(dir, "csv", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Begin(schemaOf(t).Tables, folder.Entry{}); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Open(dir, "csv", false); err == nil || !strings.Contains(err.Error(), "another export") {
		t.Errorf("two at once: %v", err)
	}
	folder.Forget(f)
	m, err := write(dir, "csv", false, schemaOf(t), orders(1, "x")...)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, dir, m)
}

// What is no export is not written over unasked, and what another is is not touched at all.
func TestAFolderOfOthersIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ file, text, says string }{
		"other files":    {"thesis.txt", "x", "thesis.txt and no manifest.json"},
		"other manifest": {"manifest.json", `{"kind":"npm"}`, "not that of an export"},
		"no JSON":        {"manifest.json", `{`, "reading"},
		"a way out":      {"manifest.json", `{"kind":"odoomesh-export","tables":[{"file":"../x"}]}`, "which no export does"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, tt.file), []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := folder.Open(dir, "csv", false); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("refused with %v", err)
			}
		})
	}
	if _, err := folder.Open(t.TempDir(), "xlsx", false); err == nil || !strings.Contains(err.Error(), "parquet, csv, ndjson") {
		t.Errorf("a format that is none: %v", err)
	}
}

func event(n int64, from, to, quantity string) *inventoryv1.InventoryEvent {
	e := &inventoryv1.InventoryEvent{Name: fmt.Sprintf("inventoryEvents/%d", n), RecordedTime: timestamppb.New(time.Unix(1_800_000_000, 0))}
	e.Product, e.SourceLocation, e.DestinationLocation, e.Quantity = "products/42", from, to, &decimal.Decimal{Value: quantity}
	return e
}

// seal adds a part with events.
func seal(t *testing.T, dir string, last int64, position string, events ...*inventoryv1.InventoryEvent) *folder.Events {
	t.Helper()
	f, err := folder.Open(dir, "ndjson", true)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Events().Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Take(events); err != nil {
		t.Fatal(err)
	}
	if err := p.Seal(last, position, time.Unix(1_800_000_000, 0)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return f.Events()
}

// Parts are sealed: later ones are added, and what all add up to goes on.
func TestPartsAreAddedAndNeverWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	seal(t, dir, 2, "second", event(1, "locations/4", "locations/8", "10.5"), event(2, "locations/8", "locations/9", "0.1"))
	first := filepath.Join(dir, "events", "part-000000000001-000000000002.ndjson")
	before, err := os.Stat(first)
	if err != nil {
		t.Fatal(err)
	}
	e := seal(t, dir, 3, "third", event(3, "locations/8", "locations/9", "10.4"))
	after, err := os.Stat(first)
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("the first part was touched: %v", err)
	}
	if e.First != 1 || e.Last != 3 || e.Position != "third" || len(e.Parts) != 2 || e.Parts[1].File != "events/part-000000000003-000000000003.ndjson" {
		t.Errorf("parts: %+v", e)
	}
	all, known, err := e.Balances()
	if err != nil || !known || len(all) != 2 || all[0].Location != 4 || all[0].Quantity != "-10.5" || all[1].Location != 9 || all[1].Quantity != "10.5" {
		t.Errorf("balances: %v, %v, %v", all, known, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "events", "*"))
	if err != nil || len(left) != 4 {
		t.Errorf("files: %v, %v", left, err)
	}
	if _, err := folder.Open(dir, "csv", true); err == nil || !strings.Contains(err.Error(), "--format ndjson") {
		t.Errorf("another format: %v", err)
	}
	if err := os.Truncate(first, 5); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Open(dir, "ndjson", true); err == nil || !strings.Contains(err.Error(), "does not have the sealed part") {
		t.Errorf("a part that was changed: %v", err)
	}
}

// Where the oldest events are gone, nothing is said of what they add up to.
func TestBalancesAreNotKnownFromTheMiddle(t *testing.T) {
	e := seal(t, t.TempDir(), 7, "p", event(7, "locations/4", "locations/8", "1"))
	if all, known, err := e.Balances(); known || err != nil || all != nil {
		t.Errorf("balances: %v, %v, %v", all, known, err)
	}
}

// An event that names what is no place is added up nowhere.
func TestAnEventOfNoPlaceIsRefused(t *testing.T) {
	f, err := folder.Open(t.TempDir(), "ndjson", true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, from := range []string{"locations/x", "lots/8", "locations/", "locations/8-9/"} {
		p, err := f.Events().Begin()
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Take([]*inventoryv1.InventoryEvent{event(1, from, "locations/9", "1")}); err == nil || !strings.Contains(err.Error(), from) {
			t.Errorf("an event from %s: %v", from, err)
		}
		if err := p.Abandon(); err != nil {
			t.Fatal(err)
		}
	}
}
