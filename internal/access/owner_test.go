package access

import (
	"strings"
	"testing"

	"odoomesh/internal/clock"
)

const updateProduct = "/mesh.product.v1.ProductService/UpdateProduct"

// Whose a field is, is told by explain and diff, and is not looked at with broken glass.
func TestWhoseAFieldIs(t *testing.T) {
	buyers := "principals:\n" + one("ann", "roles: [buyer, writer], accept_conflict: a test, break_glass: {roles: [quality], minutes: 5}") + one("pim", "roles: [writer]")
	roles := "roles:\n  writer: {about: writes, rights: {product: [read, write]}}\n  master: {about: is one, rights: {product: [read, write]}}\n"
	text := roles + "owners:\n- {field: products.gtin, owner: master, because: it is kept elsewhere}\n- {field: products.sku, owner: odoo, because: people number}\n" + buyers + one("master", "roles: [master]")
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	g, err := Open(Config{File: "governed", Governed: []byte(text), Clock: clock.System{}})
	if err == nil {
		err = g.Cover(contractServices()...)
	}
	if err != nil {
		t.Fatal(err)
	}
	fieldsFor := func(p *Principal, method string) (all []string) {
		for _, o := range g.OthersFields(WithPrincipal(t.Context(), p), method) {
			all = append(all, o.Field+" of "+o.Whose)
		}
		return all
	}
	for who, want := range map[string]string{"pim": "gtin of master, sku of odoo", "master": "sku of odoo"} {
		if got := strings.Join(fieldsFor(f.Principal(who), updateProduct), ", "); got != want {
			t.Errorf("%s: %s", who, got)
		}
	}
	if got := fieldsFor(f.Principal("pim"), releaseOrder); len(got) != 0 {
		t.Errorf("of a command that writes no such field: %v", got)
	}
	if e, err := g.Explain("pim", "products.update"); err != nil || !strings.Contains(e.Why, "But not gtin, which is master's, not sku, which is odoo's.") {
		t.Errorf("%+v, %v", e, err)
	}
	plain, err := Parse([]byte(roles + buyers + one("master", "roles: [master]")))
	if err != nil {
		t.Fatal(err)
	}
	if changes := Diff(plain, f); len(changes) != 6 { // create and update, of three
		t.Errorf("%+v", changes)
	}
	ann := WithPrincipal(t.Context(), g.File().Principal("ann"))
	if _, err := g.BreakGlass(ann, "night", 0); err != nil {
		t.Fatal(err)
	}
	if got := fieldsFor(g.now.Load().broken["ann"], updateProduct); len(got) != 0 {
		t.Errorf("with broken glass: %v", got)
	}
}

func TestAnOwnerThatCannotBeIsTold(t *testing.T) {
	for text, says := range map[string]string{
		"{field: products.gtn, owner: buyer, because: x}":                                                     `did you mean "products.gtin"?`,
		"{field: products.stock, owner: buyer, because: x}":                                                   "no command writes",
		"{field: gtin, owner: buyer, because: x}":                                                             "no command writes",
		"{field: products.gtin, owner: nobody-known, because: x}":                                             `there is no role "nobody-known"`,
		"{field: products.gtin, owner: buyer}":                                                                "because",
		"{field: products.gtin, owner: buyer, because: x, more: y}":                                           "more",
		"{field: products.gtin, owner: buyer, because: x}\n- {field: products.gtin, owner: odoo, because: y}": "has an owner before",
	} {
		_, err := Parse([]byte("owners:\n- " + text + "\nprincipals:\n" + one("ann", "roles: [buyer]")))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
