package gateway

import (
	"encoding/json"
	"strings"
)

// withNote adds a note to what the document says of the whole.
func withNote(openAPI []byte, note string) ([]byte, error) {
	var document map[string]any
	if err := json.Unmarshal(openAPI, &document); err != nil {
		return nil, err
	}
	if info, ok := document["info"].(map[string]any); ok && note != "" {
		description, _ := info["description"].(string)
		info["description"] = strings.TrimSpace(description + "\n\n" + note)
	}
	return json.Marshal(document)
}
