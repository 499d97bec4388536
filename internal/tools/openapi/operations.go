package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	mimeJSON   = "application/json"
	mimeLines  = "application/x-ndjson"
	mimeEvents = "text/event-stream"
)

// describeOperations goes through the paths. The generator names parameters after fields
// and gives the same path two names where two methods share it; here they have the name
// of what stands there.
func (d *document) describeOperations() error {
	paths := object{}
	for path, verbs := range d.object["paths"].(object) {
		named, parameters := nameParameters(path)
		if paths[named] == nil {
			paths[named] = object{}
		}
		for verb, operation := range verbs.(object) {
			if err := d.describeOperation(operation.(object), parameters); err != nil {
				return fmt.Errorf("%s %s: %w", verb, path, err)
			}
			paths[named].(object)[verb] = operation
		}
	}
	d.object["paths"] = paths
	d.leaveOutSlashes()
	return nil
}

// leaveOutSlashes takes paths out whose parameter can hold slashes, which no generated
// client can send. Each such method has another path.
func (d *document) leaveOutSlashes() {
	paths := d.object["paths"].(object)
	seen := map[string]string{}
	for _, path := range keys(paths) {
		for verb, operation := range paths[path].(object) {
			id := operation.(object)["operationId"].(string)
			if first, twice := seen[id]; twice {
				shorter, longer := first, path
				if len(longer) < len(shorter) {
					shorter, longer = longer, shorter
				}
				delete(paths[longer].(object), verb)
				path = shorter
			}
			seen[id] = path
		}
	}
	for path, verbs := range paths {
		if len(verbs.(object)) == 0 {
			delete(paths, path)
		}
	}
}

var placeholder = regexp.MustCompile(`([a-zA-Z]+)/\{([a-z_.0-9]+)\}`)

// nameParameters names each parameter after the collection before it: /v1/orders/{order}.
func nameParameters(path string) (string, map[string]string) {
	renamed := map[string]string{}
	path = placeholder.ReplaceAllStringFunc(path, func(found string) string {
		parts := placeholder.FindStringSubmatch(found)
		renamed[parts[2]] = singular(parts[1])
		return parts[1] + "/{" + renamed[parts[2]] + "}"
	})
	return path, renamed
}

func singular(collection string) string { return strings.TrimSuffix(collection, "s") }

func (d *document) describeOperation(operation object, parameters map[string]string) error {
	id, _ := operation["operationId"].(string)
	// The generator numbers the second path of a method.
	service, name, _ := strings.Cut(id, "_")
	name, _, _ = strings.Cut(name, "_")
	m := d.methods[service+"_"+name]
	if m == nil {
		return fmt.Errorf("there is no method of the id %q", id)
	}
	operation["operationId"] = name
	tag := slices.IndexFunc(d.head.Tags, func(t struct{ Service, Name, Description string }) bool {
		return t.Service == string(m.Parent().FullName())
	})
	if tag < 0 {
		return fmt.Errorf("proto/openapi.yaml has no tag for %s", m.Parent().FullName())
	}
	operation["tags"] = []any{d.head.Tags[tag].Name}
	about := one(strings.TrimSpace(fmt.Sprint(operation["summary"]) + "\n\n" + text(operation["description"])))
	operation["summary"], operation["description"] = summary(about), about
	d.describeParameters(operation, m, parameters)
	d.describeAnswers(operation, m)
	return nil
}

func text(v any) string { s, _ := v.(string); return s }

// summary is the first clause of a comment without the name of the method.
func summary(about string) string {
	first, _, _ := strings.Cut(about, "\n\n")
	if end := strings.IndexAny(first, ".:"); end > 0 {
		first = first[:end]
	}
	if _, rest, ok := strings.Cut(first, " "); ok {
		first = rest
	}
	return strings.ToUpper(first[:1]) + first[1:]
}

func (d *document) describeParameters(operation object, m protoreflect.MethodDescriptor, renamed map[string]string) {
	list, _ := operation["parameters"].([]any)
	for _, p := range list {
		p := p.(object)
		name := text(p["name"])
		if about := one(text(p["description"])); about != "" {
			p["description"] = about
		}
		field := fieldAt(m.Input(), name)
		if p["in"] == "path" {
			collection := renamed[name]
			p["name"] = collection
			p["description"] = "What stands behind the slash in the name of the " + collection + "."
			p["schema"] = object{"type": "string", "minLength": 1}
			continue
		}
		if field != nil {
			d.limit(p["schema"].(object), field)
			if behaves(field, required) || demanded(field) {
				p["required"] = true
			}
		}
		if s := p["schema"].(object); s["type"] == "array" {
			p["explode"] = true
		}
	}
	list = append(list, headersOf(m)...)
	if len(list) > 0 {
		operation["parameters"] = list
	}
	if body, ok := operation["requestBody"].(object); ok && m.IsStreamingClient() {
		content := body["content"].(object)
		content[mimeLines] = content[mimeJSON]
		delete(content, mimeJSON)
		body["description"] = "One object a line; the first may have the header."
	}
}

func headersOf(m protoreflect.MethodDescriptor) []any {
	header := func(name, about string, schema object) object {
		return object{"name": name, "in": "header", "description": about, "schema": schema}
	}
	text := object{"type": "string"}
	var list []any
	if takes(m, "request_id") {
		list = append(list, header("Idempotency-Key", "The id of this wish, in place of requestId: what makes sending it twice harmless.", text))
	}
	if takes(m, "etag") && takes(m, "request_id") {
		list = append(list, header("If-Match", "The etag of the record as the caller has seen it, in place of etag; or * for whatever it is now.", text))
	}
	if takes(m, "position") && m.IsStreamingServer() {
		list = append(list, header("Last-Event-ID", "Where to go on, in place of position; browsers send it by themselves.", text))
	}
	return append(list, header("Request-Timeout", "Seconds that the caller waits, such as 2.5.", object{"type": "number", "exclusiveMinimum": 0}))
}

// describeAnswers says how this gateway answers: refusals as AIP-193 has them, and a
// stream as a sequence of messages.
func (d *document) describeAnswers(operation object, m protoreflect.MethodDescriptor) {
	made := operation["responses"].(object)["200"].(object)["content"].(object)[mimeJSON].(object)
	content, output := object{mimeJSON: made}, reference(string(m.Output().FullName()))
	about := "The answer."
	if m.IsStreamingServer() {
		line := object{"anyOf": []any{output, reference("Refusal")}}
		content = object{mimeLines: object{"schema": line}, mimeEvents: object{"schema": line}}
		about = "One message after the other: as Server-Sent Events, each with the message as its data, when they are accepted, otherwise a line of JSON each. " +
			"A refusal that ends the stream comes as the last line, or as an event named error."
	}
	success := object{"description": about, "content": content, "headers": object{
		"X-Request-Id": object{"description": "The id under which the mesh's log has the call.", "schema": object{"type": "string"}},
	}}
	responses := object{"200": success}
	if m.Output().Fields().ByName("etag") != nil && takes(m, "name") && !takes(m, "request_id") {
		success["headers"].(object)["ETag"] = object{"description": "The record's etag, for If-None-Match.", "schema": object{"type": "string"}}
		responses["304"] = object{"description": "The record is as If-None-Match says."}
		list, _ := operation["parameters"].([]any)
		operation["parameters"] = append(list, object{"name": "If-None-Match", "in": "header", "description": "The ETag of the copy that the caller has.", "schema": object{"type": "string"}})
	}
	operation["x-mesh-reasons"] = d.refusals(m, responses)
	operation["responses"] = responses
}
