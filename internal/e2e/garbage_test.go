package e2e

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/resource"
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
	garbage := []byte(strings.Repeat("\xff", 40))
	drafts := store.Drafts("products", garbage, change(t, "products", garbage))
	drafts = append(drafts, store.Drafts("movements", garbage, change(t, "movements", garbage),
		change(t, "movements", packed(t, &internalv1.CacheRecord{Body: garbage})),
		change(t, "movements", packed(t, &internalv1.CacheRecord{Body: packed(t, &inventoryv1.Movement{Quantity: &decimal.Decimal{Value: "some"}})})))...)
	_, err = log.Append(t.Context(), time.Unix(1_790_000_000, 0), drafts)
	if closed := log.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	again := spawn(t, p, arguments(p, dir)...)
	again.await(t, "ready")
	p.create(t, "product.product", map[string]any{"name": "After it"})
	again.equalsOdoo(t, p)
	again.history(t)
	if n := again.skipped(t); n < len(drafts) {
		t.Errorf("of %d entries %d are told of", len(drafts), n)
	}
	if said := again.text(); !strings.Contains(said, `"level":"ERROR"`) {
		t.Error("the log does not tell of the entry")
	}
}

// change is the entry of a record that Odoo does not have.
func change(t *testing.T, collection string, after []byte) []byte {
	t.Helper()
	const nobody = 9_999_999
	return packed(t, &internalv1.ChangeRecord{
		Collection: collection, Name: resource.Name(collection, nobody), Key: resource.Key(nobody),
		Kind: internalv1.ChangeKind_CHANGE_KIND_CREATED, After: after,
	})
}

func packed(t *testing.T, m proto.Message) []byte {
	t.Helper()
	raw, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

var skippedEntries = regexp.MustCompile(`(?m)^mesh_log_entries_skipped_total (\d+)$`)

// skipped is how many entries of the log were stepped over.
func (m *mesh) skipped(t *testing.T) int {
	t.Helper()
	_, metrics := m.get(t, "/metrics", nil)
	found := skippedEntries.FindSubmatch(metrics)
	if found == nil {
		t.Fatal("the metrics do not tell of entries that were stepped over")
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
