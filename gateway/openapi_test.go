package gateway_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"odoomesh"
	"odoomesh/gateway"
)

// The document that is served is valid OpenAPI 3.1, each recorded answer is as its schema
// says, and nothing says where it is served from.
func TestTheServedDocumentIsValid(t *testing.T) {
	server := serve(t, newHandler(t, answering(realistic("products/42")), gateway.Options{OpenAPI: odoomesh.OpenAPI()}, interceptors{}))
	document, err := openapi3.NewLoader().LoadFromData([]byte(send(t, server, "GET", "/openapi.json").body))
	if err != nil {
		t.Fatal(err)
	}
	if !document.IsOpenAPI31OrLater() || len(document.Servers) != 1 || document.Servers[0].URL != "/" {
		t.Errorf("version %s, servers %v: a page could not call the server that it came from", document.OpenAPI, document.Servers)
	}
	if err := document.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	shown := 0
	for path, item := range document.Paths.Map() {
		if strings.Contains(path, "*") {
			t.Errorf("%s: clients send the star as it is", path)
		}
		for method, operation := range item.Operations() {
			if reasons, _ := operation.Extensions["x-mesh-reasons"].([]any); len(reasons) < 5 {
				t.Errorf("%s %s: refused with %v only", method, path, reasons)
			}
			for _, content := range operation.Responses.Status(200).Value.Content {
				shown += len(content.Examples)
			}
		}
	}
	if shown < 20 {
		t.Errorf("%d recorded answers are shown", shown)
	}
}

// What is served is enough to generate from, and names nothing that is not public.
func TestTheServedContractIsWhole(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{OpenAPI: odoomesh.OpenAPI()}, interceptors{}))
	got := send(t, server, "GET", "/contract.binpb")
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal([]byte(got.body), &set); err != nil {
		t.Fatal(err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []protoreflect.FullName{"mesh.product.v1.ProductService", "google.rpc.ErrorInfo", "google.rpc.Status", "google.type.Money"} {
		if _, err := files.FindDescriptorByName(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(string(file.Package()), "mesh.internal") {
			t.Errorf("%s is nobody's business", file.Path())
		}
		return true
	})
}

// A page of an origin that may call takes the script from here.
func TestPagesOfAllowedOriginsGetTheScript(t *testing.T) {
	server := serve(t, newHandler(t, &products{}, gateway.Options{OpenAPI: odoomesh.OpenAPI(), AllowedOrigins: []string{"https://ward.example"}}, interceptors{}))
	got := send(t, server, "GET", "/mesh.js", "Origin", "https://ward.example")
	if got.StatusCode != 200 || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/javascript") || got.Header.Get("Access-Control-Allow-Origin") != "https://ward.example" {
		t.Errorf("got %d %v", got.StatusCode, got.Header)
	}
	if got.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || !strings.Contains(got.body, "export async function* watch") {
		t.Errorf("got %v %s", got.Header, got.body)
	}
}
