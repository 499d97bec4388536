package index_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/index"
)

// The index of lots carries what a trace is told by, and nothing else of a movement.
func TestTheIndexCarriesTheNamedFieldsAlone(t *testing.T) {
	m := &inventoryv1.Movement{Name: "movements/7", Lot: "lots/1", LotNumber: "V1", Quantity: &decimal.Decimal{Value: "2"}, Product: "products/3"}
	fields, err := index.Fields(m.ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		kept, err := f.Carry(m.ProtoReflect())
		if err != nil {
			t.Fatal(err)
		}
		raw, carried := f.Carried(kept)
		if f.Path != "lot" {
			if kept != nil || carried || f.Carries("name") {
				t.Errorf("the index of %s carries %q", f.Path, kept)
			}
			continue
		}
		got := &inventoryv1.Movement{}
		if err := proto.Unmarshal(raw, got); err != nil || !carried {
			t.Fatal(carried, err)
		}
		if diff := cmp.Diff(&inventoryv1.Movement{Name: m.GetName(), Quantity: m.GetQuantity()}, got, protocmp.Transform()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !f.Carries("name", "quantity") || f.Carries("name", "product") {
			t.Error("it says that it carries something else")
		}
		for _, strange := range [][]byte{nil, {}, raw, append([]byte("mark"), raw...)} {
			if _, ok := f.Carried(strange); ok {
				t.Errorf("%q was taken for what it carries", strange)
			}
		}
		if again, err := f.Carry(proto.CloneOf(m).ProtoReflect()); err != nil || !bytes.Equal(kept, again) {
			t.Errorf("the same movement gave %q, then %q, %v", kept, again, err)
		}
	}
}
