// Command protoc-gen-meshservice is a plugin of protoc. It generates what the services
// of the mesh have in common: the standard methods of each kind of record (Get,
// BatchGet, List, Watch), and how a service is registered. What a service has beside
// these is written by hand, in the room of its domain.
//
// For mesh.order.v1.OrderService it makes the package orderservice beside orderv1, so
// that clients of the contract do not import the server.
package main

import (
	_ "embed" // the template is part of the program
	"fmt"
	"path"
	"strings"
	"text/template"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/types/pluginpb"
)

//go:embed service.go.tmpl
var text string

func main() {
	protogen.Options{}.Run(generate)
}

// generate makes one file for each service of the files that were asked for.
func generate(plugin *protogen.Plugin) error {
	plugin.SupportedFeatures = uint64(pluginpb.CodeGeneratorResponse_FEATURE_PROTO3_OPTIONAL)
	page, err := template.New("service").Parse(text)
	if err != nil {
		return err
	}
	for _, file := range plugin.Files {
		if !file.Generate {
			continue
		}
		for _, s := range file.Services {
			described, err := describe(file, s)
			if err != nil {
				return err
			}
			name := path.Join(path.Dir(file.GeneratedFilenamePrefix), described.Package, path.Base(file.Desc.Path()))
			out := plugin.NewGeneratedFile(strings.TrimSuffix(name, ".proto")+".mesh.go", file.GoImportPath+"/"+protogen.GoImportPath(described.Package))
			if err := page.Execute(out, described); err != nil {
				return fmt.Errorf("%s: %w", s.Desc.FullName(), err)
			}
		}
	}
	return nil
}
