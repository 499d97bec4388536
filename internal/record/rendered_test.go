package record_test

import (
	"bytes"
	"sync"
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

// A rendered record is in every form what Decode would have given, whatever it was
// shown as before.
func TestRenderedIsTheRecordInEveryForm(t *testing.T) {
	k, raw := kept(t)
	r, err := k.Render(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, verified := range []time.Time{{}, observed.Add(-time.Hour), observed, observed.Add(time.Hour), observed.Add(time.Hour), observed.Add(time.Minute)} {
		want, err := k.Decode(raw, verified)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := r.Show(verified, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, shown.Message, protocmp.Transform()); diff != "" {
			t.Errorf("verified at %s (-want +message):\n%s", verified, diff)
		}
		pieces, err := shown.Wire()
		if err != nil {
			t.Fatal(err)
		}
		sent := &productv1.Product{}
		if err := proto.Unmarshal(bytes.Join(pieces, nil), sent); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, sent, protocmp.Transform()); diff != "" {
			t.Errorf("verified at %s (-want +wire):\n%s", verified, diff)
		}
		if size := len(bytes.Join(pieces, nil)); shown.Size() != size {
			t.Errorf("verified at %s: %d bytes are told of, %d sent", verified, shown.Size(), size)
		}
		wantJSON, err := record.AppendJSON(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := shown.AppendJSON([]byte("> "))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("> "+string(wantJSON), string(got)); diff != "" {
			t.Errorf("verified at %s (-want +JSON):\n%s", verified, diff)
		}
	}
}

// What was shown before stays as it was.
func TestShownRecordsDoNotChange(t *testing.T) {
	k, raw := kept(t)
	r, err := k.Render(raw)
	if err != nil {
		t.Fatal(err)
	}
	first, err := r.Show(observed, nil)
	if err != nil {
		t.Fatal(err)
	}
	was := proto.Clone(first.Message)
	if _, err := r.Show(observed.Add(time.Hour), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(was, first.Message, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestRenderRefusesWhatIsNoRecord(t *testing.T) {
	k, _ := kept(t)
	if _, err := k.Render([]byte("\xff")); err == nil {
		t.Error("bytes that are no record were rendered")
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

// BenchmarkShow is a read whose record is kept, with a time of verification of its own.
func BenchmarkShow(b *testing.B) {
	k, raw := kept(b)
	r, err := k.Render(raw)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for n := time.Duration(0); b.Loop(); n++ {
		shown, err := r.Show(observed.Add(n), nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := shown.Wire(); err != nil {
			b.Fatal(err)
		}
	}
}

// Many callers are shown one record at once, at different times; this matters under the
// race detector.
func TestManyAreShownOneRecord(t *testing.T) {
	k, raw := kept(t)
	c := record.NewRenderings(1 << 20)
	var callers sync.WaitGroup
	for caller := range 8 {
		callers.Go(func() {
			for n := range 50 {
				verified := observed.Add(time.Duration(n/2) * time.Second)
				r, err := c.Of(k, []byte("7"), raw, uint64(caller))
				if err != nil {
					t.Error(err)
					return
				}
				shown, err := r.Show(verified, nil)
				if err != nil {
					t.Error(err)
					return
				}
				pieces, err := shown.Wire()
				sent := &productv1.Product{}
				if err == nil {
					err = proto.Unmarshal(bytes.Join(pieces, nil), sent)
				}
				if err == nil {
					_, err = shown.AppendJSON(nil)
				}
				if err != nil || !proto.Equal(sent, shown.Message) || !sent.GetProvenance().GetVerifiedTime().AsTime().Equal(verified) {
					t.Errorf("sent %v, shown %v (%v)", sent, shown.Message, err)
				}
			}
		})
	}
	callers.Wait()
}
