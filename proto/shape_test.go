package proto_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// Whoever can read one domain can read them all: the standard methods of every
// collection are those of products with other names.
func TestStandardMethodsHaveTheShapeOfProducts(t *testing.T) {
	shapes := map[protoreflect.Name]string{}
	for _, m := range methods() {
		record := m.Output()
		r := resource(record)
		if r == nil || m.Name() != "Get"+record.Name() {
			continue
		}
		if !strings.HasPrefix(r.GetPattern()[0], r.GetPlural()+"/{") {
			t.Errorf("%s: its names %q do not begin with %s", record.FullName(), r.GetPattern(), r.GetPlural())
		}
		if watch := m.Parent().(protoreflect.ServiceDescriptor).Methods().ByName("Watch" + plural(r)); watch != nil {
			shapes[record.Name()] = shape(m, r)
		}
	}
	if len(shapes) < 2 {
		t.Fatalf("found the collections %v", shapes)
	}
	for name, got := range shapes {
		if diff := cmp.Diff(strings.Split(shapes["Product"], "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s differs from Product (-Product +%s):\n%s", name, name, diff)
		}
	}
}

func plural(r *annotations.ResourceDescriptor) protoreflect.Name {
	return protoreflect.Name(strings.ToUpper(r.GetPlural()[:1]) + r.GetPlural()[1:])
}

// id is what a pattern says of the ids of records, which differs.
var id = regexp.MustCompile(`\^products/.*\$`)

// shape is the standard methods of a collection as text, with the names of products;
// whom they serve which rows is the domain's own.
func shape(get protoreflect.MethodDescriptor, r *annotations.ResourceDescriptor) string {
	var text strings.Builder
	record := get.Output()
	for _, name := range []protoreflect.Name{"Get" + record.Name(), "BatchGet" + plural(r), "List" + plural(r), "Watch" + plural(r)} {
		m := get.Parent().(protoreflect.ServiceDescriptor).Methods().ByName(name)
		if m == nil {
			continue
		}
		described := protodesc.ToMethodDescriptorProto(m)
		described.Options = proto.CloneOf(described.GetOptions())
		proto.GetExtension(described.GetOptions(), optionsv1.E_Method).(*optionsv1.MethodRule).RowScope = 0
		text.WriteString(prototext.Format(described))
		text.WriteString(prototext.Format(protodesc.ToDescriptorProto(m.Input())))
		if m.Output() != record {
			text.WriteString(prototext.Format(protodesc.ToDescriptorProto(m.Output())))
		}
	}
	snake := regexp.MustCompile("[A-Z]").ReplaceAllStringFunc(r.GetSingular(), func(c string) string { return "_" + strings.ToLower(c) })
	renamed := strings.NewReplacer(
		"order_by", "order_by", "orderBy", "orderBy", // a field of every list, whatever is ordered
		string(record.ParentFile().Package()), "mesh.product.v1", string(plural(r)), "Products", string(record.Name()), "Product",
		r.GetPlural(), "products", r.GetSingular(), "product", snake, "product",
	).Replace(text.String())
	return id.ReplaceAllString(renamed, "^products/ID$$")
}
