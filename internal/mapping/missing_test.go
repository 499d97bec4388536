package mapping_test

import (
	"strings"
	"testing"

	"odoomesh/internal/mapping"
)

func TestAMissingFieldSaysWhichOverlayMendsIt(t *testing.T) {
	for canonical, want := range map[string]string{
		"sku":                   "{domain: product, fields: {sku: {odoo: x_your_field}}}",
		`attributes["storage"]`: `{domain: product, attributes: {"storage": x_your_field}}`,
	} {
		err := &mapping.MissingError{Domain: "product", Major: 18, Missing: []mapping.MissingField{{
			FieldName: mapping.FieldName{Model: "product.product", Field: "x"}, Canonical: []string{canonical},
		}}}
		if !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %q, want the overlay %q", canonical, err, want)
		}
		if _, parseErr := mapping.Parse([]byte("domain: product\nversion: 1\nmodel: m\nfields: {sku: a}\n"), []byte(want)); parseErr != nil {
			t.Errorf("%s: the overlay that is proposed cannot be read: %v", canonical, parseErr)
		}
	}
}
