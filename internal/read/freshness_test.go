package read_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// looked is a copy that was compared with Odoo at a time.
type looked struct {
	at  time.Time
	err error // of Odoo's
}

func (l looked) Status() read.Status {
	return read.Status{Loaded: true, Reachable: true, Verified: l.at}
}
func (l looked) Refresh(context.Context, [][]byte) error { return l.err }

// A record that Odoo was asked for is known to equal Odoo since then, also where it
// had not changed; others are since the last look.
func TestALiveReadMovesTheTimeOfVerification(t *testing.T) {
	look := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	now := look.Add(3 * time.Second)
	body, err := proto.Marshal(&productv1.Product{Name: "products/1"})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16), ObservedTime: timestamppb.New(look.Add(-time.Hour))})
	if err != nil {
		t.Fatal(err)
	}
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	if err := cache.Fill(t.Context(), []store.Mutation{{Collection: "products", Key: resource.Key(1), Value: raw}}); err != nil {
		t.Fatal(err)
	}
	kind, err := record.NewKind("products", (&productv1.Product{}).ProtoReflect().Type(), "hospital")
	if err != nil {
		t.Fatal(err)
	}
	live := &typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}
	within := func(d time.Duration) *typesv1.ReadMode {
		return &typesv1.ReadMode{Mode: &typesv1.ReadMode_MaxStaleness{MaxStaleness: durationpb.New(d)}}
	}
	for _, tt := range []struct {
		name string
		mode *typesv1.ReadMode
		want time.Time
	}{
		{"from the copy", nil, look}, {"live", live, now}, {"from the copy again", nil, look},
		{"no older than it is", within(time.Minute), look}, {"younger than it is", within(time.Second), now},
	} {
		products, err := read.NewCollection[*productv1.Product](read.Deps{Kind: kind, Cache: cache, Freshness: looked{at: look}, Clock: clock.Func(func() time.Time { return now })})
		if err != nil {
			t.Fatal(err)
		}
		one, err := products.Get(t.Context(), "products/1", tt.mode, nil)
		if err != nil {
			t.Fatal(err)
		}
		batch, err := products.BatchGet(t.Context(), []string{"products/1"}, tt.mode, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range append(batch.Found, one) {
			if got := p.GetProvenance().GetVerifiedTime().AsTime(); !got.Equal(tt.want) {
				t.Errorf("%s: verified at %s, want %s", tt.name, got, tt.want)
			}
		}
	}
	failing := errors.New("odoo does not answer")
	products, err := read.NewCollection[*productv1.Product](read.Deps{Kind: kind, Cache: cache, Freshness: looked{at: look, err: failing}, Clock: clock.Func(func() time.Time { return now })})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := products.Get(t.Context(), "products/1", live, nil); !errors.Is(err, failing) {
		t.Errorf("without Odoo: %v", err)
	}
}
