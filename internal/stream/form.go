package stream

import (
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"odoomesh/internal/record"
)

// formOf is the JSON of a record as a structure: of the fields on some paths, also of those
// that are empty, or of all where there are no paths. nil where there is no record.
func formOf(m proto.Message, paths []string) (*structpb.Struct, error) {
	if m == nil {
		return nil, nil
	}
	text, err := record.AppendJSON(nil, m)
	if err != nil {
		return nil, err
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return structpb.NewStruct(members)
	}
	picked := map[string]any{}
	for _, path := range paths {
		pick(picked, members, m.ProtoReflect().Descriptor(), strings.Split(path, "."))
	}
	return structpb.NewStruct(picked)
}

// pick takes over what an object has on a path; null where it has nothing there.
func pick(to, from map[string]any, desc protoreflect.MessageDescriptor, steps []string) {
	field := desc.Fields().ByName(protoreflect.Name(steps[0]))
	name := field.JSONName()
	if len(steps) == 1 {
		to[name] = from[name]
		return
	}
	inner, _ := to[name].(map[string]any)
	if inner == nil {
		inner = map[string]any{}
		to[name] = inner
	}
	members, _ := from[name].(map[string]any)
	pick(inner, members, field.Message(), steps[1:])
}
