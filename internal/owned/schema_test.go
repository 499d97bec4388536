package owned_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/owned"
)

// A contract in which an owned field could not be addressed is refused at the start.
func TestAContractThatNothingCanAddress(t *testing.T) {
	for name, tt := range map[string]struct {
		list, nested bool
		id           string
		within       optionsv1.Owner
		refused      string
	}{
		"a field of a message":              {},
		"a field of lines":                  {list: true, id: "id"},
		"a field of lines without an id":    {list: true, refused: "id"},
		"a field of lines inside a message": {list: true, nested: true, id: "id", refused: "record itself"},
		"Odoo's field inside another's":     {within: optionsv1.Owner_OWNER_CARRIER, refused: "Odoo's"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := owned.New(owned.Config{Journal: openJournal(t, t.TempDir()), Clock: clockAt(noon), Records: map[string]protoreflect.MessageType{
				"things": thing(t, tt.list, tt.nested, tt.id, tt.within),
			}})
			if (err != nil) != (tt.refused != "") || err != nil && !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("it is refused with %v, want %q", err, tt.refused)
			}
		})
	}
}

// thing is a record with a part, or parts, which has a field of the mesh's; where the
// part is another's, a field of Odoo's.
func thing(t *testing.T, list, nested bool, id string, within optionsv1.Owner) protoreflect.MessageType {
	t.Helper()
	field := func(name, message string, many bool, owner optionsv1.Owner) *descriptorpb.FieldDescriptorProto {
		f := &descriptorpb.FieldDescriptorProto{Name: &name, Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()}
		if message != "" {
			f.Type, f.TypeName = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), proto.String(".mesh.test.v1."+message)
		}
		if many {
			f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
		}
		if owner != optionsv1.Owner_OWNER_UNSPECIFIED {
			f.Options = &descriptorpb.FieldOptions{}
			proto.SetExtension(f.Options, optionsv1.E_Field, &optionsv1.FieldRule{Owner: owner})
		}
		return f
	}
	message := func(name string, fields ...*descriptorpb.FieldDescriptorProto) *descriptorpb.DescriptorProto {
		for i, f := range fields {
			f.Number = proto.Int32(int32(i + 1))
		}
		return &descriptorpb.DescriptorProto{Name: &name, Field: fields}
	}
	inside := optionsv1.Owner_OWNER_MESH
	if within != optionsv1.Owner_OWNER_UNSPECIFIED {
		inside = optionsv1.Owner_OWNER_ODOO
	}
	part := message("Part", field("colour", "", false, inside))
	if id != "" {
		part = message("Part", field("colour", "", false, inside), field(id, "", false, 0))
	}
	record, between := message("Thing", field("part", "Part", list, within)), message("Between", field("part", "Part", list, 0))
	if nested {
		record = message("Thing", field("between", "Between", false, 0))
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("mesh/test/v1/thing.proto"), Package: proto.String("mesh.test.v1"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{record, between, part},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dynamicpb.NewMessageType(file.Messages().ByName("Thing"))
}
