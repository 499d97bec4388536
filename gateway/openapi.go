package gateway

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

const errorDefinition = "ErrorAnswer"

// describeAnswers makes the generated document say how this gateway answers:
// refusals lie in an "error" as AIP-193 has it, and a stream is a sequence of
// plain messages. The generator describes the router's own ways.
func describeAnswers(openAPI []byte) ([]byte, error) {
	var document map[string]any
	if err := json.Unmarshal(openAPI, &document); err != nil {
		return nil, err
	}
	if definitions, ok := document["definitions"].(map[string]any); ok {
		definitions[errorDefinition] = errorSchema()
	}
	paths, _ := document["paths"].(map[string]any)
	nameTails(paths)
	for _, path := range paths {
		operations, _ := path.(map[string]any)
		for _, operation := range operations {
			if operation, ok := operation.(map[string]any); ok {
				describeOperation(operation)
			}
		}
	}
	return json.Marshal(document)
}

// anyTail is how the generator writes the end of a path that takes slashes.
const anyTail = "/**"

// nameTails gives such an end the name of its parameter, so that a client can put a
// value there.
func nameTails(paths map[string]any) {
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		start, found := strings.CutSuffix(path, anyTail)
		operations, _ := paths[path].(map[string]any)
		if name := freeParameter(path, operations); found && name != "" {
			delete(paths, path)
			paths[start+"/{"+name+"}"] = operations
		}
	}
}

// freeParameter is the parameter of a path that has no place in it.
func freeParameter(path string, operations map[string]any) string {
	for _, operation := range operations {
		fields, _ := operation.(map[string]any)
		parameters, _ := fields["parameters"].([]any)
		for _, one := range parameters {
			parameter, _ := one.(map[string]any)
			name, _ := parameter["name"].(string)
			if parameter["in"] == "path" && !strings.Contains(path, "{"+name+"}") {
				return name
			}
		}
	}
	return ""
}

func describeOperation(operation map[string]any) {
	responses, _ := operation["responses"].(map[string]any)
	if refused, ok := responses["default"].(map[string]any); ok {
		refused["description"] = "The call was refused, or failed."
		refused["schema"] = map[string]any{"$ref": "#/definitions/" + errorDefinition}
	}
	success, _ := responses["200"].(map[string]any)
	schema, _ := success["schema"].(map[string]any)
	title, _ := schema["title"].(string)
	if !strings.HasPrefix(title, "Stream result") {
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	success["schema"] = properties["result"]
	success["description"] = "One message after the other: as Server-Sent Events when they are accepted, " +
		"otherwise a line of JSON each. An error that ends the stream comes as the last event or line."
	operation["produces"] = []string{mimeLines, mimeEvents}
}

// errorSchema describes errorBody.
func errorSchema() map[string]any {
	field := func(kind, description string) map[string]any {
		return map[string]any{"type": kind, "description": description}
	}
	object := func(properties map[string]any) map[string]any {
		return map[string]any{"type": "object", "properties": properties}
	}
	details := field("array", "An ErrorInfo with the reason, and what belongs to it.")
	details["items"] = object(map[string]any{"@type": field("string", "What the detail is.")})
	return object(map[string]any{"error": object(map[string]any{
		"code":    field("integer", "The HTTP status code."),
		"message": field("string", "What is wrong, for people."),
		"status":  field("string", "The gRPC status code, such as INVALID_ARGUMENT."),
		"details": details,
	})})
}
