package main

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
)

// service is what the template is filled with.
type service struct {
	// Source is the .proto file.
	Source string
	// Name is the service's, such as OrderService; Package is the generated package.
	Name, Package string
	// Contract is the package of the service's messages, such as orderv1; ContractPath
	// is its import path.
	Contract, ContractPath string
	// Collections are in the order of their names.
	Collections []collection
	// Plain says that the service has the standard methods and no others.
	Plain bool
}

// collection is a kind of record that has all standard methods.
type collection struct {
	// Record is the message, such as StockPosition; Plural is as methods have it.
	Record, Plural string
	// ID is the first part of the resource names, such as stockPositions; Singular is
	// such as stockPosition.
	ID, Singular string
}

// One is what a comment calls a record, and Many what it calls several.
func (c collection) One() string  { return words(c.Record) }
func (c collection) Many() string { return words(c.Plural) }

func describe(file *protogen.File, s *protogen.Service) (service, error) {
	described := service{
		Source: file.Desc.Path(), Name: s.GoName, Package: strings.ToLower(s.GoName),
		Contract: string(file.GoPackageName), ContractPath: string(file.GoImportPath),
	}
	for _, m := range s.Methods {
		record, named := strings.CutPrefix(m.GoName, "Get")
		resource, _ := proto.GetExtension(m.Output.Desc.Options(), annotations.E_Resource).(*annotations.ResourceDescriptor)
		if !named || resource == nil || m.Output.GoIdent.GoName != record {
			continue
		}
		c := collection{Record: record, Plural: capital(resource.GetPlural()), ID: resource.GetPlural(), Singular: resource.GetSingular()}
		complete, err := c.complete(s)
		if err != nil {
			return service{}, err
		}
		if complete {
			described.Collections = append(described.Collections, c)
		}
	}
	slices.SortFunc(described.Collections, func(a, b collection) int { return strings.Compare(a.ID, b.ID) })
	described.Plain = len(described.Collections) > 0 && len(s.Methods) == len(described.Collections)*len(collection{}.methods())
	return described, nil
}

// methods are the standard methods of a record.
func (c collection) methods() []string {
	return []string{"Get" + c.Record, "BatchGet" + c.Plural, "List" + c.Plural, "Watch" + c.Plural}
}

// complete tells whether a service has the standard methods of a record. Get and List
// alone make no collection: they show what the mesh itself makes, such as events. Where
// another of the four is there and not all of them, one was forgotten.
func (c collection) complete(s *protogen.Service) (bool, error) {
	has := map[string]bool{}
	for _, m := range s.Methods {
		has[m.GoName] = true
	}
	if !has["BatchGet"+c.Plural] && !has["Watch"+c.Plural] {
		return false, nil
	}
	for _, method := range c.methods() {
		if !has[method] {
			return false, fmt.Errorf("%s has no %s: a collection has %s", s.Desc.FullName(), method, strings.Join(c.methods(), ", "))
		}
	}
	return true, nil
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// words takes a name apart: StockPosition becomes "stock position".
func words(name string) string {
	var text strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			text.WriteByte(' ')
		}
		text.WriteRune(r)
	}
	return strings.ToLower(text.String())
}
