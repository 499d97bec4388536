package main

import (
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// inputSuffix marks the form that a message has in a request, where it is another than in
// answers: without what only the mesh says, and with nothing to be given but what has to be.
const inputSuffix = ".Input"

const required, outputOnly = annotations.FieldBehavior_REQUIRED, annotations.FieldBehavior_OUTPUT_ONLY

func behaves(f protoreflect.FieldDescriptor, how annotations.FieldBehavior) bool {
	list, _ := proto.GetExtension(f.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	for _, one := range list {
		if one == how {
			return true
		}
	}
	return false
}

// fieldAt follows a path of JSON names, such as readMode.live; nil where it leads nowhere.
func fieldAt(m protoreflect.MessageDescriptor, path string) protoreflect.FieldDescriptor {
	var field protoreflect.FieldDescriptor
	for _, name := range strings.Split(path, ".") {
		if m == nil {
			return nil
		}
		if field = m.Fields().ByJSONName(name); field == nil {
			field = m.Fields().ByTextName(name)
		}
		if field == nil {
			return nil
		}
		m = field.Message()
	}
	return field
}

// describeSchemas says which fields are always there, and makes the forms that messages
// have in requests.
func (d *document) describeSchemas() {
	answered := map[string]bool{}
	for _, verbs := range d.object["paths"].(object) {
		for _, operation := range verbs.(object) {
			d.reach(operation.(object)["responses"], answered)
		}
	}
	made := map[string]bool{}
	for _, path := range keys(d.object["paths"].(object)) {
		for _, operation := range d.object["paths"].(object)[path].(object) {
			operation := operation.(object)
			body, ok := operation["requestBody"].(object)
			if !ok {
				continue
			}
			for _, content := range body["content"].(object) {
				d.describeBody(operation, content.(object), answered, made)
			}
		}
	}
	for name, schema := range d.schemas() {
		if m := d.message(name); m != nil && answered[name] {
			d.describeAnswered(schema.(object), m)
		}
	}
	wanted := map[string]bool{}
	d.reach(d.object["paths"], wanted)
	for _, name := range keys(d.schemas()) {
		if !wanted[name] {
			delete(d.schemas(), name)
		}
	}
	tidy(d.object["components"])
}

// reach notes the schemas that a part of the document leads to.
func (d *document) reach(part any, seen map[string]bool) {
	switch part := part.(type) {
	case []any:
		for _, item := range part {
			d.reach(item, seen)
		}
	case object:
		if ref, ok := part["$ref"].(string); ok {
			if name, isSchema := strings.CutPrefix(ref, schemaPrefix); isSchema && !seen[name] {
				seen[name] = true
				d.reach(d.schemas()[name], seen)
			} else if name, isResponse := strings.CutPrefix(ref, "#/components/responses/"); isResponse {
				d.reach(d.object["components"].(object)["responses"].(object)[name], seen)
			}
		}
		for _, value := range part {
			d.reach(value, seen)
		}
	}
}

// describeAnswered: an answer has every scalar, list and map, even where it is empty; what
// has a presence of its own is left out where it is unset.
func (d *document) describeAnswered(schema object, m protoreflect.MessageDescriptor) {
	// Of several that exclude each other one is set, which the generator says in a way that
	// few tools follow.
	delete(schema, "oneOf")
	properties, _ := schema["properties"].(object)
	var always []any
	for _, name := range keys(properties) {
		f := m.Fields().ByJSONName(name)
		if f != nil && !f.HasPresence() {
			always = append(always, name)
		}
	}
	delete(schema, "required")
	if len(always) > 0 {
		schema["required"] = always
	}
}

// describeBody gives a request's body the form that requests have.
func (d *document) describeBody(operation, content object, answered, made map[string]bool) {
	m := d.methodOf(operation)
	schema := content["schema"].(object)
	if ref, ok := schema["$ref"].(string); ok {
		content["schema"] = reference(d.input(strings.TrimPrefix(ref, schemaPrefix), answered, made))
		return
	}
	d.describeInput(schema, m.Input(), answered, made)
}

func (d *document) methodOf(operation object) protoreflect.MethodDescriptor {
	for id, m := range d.methods {
		if strings.HasSuffix(id, "_"+operation["operationId"].(string)) {
			return m
		}
	}
	return nil
}

// input makes the form that a message has in requests, and answers its name.
func (d *document) input(name string, answered, made map[string]bool) string {
	m := d.message(name)
	if m == nil {
		return name // an enumeration
	}
	to := name
	if answered[name] && m.Fields().Len() > 0 {
		to += inputSuffix
	}
	if made[to] {
		return to
	}
	made[to] = true
	schema := clone(d.schemas()[name]).(object)
	d.schemas()[to] = schema
	d.describeInput(schema, m, answered, made)
	return to
}

func (d *document) describeInput(schema object, m protoreflect.MessageDescriptor, answered, made map[string]bool) {
	properties, _ := schema["properties"].(object)
	delete(schema, "required")
	var needed []any
	for _, name := range keys(properties) {
		f := m.Fields().ByJSONName(name)
		if f == nil {
			continue
		}
		if behaves(f, outputOnly) || f.Name() == "provenance" || f.Name() == "unreadable" {
			delete(properties, name)
			continue
		}
		if behaves(f, required) || demanded(f) {
			needed = append(needed, name)
		}
		property := properties[name].(object)
		d.limit(property, f)
		d.toInput(property, answered, made)
	}
	if len(needed) > 0 {
		schema["required"] = needed
	}
}

// toInput leads every reference of a property to the form that requests have.
func (d *document) toInput(part any, answered, made map[string]bool) {
	switch part := part.(type) {
	case []any:
		for _, item := range part {
			d.toInput(item, answered, made)
		}
	case object:
		if ref, ok := part["$ref"].(string); ok {
			part["$ref"] = schemaPrefix + d.input(strings.TrimPrefix(ref, schemaPrefix), answered, made)
		}
		for _, value := range part {
			d.toInput(value, answered, made)
		}
	}
}

func clone(part any) any {
	switch part := part.(type) {
	case []any:
		out := make([]any, len(part))
		for i, item := range part {
			out[i] = clone(item)
		}
		return out
	case object:
		out := object{}
		for name, value := range part {
			out[name] = clone(value)
		}
		return out
	default:
		return part
	}
}

// tidy writes descriptions as paragraphs, and takes out what says a thing twice.
func tidy(part any) {
	switch part := part.(type) {
	case []any:
		for _, item := range part {
			tidy(item)
		}
	case object:
		if about, ok := part["description"].(string); ok && !strings.HasPrefix(about, "- ") {
			part["description"] = one(about)
		}
		for _, value := range part {
			tidy(value)
		}
	}
}
