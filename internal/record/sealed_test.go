package record_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/record"
)

var observed = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func kept(t testing.TB) (*record.Kind, []byte) {
	t.Helper()
	k, err := record.NewKind("products", (&productv1.Product{}).ProtoReflect().Type(), "hospital")
	if err != nil {
		t.Fatal(err)
	}
	body, err := proto.Marshal(&productv1.Product{
		Name: "products/7", DisplayName: "Glove", Active: true, Attributes: map[string]string{"x_shelf": "B4"},
		Category:       &productv1.Category{Id: 3, Path: "All / Gloves"},
		SupplierPrices: []*productv1.SupplierPrice{{Id: "1", Supplier: "suppliers/2"}, {Id: "2"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	body = append(body, 0xd2, 0x3f, 1, 'x') // a field that this contract does not know
	raw, err := proto.Marshal(&internalv1.CacheRecord{
		Body: body, ContentHash: make([]byte, 32), ObservedTime: timestamppb.New(observed), MappingVersion: 1, Revision: 9,
	})
	if err != nil {
		t.Fatal(err)
	}
	return k, raw
}

// Who receives a sealed record gets what Decode would have given, byte for byte
// the same record whatever the time of verification.
func TestSealedIsSentAsTheRecord(t *testing.T) {
	k, raw := kept(t)
	opened, err := k.Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, verified := range []time.Time{{}, observed.Add(-time.Hour), observed, observed.Add(time.Hour)} {
		want, err := k.Decode(raw, verified)
		if err != nil {
			t.Fatal(err)
		}
		seal, err := k.Seal(opened)
		if err != nil {
			t.Fatal(err)
		}
		sealed := seal.Show(verified)
		wire, err := proto.Marshal(sealed)
		if err != nil {
			t.Fatal(err)
		}
		got := &productv1.Product{}
		if err := proto.Unmarshal(wire, got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("verified at %s (-want +got):\n%s", verified, diff)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	k, raw := kept(b)
	b.ReportAllocs()
	for b.Loop() {
		m, err := k.Decode(raw, observed)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := proto.Marshal(m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealed(b *testing.B) {
	k, raw := kept(b)
	b.ReportAllocs()
	for b.Loop() {
		opened, err := k.Open(raw)
		if err != nil {
			b.Fatal(err)
		}
		seal, err := k.Seal(opened)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := proto.Marshal(seal.Show(observed)); err != nil {
			b.Fatal(err)
		}
	}
}
