package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/mapping"
	"odoomesh/services"
)

// A plan says which canonical fields it fills: not those whose module Odoo lacks, and
// those too that an overlay maps.
func TestAPlanNamesTheFieldsThatItFills(t *testing.T) {
	delivery := map[mapping.FieldName]bool{
		{Model: "stock.picking", Field: "carrier_id"}: true, {Model: "stock.picking", Field: "carrier_tracking_ref"}: true,
	}
	for _, tt := range []struct {
		name, collection, overlay string
		absent                    map[mapping.FieldName]bool
		fills, leaves             []string
	}{
		{"with the module delivery", "receipts", "", nil,
			[]string{"number", "lines.expected_quantity", "source_state", "lines.lot_lines.lot", "shipment.carrier", "shipment.tracking_number"},
			[]string{"lines", "shipment", "shipment.milestones"}},
		{"without it", "receipts", "", delivery, []string{"number"}, []string{"shipment.carrier", "shipment.tracking_number"}},
		{"as it comes", "products", "", nil, []string{"sku", "identifiers.type", "base_unit.name"}, []string{"storage_conditions", "base_unit"}},
		{"with an overlay", "products", "domain: product\nfields: {storage_conditions: x_storage}", nil, []string{"storage_conditions"}, nil},
		{"of lines", "orders", "domain: order\nfields:\n  lines:\n    - each: order_line\n      model: purchase.order.line\n      fields: {id: id, promised_time: x_promised}", nil,
			[]string{"lines.promised_time"}, []string{"lines.acknowledgement"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fills := planOf(t, tt.collection, tt.overlay, tt.absent).Fills()
			for _, path := range tt.fills {
				if !slices.Contains(fills, path) {
					t.Errorf("%s is filled, and is not among %v", path, fills)
				}
			}
			for _, path := range tt.leaves {
				if slices.Contains(fills, path) {
					t.Errorf("%s is not filled, and is among %v", path, fills)
				}
			}
		})
	}
}

func planOf(t *testing.T, collection, overlay string, absent map[mapping.FieldName]bool) *mapping.Plan {
	t.Helper()
	for _, d := range services.All() {
		for _, c := range d.Collections {
			if c.Name != collection {
				continue
			}
			var overlays [][]byte
			if overlay != "" {
				overlays = append(overlays, []byte(overlay))
			}
			spec, err := c.Spec(overlays...)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := mapping.Compile(spec, 18, c.Record.ProtoReflect().Type(), c.Name, absent)
			if err != nil {
				t.Fatal(err)
			}
			return plan
		}
	}
	t.Fatalf("there are no %s", collection)
	return nil
}

// Every field that a mapping fills is one of the contract's.
func TestWhatIsFilledIsInTheContract(t *testing.T) {
	for _, d := range services.All() {
		for _, c := range d.Collections {
			for _, path := range planOf(t, c.Name, "", nil).Fills() {
				if !resolves(c.Record.ProtoReflect().Descriptor(), path) {
					t.Errorf("%s: there is no %s", c.Name, path)
				}
			}
		}
	}
}

func resolves(desc protoreflect.MessageDescriptor, path string) bool {
	at := desc
	for i, name := range strings.Split(path, ".") {
		if i > 0 && at == nil {
			return false
		}
		fd := at.Fields().ByName(protoreflect.Name(name))
		if fd == nil {
			return false
		}
		at = fd.Message()
	}
	return true
}
