package services_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/index"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim/schema"
	"odoomesh/services"
)

// recorded is an Odoo that describes itself as one of a release did.
type recorded map[string]map[string]schema.Field

func (r recorded) FieldsGet(_ context.Context, model string, _ []string) (map[string]odoo.Field, error) {
	if r[model] == nil {
		return nil, &odoo.Fault{Kind: odoo.UnknownModel}
	}
	fields := map[string]odoo.Field{}
	for name, f := range r[model] {
		fields[name] = odoo.Field{
			Name: name, Type: f.Type, Relation: f.Relation, Store: f.Store,
			Unsearchable: !f.Searchable, CompanyDependent: f.CompanyDependent,
		}
	}
	return fields, nil
}

func collections(t *testing.T, check func(t *testing.T, c services.Collection)) {
	for _, d := range services.All() {
		for _, c := range d.Collections {
			t.Run(c.Name, func(t *testing.T) { check(t, c) })
		}
	}
}

// Every mapping fits every release as it described itself: fields exist, and where
// a change of another model shows, Odoo can search for the records.
func TestMappingsFitTheRecordedReleases(t *testing.T) {
	// A product's currencies are computed: their change is looked for everywhere.
	everywhere := []string{"products cost_currency_id", "products currency_id"}
	collections(t, func(t *testing.T, c services.Collection) {
		for major := 16; major <= 19; major++ {
			models, err := schema.Load(major)
			if err != nil {
				t.Fatal(err)
			}
			spec, err := c.Spec()
			if err != nil {
				t.Fatal(err)
			}
			plan, err := mapping.Fit(t.Context(), spec, major, c.Record.ProtoReflect().Type(), c.Name, recorded(models))
			if err != nil {
				t.Errorf("Odoo %d: %v", major, err)
				continue
			}
			for _, w := range plan.Watches() {
				if err := leads(models, plan.Model(), w); err != nil {
					t.Errorf("Odoo %d: the watch of %s over %s: %v", major, w.Model, w.Path, err)
				}
				if w.Everywhere != slices.Contains(everywhere, c.Name+" "+w.Path) {
					t.Errorf("Odoo %d: a change of %s is looked for everywhere: %t", major, w.Model, w.Everywhere)
				}
			}
		}
	})
}

// leads tells whether a watch's path is one of relations to the watched model.
func leads(models recorded, root string, w mapping.WatchedModel) error {
	if w.Through != "" {
		if got := models[w.Model][w.Through].Relation; got != root {
			return fmt.Errorf("%s leads to %q", w.Through, got)
		}
		return nil
	}
	model := root
	for name := range strings.SplitSeq(w.Path, ".") {
		f, there := models[model][name]
		if !there && w.Path != "" {
			return fmt.Errorf("%s has no field %s", model, name)
		}
		if name != "id" && w.Path != "" {
			model = f.Relation
		}
	}
	if model != w.Model {
		return fmt.Errorf("it leads to %q", model)
	}
	return nil
}

// Every canonical field comes from Odoo, or somebody else owns it.
func TestEveryFieldHasASource(t *testing.T) {
	collections(t, func(t *testing.T, c services.Collection) {
		spec, err := c.Spec()
		if err != nil {
			t.Fatal(err)
		}
		mapped := map[string]bool{}
		for path, n := range spec.Fields {
			note(mapped, path, n)
		}
		for _, path := range unmapped(c.Record.ProtoReflect().Descriptor(), "", mapped) {
			t.Errorf("%s is neither mapped nor owned by anyone but Odoo", path)
		}
	})
}

// note collects the paths that a node fills.
func note(mapped map[string]bool, path string, n *mapping.Node) {
	if n == nil {
		return
	}
	mapped[path] = true
	parent := path[:strings.LastIndex("."+path, ".")]
	if n.Source != "" {
		mapped[parent+n.Source] = true
	}
	for name := range n.Set {
		mapped[path+"."+name] = true
	}
	for name, inner := range n.Fields {
		note(mapped, path+"."+name, inner)
	}
	for _, inner := range append(slices.Clone(n.Elements), n.Take, n.Else, n.Or) {
		note(mapped, path, inner)
	}
}

func unmapped(desc protoreflect.MessageDescriptor, at string, mapped map[string]bool) []string {
	var missing []string
	for i := range desc.Fields().Len() {
		fd := desc.Fields().Get(i)
		path := at + string(fd.Name())
		rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
		switch made := at == "" && slices.Contains([]string{"name", "attributes", "update_time"}, path); {
		case made || rule.GetOwner() > optionsv1.Owner_OWNER_ODOO || rule.GetVolatile():
		case fd.Message() != nil && !fd.IsMap() && fd.Message().ParentFile().Package().Parent() != "google":
			missing = append(missing, unmapped(fd.Message(), path+".", mapped)...)
		case !mapped[path]:
			missing = append(missing, path)
		}
	}
	return missing
}

// What people look records up by is answered from an index.
func TestBusinessNumbersAreIndexed(t *testing.T) {
	wanted := map[string]string{
		"products":       "sku gtin identifiers.value supplier_prices.part_number",
		"suppliers":      "reference tax_id gln",
		"orders":         "number supplier supplier_reference state expected_time lines.promised_time lines.product",
		"requisitions":   "number supplier state lines.product",
		"receipts":       "number orders supplier state lines.product lines.lot_lines.lot lines.lot_lines.lot_number shipment.tracking_number announcements.reference announcements.state announcements.lines.lot_number announcements.lines.package_code",
		"invoices":       "number supplier supplier_reference state payment_state due_date orders",
		"locations":      "complete_name parent barcode usage",
		"lots":           "lot_number reference product expiration_time hold_state",
		"movements":      "product lot move_time source_location destination_location transfer_number order",
		"stockPositions": "product location lot lot_number expiration_time",
	}
	collections(t, func(t *testing.T, c services.Collection) {
		fields, err := index.Fields(c.Record.ProtoReflect().Descriptor())
		if err != nil {
			t.Fatal(err)
		}
		for path := range strings.SplitSeq(wanted[c.Name], " ") {
			if !slices.ContainsFunc(fields, func(f *index.Field) bool { return f.Path == path }) {
				t.Errorf("%s has no index on %q", c.Name, path)
			}
		}
	})
}
