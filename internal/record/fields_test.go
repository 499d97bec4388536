package record_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/record"
)

// A mask leads into groups of fields, into each line of a document, and to the keys
// of a map.
func TestAMaskLeadsIntoLines(t *testing.T) {
	quantity := &decimal.Decimal{Value: "7"}
	order := &orderv1.Order{
		Name: "orders/13", Number: "P00013", Attributes: map[string]string{"ward": "B", "x.y": "1", "shelf": "4"},
		Lines: []*orderv1.OrderLine{
			{Id: "1", Product: "products/2", Quantity: quantity, Unit: &typesv1.UnitOfMeasure{Name: "units/1", DisplayName: "Box"}},
			{Id: "2"},
		},
	}
	for _, c := range []struct {
		name string
		mask []string
		want *orderv1.Order
	}{
		{"a field of lines", []string{"number", "lines.quantity"},
			&orderv1.Order{Number: "P00013", Lines: []*orderv1.OrderLine{{Quantity: quantity}, {}}}},
		{"two fields of lines", []string{"lines.id", "lines.product"},
			&orderv1.Order{Lines: []*orderv1.OrderLine{{Id: "1", Product: "products/2"}, {Id: "2"}}}},
		{"a group in lines", []string{"lines.unit.name"},
			&orderv1.Order{Lines: []*orderv1.OrderLine{{Unit: &typesv1.UnitOfMeasure{Name: "units/1"}}, {}}}},
		{"lines, and a field of them", []string{"lines", "lines.quantity"}, &orderv1.Order{Lines: order.Lines}},
		{"a field of lines, and lines", []string{"lines.quantity", "lines"}, &orderv1.Order{Lines: order.Lines}},
		{"keys of a map", []string{"attributes.ward", "attributes.x.y", "attributes.none"},
			&orderv1.Order{Attributes: map[string]string{"ward": "B", "x.y": "1"}}},
		{"nothing that is set", []string{"locked"}, &orderv1.Order{}},
		{"everything", []string{"*"}, order},
		{"no mask", nil, order},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := proto.CloneOf(order)
			show, err := record.MaskOf[*orderv1.Order](&fieldmaskpb.FieldMask{Paths: c.mask}, &orderv1.Order{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, show(order), protocmp.Transform()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, order, protocmp.Transform()); diff != "" {
				t.Errorf("the record was changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestAMaskThatFitsNothingIsRefused(t *testing.T) {
	for path, want := range map[string]string{
		"colour":         `there is no field "colour" in Order: it has name, etag,`,
		"lines.nosuch":   `there is no field "lines.nosuch" in OrderLine: it has id,`,
		"number.value":   `"number" has no fields of its own`,
		"lines.id.value": `"lines.id" has no fields of its own`,
		"":               `there is no field ""`,
		"lines.":         `there is no field "lines."`,
	} {
		_, err := record.FieldsOf(&fieldmaskpb.FieldMask{Paths: []string{path}}, (&orderv1.Order{}).ProtoReflect().Descriptor())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", path, err, want)
		}
	}
	_, err := record.FieldsOf(&fieldmaskpb.FieldMask{Paths: []string{"number", "*"}}, (&orderv1.Order{}).ProtoReflect().Descriptor())
	if err == nil {
		t.Error("* beside another path was taken")
	}
}
