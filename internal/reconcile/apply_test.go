package reconcile_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// An entry of the log that cannot be applied is stepped over and told of; what comes
// before and after it is applied.
func TestAnEntryThatCannotBeAppliedIsSteppedOver(t *testing.T) {
	garbage := bytes.Repeat([]byte{0xff}, 40)
	whole := func(id int64, sku string) []byte { return changeOf(t, id, cached(t, &productv1.Product{Sku: sku})) }
	body, err := proto.Marshal(&internalv1.CacheRecord{Body: garbage})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		payload []byte
		// says is whether the alarm can name the record.
		named bool
	}{
		{"the change is no change", garbage, false},
		{"the record in it is none", changeOf(t, 2, garbage), true},
		{"the message in the record is none", changeOf(t, 2, body), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log, cache := stores(t)
			if _, err := log.Append(t.Context(), time.Unix(0, 0), store.Drafts("products", whole(1, "BEFORE"), tt.payload, whole(3, "AFTER"))); err != nil {
				t.Fatal(err)
			}
			collection, err := reconcile.NewCollection("products", (&productv1.Product{}).ProtoReflect().Type())
			if err != nil {
				t.Fatal(err)
			}
			var skipped []uint64
			a := reconcile.NewCacheFollower(log, cache, []*reconcile.Collection{collection})
			a.Skipped = func(_ context.Context, position uint64, name string, reason error) {
				skipped = append(skipped, position)
				if reason == nil || (name == "products/2") != tt.named {
					t.Errorf("the alarm names %q and says %v", name, reason)
				}
			}
			if err := a.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(skipped) != 1 || skipped[0] != 2 {
				t.Errorf("stepped over %v, want 2 alone", skipped)
			}
			if cache.Position() != log.Head() {
				t.Errorf("the cache is at %d, the log at %d", cache.Position(), log.Head())
			}
			for id, there := range map[int64]bool{1: true, 2: false, 3: true} {
				if _, err := cache.Get("products", resource.Key(id)); (err == nil) != there {
					t.Errorf("product %d: %v", id, err)
				}
			}
			// Nothing is told twice.
			if err := a.CatchUp(t.Context()); err != nil || len(skipped) != 1 {
				t.Errorf("once more: %v, stepped over %v", err, skipped)
			}
		})
	}
}

func stores(t *testing.T) (*badgerstore.Log, *badgerstore.Cache) {
	t.Helper()
	log, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range []interface{ Close() error }{cache, log} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return log, cache
}

// cached is a record as the cache keeps it.
func cached(t *testing.T, m proto.Message) []byte {
	t.Helper()
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: body})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func changeOf(t *testing.T, id int64, after []byte) []byte {
	t.Helper()
	raw, err := proto.Marshal(&internalv1.ChangeRecord{
		Collection: "products", Key: resource.Key(id), Name: resource.Name("products", id),
		Kind: internalv1.ChangeKind_CHANGE_KIND_CREATED, After: after,
	})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
