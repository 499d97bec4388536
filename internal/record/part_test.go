package record_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

func TestPartDecodesTheNamedFieldsAlone(t *testing.T) {
	k, raw := kept(t)
	part, err := k.Part("name", "supplier_prices", "active")
	if err != nil {
		t.Fatal(err)
	}
	got, err := part.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := &productv1.Product{
		Name: "products/7", Active: true, SupplierPrices: []*productv1.SupplierPrice{{Id: "1", Supplier: "suppliers/2"}, {Id: "2"}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := part.Decode([]byte("\xff")); err == nil {
		t.Error("bytes that are no record were decoded")
	}
	if _, err := k.Part("colour"); err == nil {
		t.Error("a field that does not exist was taken")
	}
}
