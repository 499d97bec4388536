package proto_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestOpenAPIShowsTheWholePublicContractAndNothingElse(t *testing.T) {
	text, err := os.ReadFile("../gen/openapi/mesh.openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Info  struct{ Title, Description string }
		Paths map[string]map[string]struct {
			OperationID string
			Summary     string
			Tags        []string
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if document.Info.Title != "odoomesh" || document.Info.Description == "" {
		t.Errorf("head is %+v: openapi.yaml says both", document.Info)
	}
	operations := map[string]bool{}
	for path, verbs := range document.Paths {
		for verb, operation := range verbs {
			if operations[operation.OperationID] {
				t.Errorf("%s %s: operation id %s is used twice", verb, path, operation.OperationID)
			}
			operations[operation.OperationID] = true
			if operation.Summary == "" || len(operation.Tags) != 1 || strings.HasSuffix(operation.Tags[0], "Service") {
				t.Errorf("%s %s: summary %q, tags %v", verb, path, operation.Summary, operation.Tags)
			}
		}
	}
	for _, m := range methods() {
		if !operations[string(m.Name())] {
			t.Errorf("%s is missing", m.FullName())
		}
	}
	for name := range document.Components.Schemas {
		if name == "CacheRecord" || name == "PageToken" || name == "StreamPosition" || strings.Contains(name, "internal") {
			t.Errorf("%s is in the document and is nobody's business", name)
		}
	}
}
