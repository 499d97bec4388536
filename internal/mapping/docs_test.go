package mapping_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/mapping"
	"odoomesh/services"
)

var update = flag.Bool("update", false, "write docs/mappings.md anew")

const mappingsIntro = `# Mappings

Generated from the mapping.yaml of each domain and the contract by ` + "`go test ./internal/mapping -run Documentation -update`" + `.

Where each field of a record comes from in Odoo, by release. A dotted name goes over a relation: ` + "`order_line.product_qty`" + ` is the quantity of
an order's line. ` + "`a + b`" + ` is made from both; what stands behind *or* is read where the first is empty; = is
what the release before has; – means that Odoo has nothing there. Several sources of one list stand below each other. What is *optional*
comes with a module of Odoo's that need not be installed. An overlay can change all of it: [mapping-language.md](mapping-language.md) tells how, and
what the converters do.

The owner alone may change a field. What the mesh, the supplier's portal or the carrier own is not in Odoo, unless a field of Odoo's is named.
Every record has besides: its name, etag and provenance, filled by the mesh; attributes, from overlays; and ` + "`update_time`" + `, the latest
` + "`write_date`" + ` among the rows that it is made of.
`

// Documentation for people follows from the mappings; this test holds it to them.
func TestDocumentation(t *testing.T) {
	var page strings.Builder
	page.WriteString(mappingsIntro)
	for _, domain := range services.All() {
		for _, c := range domain.Collections {
			spec, err := c.Spec()
			if err != nil {
				t.Fatal(err)
			}
			writeTable(&page, c.Name, spec, c.Record.ProtoReflect().Descriptor())
		}
	}
	path := filepath.Join("..", "..", "docs", "mappings.md")
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.String(), string(have)); diff != "" {
		t.Errorf("docs/mappings.md is out of date; write it anew with -update:\n%s", diff)
	}
}

// Each release of Odoo has its own column: a name that differs shows in its place.
func TestDocumentationNamesReleases(t *testing.T) {
	spec, err := mapping.Parse([]byte(`
domain: order
version: 1
model: purchase.order
fields:
  number: name
  locked: {odoo: {16: state, 19: null}, is: [done], else: {odoo: {16: null, 19: locked}}}
  lines:
    - each: order_line
      model: purchase.order.line
      fields:
        unit_price: {odoo: price_unit, currency: currency_id}
        discount_percent: {odoo: {16: null, 17: discount}}
`))
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	writeTable(&page, "orders", spec, recordOf(t, "orders"))
	for _, row := range []string{
		"| `number` | `name` | = | = | = | Odoo | text |",
		"| `locked` | `state` | = | = | `locked` | Odoo | is done; bool |",
		"| `lines.unit_price` | `order_line.price_unit` | = | = | = | Odoo | money in `currency_id` |",
		"| `lines.discount_percent` | – | `order_line.discount` | = | = | Odoo | decimal |",
		"| `revision` | – | – | – | – | mesh | |",
	} {
		if !strings.Contains(page.String(), row+"\n") {
			t.Errorf("there is no row %s in\n%s", row, page.String())
		}
	}
}

func recordOf(t *testing.T, collection string) protoreflect.MessageDescriptor {
	t.Helper()
	for _, domain := range services.All() {
		for _, c := range domain.Collections {
			if c.Name == collection {
				return c.Record.ProtoReflect().Descriptor()
			}
		}
	}
	t.Fatalf("there are no %s", collection)
	return nil
}

func writeTable(page *strings.Builder, collection string, spec *mapping.Spec, desc protoreflect.MessageDescriptor) {
	fmt.Fprintf(page, "\n## %s\n\n%s\n\n", collection, rowsOf(spec))
	page.WriteString("| field | Odoo 16 | 17 | 18 | 19 | owner | converter |\n|---|---|---|---|---|---|---|\n")
	a := atlas{}
	a.message("", spec.Fields, nil, desc, [releases]string{})
	a.rows(page, "", desc, "Odoo", true)
}

// rowsOf says which of Odoo's rows are records.
func rowsOf(spec *mapping.Spec) string {
	says := "One row of `" + spec.Model + "` is one record."
	if len(spec.GroupBy) > 0 {
		says = "All rows of `" + spec.Model + "` that agree in `" + strings.Join(spec.GroupBy, "`, `") + "` are one record."
	}
	for i, m := range spec.Members {
		word := map[bool]string{true: " It is one", false: ", or"}[i == 0]
		if i > 0 {
			says = strings.TrimSuffix(says, ".")
		}
		if m.Model != "" {
			says += word + " where a row of `" + m.Model + "` points at it by `" + m.Through + "`."
			continue
		}
		var conditions []string
		for _, leaf := range m.Where {
			switch l := leaf.(type) {
			case []any:
				conditions = append(conditions, fmt.Sprintf("(%v %v %v)", l...))
			default:
				conditions = append(conditions, fmt.Sprint(l))
			}
		}
		says += word + " where `" + strings.Join(conditions, " ") + "`."
	}
	return says
}
