package gateway

import (
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	_ "google.golang.org/genproto/googleapis/rpc/errdetails" // what refusals consist of
)

const (
	pathContract = "/contract.binpb"
	mimeContract = "application/x-protobuf"
)

// contractSet is the public contract as a FileDescriptorSet, each file behind what it
// imports: what protoc and buf generate from. It has no comments.
func contractSet() ([]byte, error) {
	files := map[string]protoreflect.FileDescriptor{}
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		name := string(file.Package())
		if strings.HasPrefix(name, "mesh.") && !strings.HasPrefix(name, "mesh.internal.") || name == "google.rpc" {
			files[file.Path()] = file
		}
		return true
	})
	set, seen := &descriptorpb.FileDescriptorSet{}, map[string]bool{}
	var add func(protoreflect.FileDescriptor)
	add = func(file protoreflect.FileDescriptor) {
		if seen[file.Path()] {
			return
		}
		seen[file.Path()] = true
		for i := range file.Imports().Len() {
			add(file.Imports().Get(i).FileDescriptor)
		}
		set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		add(files[path])
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(set)
}
