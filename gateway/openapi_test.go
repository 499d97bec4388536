package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"

	"odoomesh"
	"odoomesh/gateway"
)

// The document that is served is valid, as generators of clients and as version 3 read
// it, and says nothing of where it is served from.
func TestTheServedDocumentIsValid(t *testing.T) {
	server := serve(t, newHandler(t, answering(realistic("products/42")), gateway.Options{OpenAPI: odoomesh.OpenAPI()}, interceptors{}))
	text := send(t, server, "GET", "/openapi.json").body
	var document openapi2.T
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Schemes) > 0 || document.Host != "" {
		t.Errorf("schemes %v, host %q: a page could not call the server that it came from", document.Schemes, document.Host)
	}
	for path, item := range document.Paths {
		if strings.Contains(path, "*") {
			t.Errorf("%s: clients send the star as it is", path)
		}
		for method, operation := range item.Operations() {
			for _, p := range operation.Parameters {
				if p.In == "path" && !strings.Contains(path, "{"+p.Name+"}") {
					t.Errorf("%s %s: there is no place for the parameter %s", method, path, p.Name)
				}
			}
		}
	}
	converted, err := openapi2conv.ToV3(&document)
	if err != nil {
		t.Fatal(err)
	}
	if err := converted.Validate(t.Context()); err != nil {
		t.Error(err)
	}
}
