package gateway

import (
	"encoding/json"
	"strings"
)

// describeAnswers makes the generated document say how this gateway answers:
// refusals lie in an "error" as AIP-193 has it, and a stream is a sequence of
// plain messages. The generator describes the router's own ways.
func describeAnswers(openAPI []byte) ([]byte, error) {
	var document map[string]any
	if err := json.Unmarshal(openAPI, &document); err != nil {
		return nil, err
	}
	if info, ok := document["info"].(map[string]any); ok && strings.HasSuffix(text(info["title"]), ".proto") {
		info["title"], info["version"] = "odoomesh", "v1"
	}
	if definitions, ok := document["definitions"].(map[string]any); ok {
		if _, ok := definitions["rpcStatus"]; ok {
			definitions["rpcStatus"] = errorSchema
		}
	}
	paths, _ := document["paths"].(map[string]any)
	for _, operations := range paths {
		operations, _ := operations.(map[string]any)
		for _, operation := range operations {
			if operation, ok := operation.(map[string]any); ok {
				describeStream(operation)
			}
		}
	}
	return json.Marshal(document)
}

// describeStream unwraps {"result": …, "error": …} where the answer is a stream.
func describeStream(operation map[string]any) {
	responses, _ := operation["responses"].(map[string]any)
	ok200, _ := responses["200"].(map[string]any)
	schema, _ := ok200["schema"].(map[string]any)
	if !strings.HasPrefix(text(schema["title"]), "Stream result") {
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	ok200["schema"] = properties["result"]
	ok200["description"] = "One message after the other: as Server-Sent Events when they are accepted, " +
		"otherwise a line of JSON each. An error that ends the stream comes as the last event or line."
	operation["produces"] = []string{mimeLines, mimeEvents}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// errorSchema describes errorBody.
var errorSchema = map[string]any{
	"type": "object",
	"properties": map[string]any{
		"error": map[string]any{
			"type": "object",
			"properties": map[string]any{
				"code":    map[string]any{"type": "integer", "format": "int32", "description": "The HTTP status code."},
				"message": map[string]any{"type": "string", "description": "For people."},
				"status":  map[string]any{"type": "string", "description": "The gRPC status code, such as INVALID_ARGUMENT."},
				"details": map[string]any{
					"type":        "array",
					"description": "An ErrorInfo with the reason, and what belongs to it.",
					"items":       map[string]any{"$ref": "#/definitions/protobufAny"},
				},
			},
		},
	},
}
