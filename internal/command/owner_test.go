package command

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/fault"
)

// What a command says for another's field is refused in every way in which it can be sent,
// and whose a field was is kept with what was taken on: who retries it is held to that.
func TestAnothersFieldIsRefused(t *testing.T) {
	w := newWorld(t)
	w.Others = func(context.Context, string) []Owner {
		return []Owner{{Field: "gtin", Whose: "pim", Because: "it is kept there"}}
	}
	const method = productv1.ProductService_CreateProduct_FullMethodName
	w.Register(Kind{Name: "products.create", Method: method, Request: &productv1.CreateProductRequest{}, Begin: func(proto.Message) (Command, error) {
		return presses{"orders/1", 1, w.house, new(bool)}, nil
	}})
	ctx := as(t, "clerk")
	ask := func(ctx context.Context, id, gtin string, dry bool) error {
		_, err := w.Carry(ctx, method, &productv1.CreateProductRequest{RequestId: id, ValidateOnly: dry, Product: &productv1.Product{DisplayName: "Swab", Gtin: gtin}})
		return err
	}
	for name, err := range map[string]error{
		"at once": ask(ctx, "a", "1", false), "validated": ask(ctx, "b", "1", true), "put off": ask(deferring(ctx), "c", "1", false),
	} {
		if fault.ReasonOf(err) != errorsv1.Reason_REASON_WRONG_OWNER || !strings.Contains(err.Error(), "product.gtin: it belongs to pim here, as it is kept there") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := ask(ctx, "d", "", false); err != nil {
		t.Fatal(err)
	}
	kept, err := w.ledger.find(idOf("clerk", "d"))
	if err != nil || len(kept.GetOthers()) != 1 || kept.GetOthers()[0].GetField() != "gtin" {
		t.Errorf("%v, %v", kept, err)
	}
	work := &Work{others: ownersOf(kept.GetOthers())}
	if err := work.OthersFields([]Value{{At: "product.sku"}, {At: "product.gtin"}}); fault.ReasonOf(err) != errorsv1.Reason_REASON_WRONG_OWNER {
		t.Errorf("%v", err)
	}
	if err := work.OthersFields([]Value{{At: "product.gtins"}, {At: "product.addresses[0].gtin"}}); err != nil {
		t.Errorf("%v", err)
	}
}
