package e2e

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/metadata"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/clock"
)

// What is another's is changed by no command, nothing of it is, and a whole record may be
// sent back.
func TestAFieldIsWrittenByItsOwnerAlone(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 3)
	text := "roles:\n  pim: {about: is the master, rights: {product: [read, write]}}\n  clerk: {about: writes, rights: {product: [read, write]}}\n" +
		"owners:\n- {field: products.gtin, owner: pim, because: it is kept there}\n- {field: products.supplier_prices, owner: odoo, because: people agree on them}\nprincipals:\n"
	for _, name := range []string{"pim", "clerk"} {
		text += fmt.Sprintf("- {name: %s, token_sha256: %x, roles: [%s]}\n", name, sha256.Sum256([]byte(name)), name)
	}
	c := settings(t, p)
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	if err := os.WriteFile(c.AccessFile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	supplier := p.create(t, "res.partner", map[string]any{"name": "Asks", "is_company": true, "supplier_rank": 1})
	id := p.create(t, "product.product", p.goods(map[string]any{"name": "Swab", "barcode": "4006381333931"}))
	m := launch(t, c, clock.System{})
	m.await(t, "ready")
	n := narrowed{mesh: m}
	tries := 0
	update := func(who string, change func(*productv1.Product), more ...string) (*productv1.Product, error) {
		t.Helper()
		tries++
		whole, err := m.products.GetProduct(n.as(t, who), &productv1.GetProductRequest{Name: productName(id)})
		if err != nil {
			t.Fatal(err)
		}
		change(whole)
		r, err := m.products.UpdateProduct(metadata.AppendToOutgoingContext(n.as(t, who), more...), &productv1.UpdateProductRequest{RequestId: fmt.Sprint(who, tries), Product: whole})
		return r.GetProduct(), err
	}
	refused := func(what string, err error, field string) {
		t.Helper()
		if r := refusalOf(err); r.reason != "WRONG_OWNER" || !slices.Contains(r.fields, field) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got, err := update("clerk", func(w *productv1.Product) { w.DisplayName = "Swab, sterile" }); err != nil || got.GetDisplayName() != "Swab, sterile" {
		t.Errorf("a whole product, with the GTIN as it is: %v, %v", got, err)
	}
	both := func(w *productv1.Product) { w.DisplayName, w.Gtin = "Another", "04006381333948" }
	_, err := update("clerk", both)
	refused("a name and a GTIN", err, "product.gtin")
	_, err = m.products.CreateProduct(n.as(t, "clerk"), &productv1.CreateProductRequest{RequestId: "new", Product: &productv1.Product{DisplayName: "New", Kind: productv1.Kind_KIND_GOODS, Gtin: "04006381333948"}})
	refused("a new one with a GTIN", err, "product.gtin")
	price := &productv1.SupplierPrice{Supplier: supplierName(supplier), Price: &money.Money{CurrencyCode: p.currency(t), Units: 1}}
	for _, dry := range []bool{true, false} {
		_, err = m.products.SetSupplierPrice(n.as(t, "pim"), &productv1.SetSupplierPriceRequest{RequestId: "price", Name: productName(id), SupplierPrice: price, ValidateOnly: dry})
		refused("a price", err, "supplier_prices")
	}
	_, err = m.products.SetSupplierPrice(metadata.AppendToOutgoingContext(n.as(t, "pim"), "prefer", "respond-async"), &productv1.SetSupplierPriceRequest{RequestId: "later", Name: productName(id), SupplierPrice: price})
	refused("a price that is put off", err, "supplier_prices")
	if rows := p.rows(t, "product.product", []any{[]any{"id", "=", id}}, []any{"name", "barcode"}); rows[0]["name"] != "Swab, sterile" || rows[0]["barcode"] != "4006381333931" {
		t.Errorf("Odoo has %v", rows)
	}
	if rows := p.rows(t, "product.supplierinfo", []any{[]any{"partner_id", "=", supplier}}, []any{"id"}); len(rows) != 0 {
		t.Errorf("Odoo has %v", rows)
	}
	if got, err := update("pim", both); err != nil || got.GetGtin() != "04006381333948" {
		t.Errorf("its owner: %v, %v", got, err)
	}
}
