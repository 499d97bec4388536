package read_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/index"
	"odoomesh/internal/journal/journaltest"
	"odoomesh/internal/read"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// The records with faults, and no others, come in pages over all collections.
func TestFaultyRecordsAreFound(t *testing.T) {
	w := journaltest.Open(t, t.TempDir())
	defer w.Close()
	put := func(collection string, id int64, problems ...string) {
		kept := &internalv1.CacheRecord{ObservedTime: timestamppb.New(journaltest.Noon)}
		for _, p := range problems {
			kept.Faults = append(kept.Faults, &typesv1.MappingFault{Field: "sku", Problem: p})
		}
		raw, err := proto.Marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		var indexes []store.IndexEntry
		if len(problems) > 0 {
			indexes = append(indexes, store.IndexEntry{Index: index.Faulty, Value: index.FaultyValue})
		}
		w.Write(t, collection, id, raw, false, indexes...)
	}
	for id := range int64(5) {
		put("orders", id+1)
		put("products", id+1, "it is no text")
	}
	put("suppliers", 3, "it is no number")
	names := []string{"orders", "products", "suppliers"}
	var found []string
	next, pages := "", 0
	for {
		page, following, err := read.FaultyRecords(t.Context(), w.Cache, w.Log.ID(), token.Tokens{}, names, 2, next)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			found = append(found, r.Name)
			if len(r.Faults) != 1 || !r.Since.Equal(journaltest.Noon) {
				t.Errorf("got %v", r)
			}
		}
		pages++
		if next = following; next == "" {
			break
		}
	}
	if got := fmt.Sprint(found); got != "[products/1 products/2 products/3 products/4 products/5 suppliers/3]" || pages < 3 {
		t.Errorf("%s in %d pages", got, pages)
	}
	_, next, err := read.FaultyRecords(t.Context(), w.Cache, w.Log.ID(), token.Tokens{}, names, 2, "")
	if err != nil {
		t.Fatal(err)
	}
	for what, call := range map[string]func() error{
		"another list": func() error {
			_, _, err := read.FaultyRecords(t.Context(), w.Cache, w.Log.ID(), token.Tokens{}, names[1:], 2, next)
			return err
		},
		"nonsense": func() error {
			_, _, err := read.FaultyRecords(t.Context(), w.Cache, w.Log.ID(), token.Tokens{}, names, 2, "x")
			return err
		},
	} {
		if reason := fault.ReasonOf(call()); reason != errorsv1.Reason_REASON_INVALID_PAGE_TOKEN && reason != errorsv1.Reason_REASON_FOREIGN_TOKEN {
			t.Errorf("a token of %s: %v", what, reason)
		}
	}
}
