package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// made runs the plugin for one file of the contract, as change left it, and answers
// what it made by name.
func made(t *testing.T, fd protoreflect.FileDescriptor, change func(*descriptorpb.FileDescriptorProto)) (map[string]string, error) {
	t.Helper()
	request := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: []string{fd.Path()}, Parameter: proto.String("module=odoomesh/gen/go"), ProtoFile: withImports(fd, nil),
	}
	change(request.ProtoFile[len(request.ProtoFile)-1])
	plugin, err := protogen.Options{}.New(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := generate(plugin); err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, f := range plugin.Response().GetFile() {
		texts[f.GetName()] = f.GetContent()
	}
	return texts, nil
}

func unchanged(*descriptorpb.FileDescriptorProto) {}

// withImports lists a file behind all that it imports, as protoc does.
func withImports(fd protoreflect.FileDescriptor, all []*descriptorpb.FileDescriptorProto) []*descriptorpb.FileDescriptorProto {
	if slices.ContainsFunc(all, func(f *descriptorpb.FileDescriptorProto) bool { return f.GetName() == fd.Path() }) {
		return all
	}
	for i := range fd.Imports().Len() {
		all = withImports(fd.Imports().Get(i).FileDescriptor, all)
	}
	return append(all, protodesc.ToFileDescriptorProto(fd))
}

// What stands in gen/ is what the plugin makes now, for a service with one kind of
// record, with several, with methods of its own, and without records.
func TestWhatIsCommittedIsWhatThePluginMakes(t *testing.T) {
	for _, fd := range []protoreflect.FileDescriptor{
		productv1.File_mesh_product_v1_product_service_proto, orderv1.File_mesh_order_v1_order_service_proto,
		inventoryv1.File_mesh_inventory_v1_inventory_service_proto, operationsv1.File_mesh_operations_v1_operations_service_proto,
	} {
		texts, err := made(t, fd, unchanged)
		if err != nil || len(texts) != 1 {
			t.Fatalf("%s: made %d files: %v", fd.Path(), len(texts), err)
		}
		for name, text := range texts {
			committed, err := os.ReadFile("../../../gen/go/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(committed), text); diff != "" {
				t.Errorf("%s (-committed +made):\n%s", name, diff)
			}
		}
	}
}

func without(method string) func(*descriptorpb.FileDescriptorProto) {
	return func(f *descriptorpb.FileDescriptorProto) {
		s := f.GetService()[0]
		s.Method = slices.DeleteFunc(s.GetMethod(), func(m *descriptorpb.MethodDescriptorProto) bool { return m.GetName() == method })
	}
}

func TestAForgottenStandardMethodIsNamed(t *testing.T) {
	for _, method := range []string{"BatchGetProducts", "ListProducts", "WatchProducts"} {
		_, err := made(t, productv1.File_mesh_product_v1_product_service_proto, without(method))
		if err == nil || !strings.Contains(err.Error(), "mesh.product.v1.ProductService has no "+method) {
			t.Errorf("without %s: %v", method, err)
		}
	}
}

// Where a service has a method of its own, nothing registers the standard ones alone:
// the domain's room has to write the method.
func TestServeIsMadeForStandardMethodsAlone(t *testing.T) {
	standard := func(f *descriptorpb.FileDescriptorProto) {
		s := f.GetService()[0]
		s.Method = slices.DeleteFunc(s.Method, func(m *descriptorpb.MethodDescriptorProto) bool {
			return !strings.HasPrefix(m.GetName(), "Get") && !strings.HasPrefix(m.GetName(), "BatchGet") && !strings.HasPrefix(m.GetName(), "List") && !strings.HasPrefix(m.GetName(), "Watch")
		})
	}
	own := func(f *descriptorpb.FileDescriptorProto) {
		standard(f)
		s := f.GetService()[0]
		confirm := proto.CloneOf(s.GetMethod()[0])
		confirm.Name = proto.String("ConfirmProduct")
		s.Method = append(s.Method, confirm)
	}
	for _, c := range []struct {
		name   string
		change func(*descriptorpb.FileDescriptorProto)
		want   bool
	}{{"standard methods", standard, true}, {"a method of its own", own, false}} {
		t.Run(c.name, func(t *testing.T) {
			texts, err := made(t, productv1.File_mesh_product_v1_product_service_proto, c.change)
			if err != nil {
				t.Fatal(err)
			}
			text := texts["mesh/product/v1/productservice/product_service.mesh.go"]
			if got := strings.Contains(text, "func Serve["); got != c.want || !strings.Contains(text, "type Standard struct") {
				t.Errorf("Serve is made: %v, want %v, in\n%s", got, c.want, text)
			}
		})
	}
}
