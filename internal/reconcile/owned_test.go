package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/index"
	"odoomesh/internal/mapping"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// conditions are the storage conditions of products, which Odoo does not own.
type conditions map[string]string

func (c conditions) Merge(_ string, key []byte, record proto.Message, odoo []byte) ([]byte, error) {
	text := c[string(key)]
	if text == "" {
		return odoo, nil
	}
	record.(*productv1.Product).StorageConditions = text
	return append(bytes.Clone(odoo), text...), nil
}

func (conditions) Clear(_ string, record proto.Message) {
	record.(*productv1.Product).StorageConditions = ""
}

// shelf is an Odoo with a few products, which waits when it is asked to.
type shelf struct {
	skus  map[int64]string
	notes string
	hang  chan struct{}
}

func (s *shelf) MappingVersion() int { return 1 }

func (s *shelf) Fetch(ctx context.Context, keys [][]byte) ([]*mapping.Record, error) {
	if s.hang != nil {
		close(s.hang)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	var records []*mapping.Record
	for _, key := range keys {
		id := resource.KeyID(key)
		if sku, there := s.skus[id]; there {
			records = append(records, &mapping.Record{
				Key: key, Message: &productv1.Product{Name: resource.Name("products", id), Sku: sku, Description: s.notes}, Hash: []byte("odoo " + sku),
			})
		}
	}
	return records, nil
}

// mixedHouse reconciles products beside whose fields others are kept.
type mixedHouse struct {
	*reconcile.Reconciler
	t     *testing.T
	owned conditions
	odoo  *shelf
	log   store.Log
	cache store.Cache
}

func newMixedHouse(t *testing.T) *mixedHouse {
	t.Helper()
	log, cache := stores(t)
	collection, err := reconcile.NewCollection("products", (&productv1.Product{}).ProtoReflect().Type())
	if err != nil {
		t.Fatal(err)
	}
	h := &mixedHouse{t: t, owned: conditions{}, odoo: &shelf{skus: map[int64]string{1: "A", 2: "B"}}, log: log, cache: cache}
	h.Reconciler = reconcile.New(reconcile.Stores{
		Log: log, Cache: cache, CacheFollower: reconcile.NewCacheFollower(log, cache, []*reconcile.Collection{collection}),
		Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Owned: h.owned,
	}, collection, nobody{})
	return h
}

func keyOf(id int64) string { return string(resource.Key(id)) }

func (h *mixedHouse) reread() {
	h.t.Helper()
	if _, err := h.Records(h.t.Context(), h.odoo, []string{keyOf(1), keyOf(2)}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *mixedHouse) merge(want int) {
	h.t.Helper()
	if n, err := h.Merge(h.t.Context(), []string{keyOf(1), keyOf(2), keyOf(99)}); err != nil || n != want {
		h.t.Errorf("merging changed %d records, want %d (%v)", n, want, err)
	}
}

// shows compares a product of the cache with its number and storage conditions.
func (h *mixedHouse) shows(id int64, sku, storage string) *internalv1.CacheRecord {
	h.t.Helper()
	kept, err := h.Cached(keyOf(id))
	if err != nil || kept == nil {
		h.t.Fatalf("product %d: %v, %v", id, kept, err)
	}
	p := &productv1.Product{}
	if err := proto.Unmarshal(kept.GetBody(), p); err != nil {
		h.t.Fatal(err)
	}
	if p.GetSku() != sku || p.GetStorageConditions() != storage {
		h.t.Errorf("product %d is %q, stored %q; want %q, %q", id, p.GetSku(), p.GetStorageConditions(), sku, storage)
	}
	return kept
}

// listed are the products that show what Odoo does not own, by the index.
func (h *mixedHouse) listed() (ids []int64) {
	snapshot := h.cache.Snapshot()
	defer snapshot.Close()
	for hit, err := range snapshot.Index("products", index.Owned, store.Range{Prefix: index.OwnedValue, Exact: true}) {
		if err != nil {
			h.t.Fatal(err)
		}
		ids = append(ids, resource.KeyID(hit.Key))
	}
	return ids
}

// What Odoo does not own is shown without Odoo, told as a change, and survives whatever
// is read from Odoo; taken back, it leaves the record as Odoo has it.
func TestWhatOdooDoesNotOwnIsMerged(t *testing.T) {
	h := newMixedHouse(t)
	h.reread()
	plain := h.shows(1, "A", "")
	head := h.log.Head()
	h.owned[keyOf(1)] = "2-8 °C"
	h.merge(1)
	h.merge(0)
	if h.log.Head() != head+1 {
		t.Errorf("the log grew by %d entries, want 1", h.log.Head()-head)
	}
	if kept := h.shows(1, "A", "2-8 °C"); !bytes.Equal(kept.GetOdooHash(), plain.GetContentHash()) || kept.GetRevision() != head+1 {
		t.Errorf("it is kept as %v", kept)
	}
	if ids := h.listed(); !slices.Equal(ids, []int64{1}) {
		t.Errorf("the index lists %v", ids)
	}
	h.reread()
	h.shows(2, "B", "")
	if h.log.Head() != head+1 {
		t.Error("reading the same again was told as a change")
	}
	h.odoo.skus[1] = "C"
	h.reread()
	h.shows(1, "C", "2-8 °C")
	h.odoo.skus[1] = "A"
	h.reread()
	delete(h.owned, keyOf(1))
	h.merge(1)
	if kept := h.shows(1, "A", ""); !bytes.Equal(kept.GetContentHash(), plain.GetContentHash()) || kept.GetOdooHash() != nil || h.listed() != nil {
		t.Errorf("taken back, it is kept as %v, and the index lists %v", kept, h.listed())
	}
}

// A deletion shows the record as it last was, and one that comes back shows it again.
func TestARecordThatComesBackShowsWhatWasKept(t *testing.T) {
	h := newMixedHouse(t)
	h.owned[keyOf(1)] = "dry"
	h.reread()
	delete(h.odoo.skus, 1)
	h.reread()
	var change internalv1.ChangeRecord
	var before internalv1.CacheRecord
	gone := &productv1.Product{}
	last, err := store.At(t.Context(), h.log, h.log.Head())
	if err := errors.Join(err, proto.Unmarshal(last.Payload, &change), proto.Unmarshal(change.GetBefore(), &before), proto.Unmarshal(before.GetBody(), gone)); err != nil {
		t.Fatal(err)
	}
	if change.GetKind() != internalv1.ChangeKind_CHANGE_KIND_DELETED || gone.GetStorageConditions() != "dry" {
		t.Errorf("%v of %v", change.GetKind(), gone)
	}
	h.merge(0)
	h.odoo.skus[1] = "A"
	h.reread()
	h.shows(1, "A", "dry")
}

// The first load fills records with what is kept of them.
func TestABulkLoadMerges(t *testing.T) {
	h := newMixedHouse(t)
	h.owned[keyOf(2)] = "dark"
	records, err := h.odoo.Fetch(t.Context(), [][]byte{resource.Key(1), resource.Key(2)})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Fill(t.Context(), records, 1, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	h.shows(1, "A", "")
	h.shows(2, "B", "dark")
	h.reread()
	if h.log.Head() != 0 {
		t.Error("reading what was loaded was told as a change")
	}
}

// An Odoo that hangs holds up whoever reads it, and nobody who merges.
func TestMergingDoesNotWaitForOdoo(t *testing.T) {
	h := newMixedHouse(t)
	h.reread()
	ctx, cancel := context.WithCancel(t.Context())
	asked, answered := make(chan struct{}), make(chan error, 1)
	h.odoo.hang = asked
	go func() {
		_, err := h.Some(ctx, h.odoo, []string{keyOf(1)})
		answered <- err
	}()
	<-asked
	h.owned[keyOf(1)] = "cold"
	h.merge(1)
	h.shows(1, "A", "cold")
	cancel()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A comparison with Odoo is about what Odoo owns.
func TestVerifyLeavesAsideWhatOdooDoesNotOwn(t *testing.T) {
	h := newMixedHouse(t)
	h.owned[keyOf(1)] = "dry"
	h.reread()
	verify := func() []reconcile.Difference {
		v, err := h.Verify(t.Context(), h.odoo, resource.Key(1), func(time.Time, time.Time) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		return v.Differences
	}
	if found := verify(); found != nil {
		t.Errorf("equal records differ in %v", found)
	}
	h.odoo.skus[1] = "C"
	if found := verify(); len(found) != 1 || found[0].Field != "sku" {
		t.Errorf("a changed number differs in %v", found)
	}
}

// A value that was left behind in the copy goes at the next reading, though the hash of
// what is to be shown is the same.
func TestWhatIsLeftBehindGoesWhenTheRecordIsRead(t *testing.T) {
	h := newMixedHouse(t)
	h.owned[keyOf(1)] = "dry"
	h.reread()
	kept := h.shows(1, "A", "dry")
	body, err := proto.Marshal(&productv1.Product{Name: "products/1", Sku: "A", StorageConditions: "dry", Description: "left behind"})
	if err != nil {
		t.Fatal(err)
	}
	kept.Body = body
	raw, err := proto.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.cache.Fill(t.Context(), []store.Mutation{{Collection: "products", Key: resource.Key(1), Value: raw}}); err != nil {
		t.Fatal(err)
	}
	h.reread()
	p := &productv1.Product{}
	if err := proto.Unmarshal(h.shows(1, "A", "dry").GetBody(), p); err != nil || p.GetDescription() != "" {
		t.Errorf("it shows %v (%v)", p, err)
	}
}

// A record that is too great is kept by its header, with what Odoo does not own: merged
// anew or read anew, it is the same.
func TestTheHeaderOfAGreatRecordKeepsWhatOdooDoesNotOwn(t *testing.T) {
	h := newMixedHouse(t)
	h.odoo.notes = strings.Repeat("great ", 5<<20)
	h.owned[keyOf(1)] = strings.Repeat("cold ", 1000)
	h.reread()
	if kept := h.shows(1, "A", h.owned[keyOf(1)]); len(kept.GetFaults()) != 1 || len(kept.GetBody()) > 20_000 {
		t.Errorf("it is kept in %d bytes with the faults %v", len(kept.GetBody()), kept.GetFaults())
	}
	h.merge(0)
	head := h.log.Head()
	h.reread()
	if h.log.Head() != head {
		t.Error("reading the same again was told as a change")
	}
}
