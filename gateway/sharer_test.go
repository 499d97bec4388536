package gateway

import (
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

func TestASharedMessageShowsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := &productv1.Product{}
		fill(t, in.ProtoReflect(), 3)
		in.ProtoReflect().SetUnknown([]byte{0xa0, 0x3f, 0x01})
		out, err := sharer{}.Clone(in)
		if err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(out.(proto.Message), in) {
			t.Fatalf("got %v, want %v", out, in)
		}
	})
}

func TestAChoiceIsShared(t *testing.T) {
	in := &typesv1.ReadMode{Mode: &typesv1.ReadMode_MaxStaleness{MaxStaleness: durationpb.New(5)}}
	out := &typesv1.ReadMode{}
	if err := (sharer{}).Copy(out, in); err != nil || !proto.Equal(out, in) {
		t.Errorf("got %v, %v", out, err)
	}
}

func TestWhatIsNoMessageIsNotShared(t *testing.T) {
	for _, in := range []any{nil, "text", &struct{}{}, (*productv1.Product)(nil), &typesv1.ReadMode{}} {
		if err := (sharer{}).Copy(&productv1.Product{}, in); err == nil {
			t.Errorf("%T: no error", in)
		}
	}
	if _, err := (sharer{}).Clone(nil); err == nil {
		t.Error("nil: no error")
	}
}

// TestOneMessageCanBeSharedByManyCalls matters under the race detector.
func TestOneMessageCanBeSharedByManyCalls(t *testing.T) {
	in := &productv1.Product{Name: "products/1", Provenance: &typesv1.Provenance{Company: "x"}}
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			for range 50 {
				out := &productv1.Product{}
				if err := (sharer{}).Copy(out, in); err != nil {
					t.Error(err)
				}
				if _, err := proto.Marshal(out); err != nil {
					t.Error(err)
				}
				_ = proto.Size(in)
			}
		})
	}
	calls.Wait()
}
