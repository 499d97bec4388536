package proto_test

import (
	"fmt"
	"os"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// What buf does not compare: a path that was released answers, and a request that was
// enough is enough.
func TestWhatWasReleasedOverRESTRemains(t *testing.T) {
	text, err := os.ReadFile("released.binpb")
	if err != nil {
		t.Fatal(err)
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	released, err := protodesc.NewFiles(&set)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, m := range methods() {
		d, err := released.FindDescriptorByName(m.FullName())
		if err != nil {
			continue // it is new
		}
		before, now := d.(protoreflect.MethodDescriptor), bindings(m)
		for binding := range bindings(before) {
			if compared++; !now[binding] {
				t.Errorf("%s was released at %s, and is not there any more", m.FullName(), binding)
			}
		}
		demandsNoMore(t, before.Input(), m.Input(), map[protoreflect.FullName]bool{})
	}
	if compared == 0 {
		t.Error("nothing is compared")
	}
}

func bindings(m protoreflect.MethodDescriptor) map[string]bool {
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	all := map[string]bool{}
	for _, one := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
		all[fmt.Sprintf("%T %v %q", one.GetPattern(), one.GetGet()+one.GetPost()+one.GetPut()+one.GetPatch()+one.GetDelete(), one.GetBody())] = true
	}
	return all
}

// demandsNoMore compares what has to be given in a request and in what it holds.
func demandsNoMore(t *testing.T, before, now protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) {
	if seen[now.FullName()] {
		return
	}
	seen[now.FullName()] = true
	for i := range now.Fields().Len() {
		f := now.Fields().Get(i)
		old := before.Fields().ByNumber(f.Number())
		if required(f) && (old == nil || !required(old)) {
			t.Errorf("%s has to be given, and had not to be when it was released", f.FullName())
		}
		if old != nil && f.Message() != nil && old.Message() != nil {
			demandsNoMore(t, old.Message(), f.Message(), seen)
		}
	}
}

func required(f protoreflect.FieldDescriptor) bool {
	behaviors, _ := proto.GetExtension(f.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	for _, b := range behaviors {
		if b == annotations.FieldBehavior_REQUIRED {
			return true
		}
	}
	return false
}
