package mapping

import (
	"strings"
	"testing"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

const small = `
domain: product
version: 1
model: product.product
fields:
  sku: default_code
  kind: {odoo: {16: [detailed_type], 18: [type, is_storable]}, source: source_kind, values: {product: KIND_GOODS}}
`

func compileText(t *testing.T, major int, texts ...string) (*Plan, error) {
	t.Helper()
	var overlays [][]byte
	for _, o := range texts[1:] {
		overlays = append(overlays, []byte(o))
	}
	spec, err := Parse([]byte(texts[0]), overlays...)
	if err != nil {
		return nil, err
	}
	return Compile(spec, major, (&productv1.Product{}).ProtoReflect().Type(), "products", nil)
}

func TestNamesHoldFromARelease(t *testing.T) {
	for major, want := range map[int]string{16: "detailed_type", 17: "detailed_type", 18: "is_storable", 19: "is_storable"} {
		p, err := compileText(t, major, small)
		if err != nil {
			t.Fatal(err)
		}
		if reads := strings.Join(p.Reads()["product.product"], " "); !strings.Contains(reads, want) {
			t.Errorf("Odoo %d reads %s, want %s among it", major, reads, want)
		}
	}
}

func TestOverlayAddsAndReplaces(t *testing.T) {
	p, err := compileText(t, 17, small, `
domain: product
fields: {sku: x_code, storage_conditions: x_storage}
attributes: {ward: x_ward}
`, "domain: supplier\nfields: {reference: x_other}")
	if err != nil {
		t.Fatal(err)
	}
	reads := " " + strings.Join(p.Reads()["product.product"], " ") + " "
	for _, want := range []string{"x_code", "x_storage", "x_ward"} {
		if !strings.Contains(reads, " "+want+" ") {
			t.Errorf("%s is not read: %s", want, reads)
		}
	}
	for _, gone := range []string{"default_code", "x_other"} {
		if strings.Contains(reads, " "+gone+" ") {
			t.Errorf("%s is read: %s", gone, reads)
		}
	}
}

func TestFingerprintChangesWithTheMapping(t *testing.T) {
	prints := map[string]string{}
	for name, texts := range map[string][]string{
		"plain": {small}, "overlay": {small, "domain: product\nattributes: {ward: x_ward}"},
		"changed": {strings.Replace(small, "version: 1", "version: 2", 1)},
	} {
		p, err := compileText(t, 17, texts...)
		if err != nil {
			t.Fatal(err)
		}
		if other, twice := prints[p.Fingerprint()]; twice {
			t.Errorf("%s and %s have one fingerprint", name, other)
		}
		prints[p.Fingerprint()] = name
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown canonical field", "fields: {skuu: default_code}", "skuu"},
		{"unknown converter", "fields: {sku: {odoo: default_code, as: gtim}}", "gtim"},
		{"unknown enum value", "fields: {kind: {odoo: type, values: {a: KIND_ODD}}}", "KIND_ODD"},
		{"unknown key of the language", "fields: {sku: {oddo: default_code}}", "oddo"},
		{"two kinds of source", "fields: {sku: {odoo: a, follow: b}}", "exclude each other"},
		{"no source", "fields: {sku: {as: text}}", "no source"},
		{"a list where there is none", "fields: {sku: [{fields: {id: id}}]}", "sku"},
		{"not a release", "fields: {sku: {odoo: {v17: a}}}", "release"},
		{"following to no model", "fields: {category: {follow: categ_id, fields: {id: id}}}", "no model"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := compileText(t, 17, "domain: product\nversion: 1\nmodel: product.product\n"+c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want one that names %q", err, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("domain: product\nversion: 1\nmodel: m\nfields: {a: [{each: b, model: c, keep: {d: [false, $id]}, fields: {id: id}}]}"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		spec, err := Parse(text)
		if err != nil {
			return
		}
		for major := 16; major <= 19; major++ {
			// A mapping that can be read is compiled or refused, whatever it says.
			_, _ = Compile(spec, major, (&productv1.Product{}).ProtoReflect().Type(), "products", nil)
		}
	})
}
