package gateway

import (
	"encoding/json"
	"strings"
)

const errorDefinition = "ErrorAnswer"

// describeAnswers makes the generated document say how this gateway answers:
// refusals lie in an "error" as AIP-193 has it, and a stream is a sequence of
// plain messages. The generator describes the router's own ways. A note is added to what
// it says of the whole.
func describeAnswers(openAPI []byte, note string) ([]byte, error) {
	var document map[string]any
	if err := json.Unmarshal(openAPI, &document); err != nil {
		return nil, err
	}
	if definitions, ok := document["definitions"].(map[string]any); ok {
		definitions[errorDefinition] = errorSchema()
	}
	if info, ok := document["info"].(map[string]any); ok && note != "" {
		description, _ := info["description"].(string)
		info["description"] = strings.TrimSpace(description + "\n\n" + note)
	}
	paths, _ := document["paths"].(map[string]any)
	freed := leaveOut(paths)
	for _, operation := range operationsOf(paths) {
		describeOperation(operation)
		// The generator numbers the second path of a method.
		id, _ := operation["operationId"].(string)
		if first := strings.TrimRight(id, "0123456789"); freed[first] {
			operation["operationId"] = first
		}
	}
	return json.Marshal(document)
}

// leaveOut takes the paths out whose parameter holds slashes: these cannot be described,
// nor be called by what is generated from the document. Each such method has another
// path. It answers the ids of the operations.
func leaveOut(paths map[string]any) map[string]bool {
	freed := map[string]bool{}
	for name, path := range paths {
		if !strings.Contains(name, "*") {
			continue
		}
		for _, operation := range operationsOf(map[string]any{name: path}) {
			id, _ := operation["operationId"].(string)
			freed[id] = true
		}
		delete(paths, name)
	}
	return freed
}

func operationsOf(paths map[string]any) []map[string]any {
	var all []map[string]any
	for _, path := range paths {
		verbs, _ := path.(map[string]any)
		for _, operation := range verbs {
			if operation, ok := operation.(map[string]any); ok {
				all = append(all, operation)
			}
		}
	}
	return all
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
