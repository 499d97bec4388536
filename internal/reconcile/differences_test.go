package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/reconcile"
)

func TestDifferencesNameThePathAndBothValues(t *testing.T) {
	base := &productv1.Product{
		Name: "products/1", Sku: "A", Etag: `"1"`, Kind: productv1.Kind_KIND_GOODS,
		Identifiers: []*productv1.Identifier{{Value: "1"}, {Value: "2"}},
		Attributes:  map[string]string{"a": "1"},
		BaseUnit:    &typesv1.UnitOfMeasure{DisplayName: "Unit", Rounding: &decimal.Decimal{Value: "0.01"}},
		Cost:        &money.Money{CurrencyCode: "EUR", Units: 3},
	}
	cases := []struct {
		name   string
		change func(*productv1.Product)
		want   []reconcile.Difference
	}{
		{"nothing", func(*productv1.Product) {}, nil},
		{"what is no content", func(p *productv1.Product) {
			p.Etag, p.Provenance, p.UpdateTime = `"2"`, &typesv1.Provenance{Revision: 9}, timestamppb.Now()
		}, nil},
		{"a text", func(p *productv1.Product) { p.Sku = "" }, []reconcile.Difference{{Field: "sku", Mesh: `"A"`, Odoo: `""`}}},
		{"an enumeration", func(p *productv1.Product) { p.Kind = productv1.Kind_KIND_SERVICE },
			[]reconcile.Difference{{Field: "kind", Mesh: `"KIND_GOODS"`, Odoo: `"KIND_SERVICE"`}}},
		{"inside a list", func(p *productv1.Product) { p.Identifiers[1].Value = "3" },
			[]reconcile.Difference{{Field: "identifiers[1].value", Mesh: `"2"`, Odoo: `"3"`}}},
		{"a longer list", func(p *productv1.Product) {
			p.Identifiers = append(p.Identifiers, &productv1.Identifier{Value: "3"})
		}, []reconcile.Difference{{Field: "identifiers[2]", Odoo: `{"value":"3"}`}}},
		{"a shorter list", func(p *productv1.Product) { p.Identifiers = p.Identifiers[:1] },
			[]reconcile.Difference{{Field: "identifiers[1]", Mesh: `{"value":"2"}`}}},
		{"attributes", func(p *productv1.Product) { p.Attributes = map[string]string{"a": "2", "b": "3"} },
			[]reconcile.Difference{{Field: `attributes["a"]`, Mesh: `"1"`, Odoo: `"2"`}, {Field: `attributes["b"]`, Odoo: `"3"`}}},
		{"inside a message", func(p *productv1.Product) { p.BaseUnit.Rounding = &decimal.Decimal{Value: "1"} },
			[]reconcile.Difference{{Field: "base_unit.rounding", Mesh: `{"value":"0.01"}`, Odoo: `{"value":"1"}`}}},
		{"a message that is gone", func(p *productv1.Product) { p.Cost = nil },
			[]reconcile.Difference{{Field: "cost", Mesh: `{"currencyCode":"EUR","units":"3"}`}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			other := proto.CloneOf(base)
			c.change(other)
			if diff := cmp.Diff(c.want, reconcile.Differences(base.ProtoReflect(), other.ProtoReflect())); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Two records of content alone differ where, and only where, protobuf says so.
func TestDifferencesAgreeWithEquality(t *testing.T) {
	text := rapid.SampledFrom([]string{"", "a", "b", "\xff"})
	product := rapid.Custom(func(t *rapid.T) *productv1.Product {
		p := &productv1.Product{Sku: text.Draw(t, "sku"), Kind: productv1.Kind(rapid.IntRange(0, 20).Draw(t, "kind"))}
		for range rapid.IntRange(0, 2).Draw(t, "identifiers") {
			p.Identifiers = append(p.Identifiers, &productv1.Identifier{Value: text.Draw(t, "value"), Quantity: rapid.SampledFrom([]*decimal.Decimal{nil, {}, {Value: "1"}}).Draw(t, "quantity")})
		}
		p.Attributes = rapid.MapOfN(text, text, 0, 2).Draw(t, "attributes")
		p.Cost = rapid.SampledFrom([]*money.Money{nil, {}, {Units: 1}}).Draw(t, "cost")
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := product.Draw(t, "a"), product.Draw(t, "b")
		found := reconcile.Differences(a.ProtoReflect(), b.ProtoReflect())
		if proto.Equal(a, b) != (len(found) == 0) {
			t.Fatalf("equal is %v, differences are %v", proto.Equal(a, b), found)
		}
		for _, d := range found {
			if d.Mesh == d.Odoo {
				t.Fatalf("%s has the same value twice: %s", d.Field, d.Mesh)
			}
		}
	})
}
