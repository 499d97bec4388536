package gateway_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"odoomesh"
	"odoomesh/gateway"
)

func TestTheDocumentationWorksOffline(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{OpenAPI: odoomesh.OpenAPI()}, interceptors{}))
	start := send(t, server, "GET", "/docs/")
	if start.StatusCode != 200 || !strings.HasPrefix(start.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("got %d %v", start.StatusCode, start.Header)
	}
	policy := start.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "http") {
		t.Errorf("policy: %q", policy)
	}
	for _, found := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(start.body, -1) {
		if got := send(t, server, "GET", "/docs/"+strings.TrimPrefix(found[1], "./")); got.StatusCode != 200 || got.Header.Get("Content-Type") == "" {
			t.Errorf("%s: got %d %q", found[1], got.StatusCode, got.Header.Get("Content-Type"))
		}
	}
	if strings.Contains(start.body, "//") {
		t.Errorf("the page leads out of this server: %s", start.body)
	}
	script := send(t, server, "GET", "/docs/swagger-initializer.js")
	if !strings.Contains(script.body, `url: "/openapi.json"`) || strings.Contains(script.body, "//") {
		t.Errorf("the start script: %s", script.body)
	}
}

func TestTheOpenAPIDocumentSaysHowTheGatewayAnswers(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{OpenAPI: odoomesh.OpenAPI()}, interceptors{}))
	got := send(t, server, "GET", "/openapi.json")
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("got %d %v", got.StatusCode, got.Header)
	}
	type content map[string]struct {
		Schema struct {
			Ref   string `json:"$ref"`
			AnyOf []struct {
				Ref string `json:"$ref"`
			}
		}
	}
	var document struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
		Paths map[string]map[string]struct {
			Responses map[string]struct{ Content content }
		}
	}
	if err := json.Unmarshal([]byte(got.body), &document); err != nil {
		t.Fatal(err)
	}
	for path, operations := range document.Paths {
		for method, o := range operations {
			name := strings.TrimPrefix(o.Responses["default"].Content["application/json"].Schema.Ref, "#/components/schemas/")
			if _, ok := document.Components.Schemas[name].Properties["error"]; !ok {
				t.Errorf("%s %s: an error is described as %q", method, path, name)
			}
		}
	}
	watch := document.Paths["/v1/products:watch"]["get"].Responses["200"].Content
	for _, kind := range []string{"application/x-ndjson", "text/event-stream"} {
		if either := watch[kind].Schema.AnyOf; len(either) != 2 || !strings.HasSuffix(either[0].Ref, "WatchProductsResponse") || !strings.HasSuffix(either[1].Ref, "/Refusal") {
			t.Errorf("a watch answers %v as %s", either, kind)
		}
	}
}

func TestTheRootLeadsToTheDocumentation(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{OpenAPI: odoomesh.OpenAPI()}, interceptors{}))
	if got := send(t, server, "GET", "/", "Accept", "text/html,*/*"); got.StatusCode != 303 || got.Header.Get("Location") != "/docs/" {
		t.Errorf("browser: got %d %q", got.StatusCode, got.Header.Get("Location"))
	}
	if got := send(t, server, "GET", "/docs"); got.StatusCode != 308 || got.Header.Get("Location") != "/docs/" {
		t.Errorf("/docs: got %d %q", got.StatusCode, got.Header.Get("Location"))
	}
	got := send(t, server, "GET", "/")
	if got.StatusCode != 200 || !json.Valid([]byte(got.body)) || !strings.Contains(got.body, "/docs/") {
		t.Errorf("program: got %d %s", got.StatusCode, got.body)
	}
}

// The document in YAML says what it says in JSON.
func TestTheDocumentInYAML(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{OpenAPI: odoomesh.OpenAPI()}, interceptors{}))
	got := send(t, server, "GET", "/openapi.yaml")
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "application/yaml" || !strings.Contains(got.body, "\nopenapi: 3.1.") {
		t.Fatalf("%d %s %.100s", got.StatusCode, got.Header.Get("Content-Type"), got.body)
	}
	var inYAML, inJSON any
	if err := yaml.Unmarshal([]byte(got.body), &inYAML); err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(inYAML)
	if err != nil {
		t.Fatal(err)
	}
	var same any
	if err := errors.Join(json.Unmarshal(written, &same), json.Unmarshal([]byte(send(t, server, "GET", "/openapi.json").body), &inJSON)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(same, inJSON) {
		t.Error("they differ")
	}
}

func TestWithoutADocumentThereAreNoPages(t *testing.T) {
	server := newServer(t, &products{})
	for _, path := range []string{"/", "/docs/", "/openapi.json", "/openapi.yaml"} {
		if got := send(t, server, "GET", path); got.StatusCode != 404 || got.failure(t).reason(t) != "NOT_FOUND" {
			t.Errorf("%s: got %d", path, got.StatusCode)
		}
	}
}

// A client that is generated from the document can call every operation: each word
// in braces is a parameter of the path, and each such parameter stands in it.
func TestEveryPathInTheDocumentCanBeCalled(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{OpenAPI: odoomesh.OpenAPI()}, interceptors{}))
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal([]byte(send(t, server, "GET", "/openapi.json").body), &document); err != nil {
		t.Fatal(err)
	}
	called := map[string]string{}
	for path, operations := range document.Paths {
		var words, parameters []string
		for _, found := range regexp.MustCompile(`\{([^}]*)\}`).FindAllStringSubmatch(path, -1) {
			words = append(words, found[1])
		}
		for verb, o := range operations {
			if other, twice := called[o.OperationID]; twice {
				t.Errorf("%s %s and %s are called %s", verb, path, other, o.OperationID)
			}
			called[o.OperationID] = verb + " " + path
			parameters = nil
			for _, p := range o.Parameters {
				if p.In == "path" {
					parameters = append(parameters, p.Name)
				}
			}
			slices.Sort(words)
			slices.Sort(parameters)
			if !slices.Equal(words, parameters) || strings.Contains(path, "*") {
				t.Errorf("%s %s has the parameters %v", verb, path, parameters)
			}
		}
	}
	if called["GetJourney"] != "get /v1/journeys" {
		t.Errorf("a journey is asked for by %q", called["GetJourney"])
	}
}
