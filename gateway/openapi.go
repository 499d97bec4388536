package gateway

import (
	"bytes"
	"encoding/json"
	"strings"
)

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
