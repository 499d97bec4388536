package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// An entry of the log that nobody can read, as a damaged disk leaves one, stops
// nothing: meshd starts, says so, and follows what comes after it.
func TestAnUnreadableEntryOfTheLogStopsNothing(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 20)
	dir := t.TempDir()
	s := spawn(t, p, arguments(p, dir)...)
	s.await(t, "ready")
	s.kill()
	log, err := badgerstore.OpenLog(filepath.Join(dir, "log"), badgerstore.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = log.Append(t.Context(), time.Unix(1_790_000_000, 0), store.Drafts("products", []byte(strings.Repeat("\xff", 40))))
	if closed := log.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	again := spawn(t, p, arguments(p, dir)...)
	again.await(t, "ready")
	p.create(t, "product.product", map[string]any{"name": "After it"})
	again.equalsOdoo(t, p)
	if _, metrics := again.get(t, "/metrics", nil); !strings.Contains(string(metrics), "mesh_log_entries_skipped_total 1\n") {
		t.Error("the metrics do not tell of the entry")
	}
	if said := again.text(); !strings.Contains(said, `"level":"ERROR"`) {
		t.Error("the log does not tell of the entry")
	}
}
