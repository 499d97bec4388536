package main

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
)

// head is what proto/openapi.yaml says of the whole.
type head struct {
	Title       string
	Version     string
	Description string
	Tags        []struct{ Service, Name, Description string }
}

func (h *head) read(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, h); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	return nil
}

// describeHead says what the whole is. The place where it is served is left out: it is
// the one that the document came from.
func (d *document) describeHead() {
	d.object["openapi"] = "3.1.0"
	d.object["info"] = object{"title": d.head.Title, "version": d.head.Version, "description": d.head.Description}
	d.object["servers"] = []any{object{"url": "/"}}
	tags := []any{}
	for _, tag := range d.head.Tags {
		tags = append(tags, object{"name": tag.Name, "description": tag.Description})
	}
	d.object["tags"] = tags
	components := d.object["components"].(object)
	components["securitySchemes"] = object{
		"bearer": object{"type": "http", "scheme": "bearer", "description": "A token of the access file, of the identity provider, or a partner's key."},
		"certificate": object{"type": "mutualTLS",
			"description": "A client's certificate that the access file names."},
		"session": object{"type": "apiKey", "in": "cookie", "name": "__Host-mesh-session", "description": "A person who has signed in with a browser."},
	}
	// The last: on the same machine, where there is no access file.
	d.object["security"] = []any{object{"bearer": []any{}}, object{"certificate": []any{}}, object{"session": []any{}}, object{}}
	for name, schema := range refusalSchemas(reasonNames()) {
		d.schemas()[name] = schema
	}
	delete(d.schemas(), "google.rpc.Status")
}

func refusalSchemas(reasons []any) object {
	text := func(about string) object { return object{"type": "string", "description": about} }
	closed := func(about string, required []any, properties object) object {
		return object{"type": "object", "description": about, "required": required, "properties": properties}
	}
	detail := func(kind, about string, required []any, properties object) object {
		properties["@type"] = object{"const": "type.googleapis.com/google.rpc." + kind}
		return closed(about, append([]any{"@type"}, required...), properties)
	}
	list := func(of object) object { return object{"type": "array", "items": of} }
	violation := closed("One field that breaks a rule.", []any{"field", "description"}, object{
		"field": text("Path of the field, as in the protos: such as names[1]."), "description": text("What is wrong, and what to do."), "reason": text("The rule that it breaks, where it has a name."),
	})
	condition := closed("What does not hold.", []any{"type"}, object{"type": text("Which kind of condition."), "subject": text("What it is about."), "description": text("What to do.")})
	return object{
		"Reason": object{"type": "string", "enum": reasons, "description": "Why a call is refused. The list is closed: reasons are added, and keep their meaning."},
		"ErrorInfo": detail("ErrorInfo", "Why, for programs. There is exactly one in each refusal.", []any{"reason", "domain", "metadata"}, object{
			"reason": reference("Reason"), "domain": object{"const": "mesh"},
			"metadata": object{"type": "object", "required": []any{"retry", "who_acts", "what_to_do"}, "additionalProperties": object{"type": "string"}, "properties": object{
				"retry":    object{"type": "string", "enum": []any{"never", "same_request", "after_read", "start_anew", "after_repair"}, "description": "Whether and how to try again."},
				"who_acts": text("Who has to do something."), "what_to_do": text("What to do, for people."),
			}},
		}),
		"BadRequest":          detail("BadRequest", "Which fields are wrong.", []any{"fieldViolations"}, object{"fieldViolations": list(violation)}),
		"PreconditionFailure": detail("PreconditionFailure", "What has to hold first.", []any{"violations"}, object{"violations": list(condition)}),
		"ResourceInfo":        detail("ResourceInfo", "Which record it is about.", []any{"resourceName"}, object{"resourceType": text("Its kind."), "resourceName": text("Its name.")}),
		"RetryInfo":           detail("RetryInfo", "How long to wait before the same call is sent again.", []any{"retryDelay"}, object{"retryDelay": text("Seconds with an s, such as 1.5s.")}),
		"RequestInfo":         detail("RequestInfo", "The id under which the log of the mesh has the call.", []any{"requestId"}, object{"requestId": text("The id.")}),
		"Refusal": closed("Why a call was refused, or failed.", []any{"error"}, object{"error": closed("As AIP-193 writes it.", []any{"code", "message", "status", "details"}, object{
			"code":    object{"type": "integer", "description": "The HTTP status."},
			"message": text("What is wrong, for people. Programs read the reason."),
			"status":  text("The gRPC status code, such as INVALID_ARGUMENT."),
			"details": list(object{"anyOf": []any{reference("ErrorInfo"), reference("BadRequest"), reference("PreconditionFailure"), reference("ResourceInfo"), reference("RetryInfo"), reference("RequestInfo")}}),
		})}),
	}
}
