package main

import (
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func rulesOf(f protoreflect.FieldDescriptor) *validate.FieldRules {
	rules, _ := proto.GetExtension(f.Options(), validate.E_Field).(*validate.FieldRules)
	return rules
}

// demanded tells whether a request without the field is refused.
func demanded(f protoreflect.FieldDescriptor) bool { return rulesOf(f).GetRequired() }

// limit writes the limits of a field into its schema.
func (d *document) limit(schema object, f protoreflect.FieldDescriptor) {
	rules := rulesOf(f)
	if list := rules.GetRepeated(); list != nil {
		set(schema, "minItems", list.MinItems)
		set(schema, "maxItems", list.MaxItems)
		if items, ok := schema["items"].(object); ok {
			limitOne(items, list.GetItems())
		}
		return
	}
	if ref, ok := schema["$ref"]; ok && ref != "" {
		return
	}
	limitOne(schema, rules)
}

func limitOne(schema object, rules *validate.FieldRules) {
	if text := rules.GetString(); text != nil {
		set(schema, "minLength", text.MinLen)
		set(schema, "maxLength", text.MaxLen)
		// What only RE2 knows means something else elsewhere.
		if pattern := text.GetPattern(); pattern != "" && !strings.Contains(pattern, `\p`) && !strings.Contains(pattern, "(?") {
			schema["pattern"] = pattern
		}
	}
	if number := rules.GetInt32(); number != nil {
		if number.HasGte() {
			schema["minimum"] = number.GetGte()
		}
		if number.HasGt() {
			schema["exclusiveMinimum"] = number.GetGt()
		}
		if number.HasLte() {
			schema["maximum"] = number.GetLte()
		}
	}
}

func set(schema object, name string, limit *uint64) {
	if limit != nil {
		schema[name] = *limit
	}
}
