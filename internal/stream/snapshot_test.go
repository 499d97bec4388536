package stream

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// pair is a cache in which each position gives all products and all suppliers one text.
type pair struct {
	SnapshotDeps
	cache   *badgerstore.Cache
	now     time.Time
	emptied bool
	stop    chan struct{}
}

func newPair(t *testing.T) *pair {
	t.Helper()
	log := OpenLog(t)
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cache.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &pair{cache: cache, now: time.Unix(1_800_000_000, 0), stop: make(chan struct{})}
	kinds := map[string]*record.Kind{}
	for name, m := range map[string]proto.Message{"products": &productv1.Product{}, "suppliers": &supplierv1.Supplier{}} {
		if kinds[name], err = record.NewKind(name, m.ProtoReflect().Type(), "test"); err != nil {
			t.Fatal(err)
		}
	}
	p.SnapshotDeps = SnapshotDeps{
		RecordedDeps: RecordedDeps{Kinds: kinds, Log: log, Cache: cache},
		Loaded:       func(string) bool { return !p.emptied }, Verified: func(string) time.Time { return time.Time{} },
		Now: func() time.Time { return p.now }, Closing: p.stop,
	}
	return p
}

// set gives all records one text, at one position.
func (p *pair) set(ctx context.Context, position uint64, records int) error {
	text := strconv.FormatUint(position, 10)
	var all []store.Mutation
	for id := range records {
		for collection, m := range map[string]proto.Message{
			"products":  &productv1.Product{Name: fmt.Sprintf("products/%d", id+1), Description: text},
			"suppliers": &supplierv1.Supplier{Name: fmt.Sprintf("suppliers/%d", id+1), DisplayName: text},
		} {
			body, err := proto.Marshal(m)
			if err != nil {
				return err
			}
			raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16)})
			if err != nil {
				return err
			}
			all = append(all, store.Mutation{Collection: collection, Key: resource.Key(int64(id + 1)), Value: raw})
		}
	}
	return p.cache.Apply(ctx, position, all)
}

func textOf(m proto.Message) string {
	if s, ok := m.(*supplierv1.Supplier); ok {
		return s.GetDisplayName()
	}
	return m.(*productv1.Product).GetDescription()
}

// However long it takes to read them, and whatever is written meanwhile, all records of all
// collections are those of the one position that was told before.
func TestASnapshotIsAllOfOnePosition(t *testing.T) {
	const records = partRecords + 20
	p := newPair(t)
	if err := p.set(t.Context(), 1, records); err != nil {
		t.Fatal(err)
	}
	at, met := uint64(1), map[string]bool{}
	var told string
	err := ReadSnapshot(t.Context(), p.SnapshotDeps, []string{"products", "suppliers"}, func(s SnapshotStart) error {
		told = strconv.FormatUint(s.At, 10)
		return nil
	}, func(part SnapshotPart) error {
		for _, m := range part.Records {
			if got := textOf(m); got != told {
				t.Fatalf("%s is of position %s, in a snapshot of %s", record.NameOf(m), got, told)
			}
			met[record.NameOf(m)] = true
		}
		at++
		return p.set(t.Context(), at, records)
	})
	if err != nil || told != "1" || at < 4 {
		t.Errorf("a snapshot of position %q in %d parts: %v", told, at-1, err)
	}
	if len(met) != 2*records {
		t.Errorf("%d records, not %d", len(met), 2*records)
	}
}

// A snapshot whose view was taken away, whose reader is too slow, or whose server stops, is
// refused and not taken for a whole.
func TestASnapshotThatIsNotWholeIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(p *pair)
		want  errorsv1.Reason
	}{
		"loaded anew": {func(p *pair) { p.emptied = true }, errorsv1.Reason_REASON_NOT_LOADED},
		"too slow":    {func(p *pair) { p.now = p.now.Add(snapshotFor + time.Second) }, errorsv1.Reason_REASON_SUBSCRIBER_TOO_SLOW},
		"stopping":    {func(p *pair) { close(p.stop) }, errorsv1.Reason_REASON_SHUTTING_DOWN},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			if err := p.set(t.Context(), 1, partRecords+1); err != nil {
				t.Fatal(err)
			}
			spoilt := false
			err := ReadSnapshot(t.Context(), p.SnapshotDeps, []string{"products", "suppliers"}, func(SnapshotStart) error { return nil }, func(SnapshotPart) error {
				if !spoilt {
					tt.spoil(p)
				}
				spoilt = true
				return nil
			})
			if fault.ReasonOf(err) != tt.want {
				t.Errorf("refused with %v, want %s", err, tt.want)
			}
		})
	}
}
