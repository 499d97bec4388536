package read_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/index"
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
// carry says what the index of lots carries for a movement.
func movements(t testing.TB, n int, carry func(lot *index.Field, m *inventoryv1.Movement) []byte) *read.Collection[*inventoryv1.Movement] {
	t.Helper()
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cache.Close() })
	lots := lotIndex(t)
	var fill []store.Mutation
	for id := 1; id <= n+1; id++ {
		lot := "lots/1"
		if id > n {
			lot = "lots/2"
		}
		unit := &typesv1.UnitOfMeasure{Name: "units/1", DisplayName: "Units", ReferenceUnit: "units/1", FactorNumerator: &decimal.Decimal{Value: "1"}, FactorDenominator: &decimal.Decimal{Value: "1"}}
		movement := &inventoryv1.Movement{
			Name: resource.Name("movements", int64(id)), Lot: lot, Product: "products/42", Quantity: &decimal.Decimal{Value: "1"}, Unit: unit, BookedUnit: unit,
			SourceLocation: "locations/8", DestinationLocation: "locations/9", LotNumber: fmt.Sprintf("V%d", id), TransferNumber: fmt.Sprintf("WH/INT/%05d", id),
			MoveTime: timestamppb.New(time.Unix(int64(id), 0)), SourceType: "internal>internal",
		}
		body, err := proto.Marshal(movement)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16)})
		if err != nil {
			t.Fatal(err)
		}
		fill = append(fill, store.Mutation{Collection: "movements", Key: resource.Key(int64(id)), Value: raw, Indexes: []store.IndexEntry{{Index: "lot", Value: []byte(lot), Carried: carry(lots, movement)}}})
	}
	if err := cache.Fill(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	kind, err := record.NewKind("movements", (&inventoryv1.Movement{}).ProtoReflect().Type(), "test")
	if err != nil {
		t.Fatal(err)
	}
	c, err := read.NewCollection[*inventoryv1.Movement](read.Deps{Kind: kind, Cache: cache, StoreID: "test", Freshness: copied{}, Clock: clock.System{}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func lotIndex(t testing.TB) *index.Field {
	t.Helper()
	fields, err := index.Fields((&inventoryv1.Movement{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		if f.Path == "lot" {
			return f
		}
	}
	t.Fatal("movements have no index of lots")
	return nil
}

// asWritten is what change capture has the index carry.
func asWritten(t testing.TB) func(*index.Field, *inventoryv1.Movement) []byte {
	return func(lot *index.Field, m *inventoryv1.Movement) []byte {
		carried, err := lot.Carry(m.ProtoReflect())
		if err != nil {
			t.Fatal(err)
		}
		return carried
	}
}

func TestWhereFindsAllOfOneValueAndNothingElse(t *testing.T) {
	for name, carry := range map[string]func(*index.Field, *inventoryv1.Movement) []byte{
		"the index carries fields":  asWritten(t),
		"it carries nothing":        func(*index.Field, *inventoryv1.Movement) []byte { return nil },
		"it carries something else": func(*index.Field, *inventoryv1.Movement) []byte { return []byte("what no code of today writes") },
	} {
		t.Run(name, func(t *testing.T) {
			const n = 1234 // more than are read at a time
			c := movements(t, n, carry)
			found, err := c.Where(t.Context(), "lot", "lots/1")
			if err != nil || len(found) != n {
				t.Fatalf("found %d, %v", len(found), err)
			}
			for i, m := range found {
				if m.GetName() != resource.Name("movements", int64(i+1)) {
					t.Errorf("%d is %s", i, m.GetName())
				}
			}
			// The second asks for more than the index carries.
			for _, fields := range [][]protoreflect.Name{{"name", "quantity"}, {"name", "quantity", "lot_number"}} {
				parts, err := c.WherePart(t.Context(), "lot", "lots/1", fields...)
				if err != nil || len(parts) != n {
					t.Fatalf("found %d parts, %v", len(parts), err)
				}
				for i, m := range parts {
					want := &inventoryv1.Movement{Name: found[i].GetName(), Quantity: found[i].GetQuantity()}
					if len(fields) > 2 {
						want.LotNumber = found[i].GetLotNumber()
					}
					if diff := cmp.Diff(want, m, protocmp.Transform()); diff != "" {
						t.Errorf("%d (-want +got):\n%s", i, diff)
					}
				}
			}
			if none, err := c.Where(t.Context(), "lot", "lots"); err != nil || len(none) != 0 {
				t.Errorf("a beginning found %d, %v", len(none), err)
			}
		})
	}
}

// What the index carries is read, and not the record: the trace of a lot of ten
// thousand movements is one walk over the index.
func TestWherePartReadsWhatTheIndexCarries(t *testing.T) {
	c := movements(t, 3, func(lot *index.Field, m *inventoryv1.Movement) []byte {
		m = proto.CloneOf(m)
		m.TransferNumber = "carried"
		return asWritten(t)(lot, m)
	})
	parts, err := c.WherePart(t.Context(), "lot", "lots/1", "transfer_number")
	if err != nil || len(parts) != 3 {
		t.Fatalf("found %d, %v", len(parts), err)
	}
	for _, m := range parts {
		if m.GetTransferNumber() != "carried" {
			t.Errorf("the record was read: %v", m)
		}
	}
}

func BenchmarkWhereTenThousandMovements(b *testing.B) {
	c := movements(b, 10_000, asWritten(b))
	for b.Loop() {
		if found, err := c.WherePart(b.Context(), "lot", "lots/1", "name", "quantity", "move_time", "source_location", "destination_location"); err != nil || len(found) != 10_000 {
			b.Fatal(len(found), err)
		}
	}
}
