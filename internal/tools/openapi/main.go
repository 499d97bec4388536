// Command openapi makes the OpenAPI 3.1 document that the mesh hands out of what
// grpc-gateway's generator writes of the protos: it adds what the generator cannot know
// (required fields, limits, the reasons of refusals, streams, headers, security, recorded
// answers), and takes out what is about gRPC.
//
// Usage: openapi <merged document> <descriptor set> <proto/openapi.yaml> <folder of examples>
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	_ "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	_ "google.golang.org/genproto/googleapis/api/annotations"

	_ "odoomesh/gen/go/mesh/options/v1"
)

// object is a JSON object of the document.
type object = map[string]any

// document is what is made.
type document struct {
	object
	files   *protoregistry.Files
	methods map[string]protoreflect.MethodDescriptor // by "Service_Method"
	head    head
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: openapi <merged document> <descriptor set> <proto/openapi.yaml> <folder of examples>")
		os.Exit(2)
	}
	text, err := build(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func build(merged, set, headFile, examples string) ([]byte, error) {
	d, err := read(merged, set, headFile)
	if err != nil {
		return nil, err
	}
	d.describeHead()
	if err := d.describeOperations(); err != nil {
		return nil, err
	}
	d.describeSchemas()
	if err := d.addExamples(examples); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(d.object)
	return out.Bytes(), err
}

func read(merged, set, headFile string) (*document, error) {
	d := &document{methods: map[string]protoreflect.MethodDescriptor{}}
	text, err := os.ReadFile(merged)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &d.object); err != nil {
		return nil, fmt.Errorf("reading %s: %w", merged, err)
	}
	if text, err = os.ReadFile(set); err != nil {
		return nil, err
	}
	var descriptors descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(text, &descriptors); err != nil {
		return nil, fmt.Errorf("reading %s: %w", set, err)
	}
	if d.files, err = protodesc.NewFiles(&descriptors); err != nil {
		return nil, fmt.Errorf("reading %s: %w", set, err)
	}
	d.files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				m := service.Methods().Get(j)
				d.methods[string(service.Name())+"_"+string(m.Name())] = m
			}
		}
		return true
	})
	return d, d.head.read(headFile)
}

// schemas are the schemas by their names.
func (d *document) schemas() object { return d.object["components"].(object)["schemas"].(object) }

// message finds what a schema was made of; nil where that is no message.
func (d *document) message(name string) protoreflect.MessageDescriptor {
	found, err := d.files.FindDescriptorByName(protoreflect.FullName(strings.TrimSuffix(name, inputSuffix)))
	if err != nil {
		return nil
	}
	m, _ := found.(protoreflect.MessageDescriptor)
	return m
}

func keys(m object) []string { return slices.Sorted(maps.Keys(m)) }

const schemaPrefix = "#/components/schemas/"

func reference(schema string) object { return object{"$ref": schemaPrefix + schema} }

// one puts what a comment says in several lines into one line each paragraph.
func one(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}
