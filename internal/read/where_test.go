package read_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// copied is a copy that is complete and fresh.
type copied struct{}

func (copied) Status() read.Status                     { return read.Status{Loaded: true, Reachable: true} }
func (copied) Refresh(context.Context, [][]byte) error { return nil }

// movements fills a cache with that many movements of lots/1, and one of lots/2.
func movements(t testing.TB, n int) *read.Collection[*inventoryv1.Movement] {
	t.Helper()
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cache.Close() })
	var fill []store.Mutation
	for id := 1; id <= n+1; id++ {
		lot := "lots/1"
		if id > n {
			lot = "lots/2"
		}
		unit := &typesv1.UnitOfMeasure{Name: "units/1", DisplayName: "Units", ReferenceUnit: "units/1", FactorNumerator: &decimal.Decimal{Value: "1"}, FactorDenominator: &decimal.Decimal{Value: "1"}}
		body, err := proto.Marshal(&inventoryv1.Movement{
			Name: resource.Name("movements", int64(id)), Lot: lot, Product: "products/42", Quantity: &decimal.Decimal{Value: "1"}, Unit: unit, BookedUnit: unit,
			SourceLocation: "locations/8", DestinationLocation: "locations/9", TransferNumber: fmt.Sprintf("WH/INT/%05d", id),
			MoveTime: timestamppb.New(time.Unix(int64(id), 0)), SourceType: "internal>internal",
		})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16)})
		if err != nil {
			t.Fatal(err)
		}
		fill = append(fill, store.Mutation{Collection: "movements", Key: resource.Key(int64(id)), Value: raw, Indexes: []store.IndexEntry{{Index: "lot", Value: []byte(lot)}}})
	}
	if err := cache.Fill(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	kind, err := record.NewKind("movements", (&inventoryv1.Movement{}).ProtoReflect().Type(), "test")
	if err != nil {
		t.Fatal(err)
	}
	c, err := read.NewCollection[*inventoryv1.Movement](read.Deps{Kind: kind, Cache: cache, StoreID: "test", Source: copied{}, Clock: clock.System{}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhereFindsAllOfOneValueAndNothingElse(t *testing.T) {
	c := movements(t, 25)
	found, err := c.Where(t.Context(), "lot", "lots/1")
	if err != nil || len(found) != 25 {
		t.Fatalf("found %d, %v", len(found), err)
	}
	for i, m := range found {
		if m.GetName() != resource.Name("movements", int64(i+1)) {
			t.Errorf("%d is %s", i, m.GetName())
		}
	}
	parts, err := c.WherePart(t.Context(), "lot", "lots/1", "name", "quantity")
	if err != nil || len(parts) != 25 {
		t.Fatalf("found %d parts, %v", len(parts), err)
	}
	for i, m := range parts {
		if m.GetName() != found[i].GetName() || m.GetQuantity().GetValue() != "1" || m.GetProduct() != "" {
			t.Errorf("%d came as %v", i, m)
		}
	}
	if none, err := c.Where(t.Context(), "lot", "lots"); err != nil || len(none) != 0 {
		t.Errorf("a beginning found %d, %v", len(none), err)
	}
}

func BenchmarkWhereTenThousandMovements(b *testing.B) {
	c := movements(b, 10_000)
	for b.Loop() {
		if found, err := c.WherePart(b.Context(), "lot", "lots/1", "name", "quantity", "move_time", "source_location", "destination_location"); err != nil || len(found) != 10_000 {
			b.Fatal(len(found), err)
		}
	}
}
