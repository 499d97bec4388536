package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

const mimeYAML = "application/yaml"

// inYAML is the document for tools that take YAML. It is made when it is asked for, and
// kept from then on: few ask.
func inYAML(document []byte) content {
	text := sync.OnceValues(func() ([]byte, error) {
		// JSON is YAML: read as that it keeps the order of its fields.
		var whole yaml.Node
		if err := yaml.Unmarshal(document, &whole); err != nil {
			return nil, err
		}
		inBlocks(&whole)
		return yaml.Marshal(&whole)
	})
	return func(w io.Writer) {
		// What was read as JSON can be read as YAML.
		if text, err := text(); err == nil {
			_, _ = w.Write(text)
		}
	}
}

// inBlocks writes a document in lines, and in quotes only what needs them.
func inBlocks(n *yaml.Node) {
	n.Style = 0
	for _, inner := range n.Content {
		inBlocks(inner)
	}
}

// withNote is the document as it is sent, with a note added to what it says of the whole.
func withNote(openAPI []byte, note string) ([]byte, error) {
	if note == "" {
		var out bytes.Buffer
		err := json.Compact(&out, openAPI)
		return out.Bytes(), err
	}
	var document map[string]any
	if err := json.Unmarshal(openAPI, &document); err != nil {
		return nil, err
	}
	if info, ok := document["info"].(map[string]any); ok {
		description, _ := info["description"].(string)
		info["description"] = strings.TrimSpace(description + "\n\n" + note)
	}
	return json.Marshal(document)
}
