package record_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/record"
)

// A page is sent in pieces where all of its records are rendered, and says what the message
// would; one with a record that somebody has replaced is sent as the message that it is.
func TestAPageInPiecesIsThePage(t *testing.T) {
	k, raw := kept(t)
	recent := record.NewRenderings(1 << 20)
	reply := &record.Reply{}
	page := &productv1.ListProductsResponse{NextPageToken: "next", Freshness: &typesv1.Freshness{OdooReachable: true}}
	for _, key := range []string{"1", "2", "3"} {
		if recent.Kept(k, []byte(key), raw) != nil {
			t.Fatal("something is kept that was never shown")
		}
		decoded, err := k.Decode(raw, observed)
		if err != nil {
			t.Fatal(err)
		}
		rendered, err := recent.Adopt(k, []byte(key), raw, decoded, observed)
		if err != nil {
			t.Fatal(err)
		}
		if recent.Kept(k, []byte(key), raw) != rendered || recent.Kept(k, []byte(key), append([]byte{1}, raw...)) != nil {
			t.Error("it is kept otherwise than by its bytes")
		}
		shown, err := rendered.Show(observed.Add(time.Hour), nil)
		if err != nil {
			t.Fatal(err)
		}
		reply.Add(shown)
		page.Products = append(page.Products, shown.Message.(*productv1.Product))
	}
	for range 2 { // what was written once is sent again
		pieces, ok, err := reply.Pieces(page)
		if err != nil || !ok {
			t.Fatalf("ok %v: %v", ok, err)
		}
		sent := &productv1.ListProductsResponse{}
		if err := proto.Unmarshal(bytes.Join(pieces, nil), sent); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(page, sent, protocmp.Transform()); diff != "" {
			t.Errorf("(-want +sent):\n%s", diff)
		}
	}
	page.Products[1] = proto.Clone(page.Products[1]).(*productv1.Product)
	if _, ok, err := reply.Pieces(page); ok || err != nil {
		t.Errorf("with a record that is not what was rendered: %v, %v", ok, err)
	}
	if _, ok, _ := record.ReplyOf(context.Background()).Pieces(page); ok {
		t.Error("pieces are made where no transport asks for them")
	}
}
