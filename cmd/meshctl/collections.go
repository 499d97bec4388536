package main

import (
	"fmt"
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"odoomesh/internal/nearest"
	"odoomesh/services"
)

// collection is one kind of records with the calls that read it. A call that the
// contract does not have is nil.
type collection struct {
	name             string
	record           protoreflect.MessageDescriptor
	get, list, watch protoreflect.MethodDescriptor
}

// collections finds the records in the contract of the domains that meshd
// serves: for a resource with the plural "products" there are GetProduct,
// ListProducts and WatchProducts in its package.
func collections() []collection {
	var all []collection
	for _, d := range services.All() {
		for _, c := range slices.Concat(d.Collections, d.Kept) {
			record := c.Record.ProtoReflect().Descriptor()
			one, many := string(record.Name()), title(c.Name)
			all = append(all, collection{
				name: c.Name, record: record,
				get:  method(record.ParentFile().Package(), "Get"+one),
				list: method(record.ParentFile().Package(), "List"+many), watch: method(record.ParentFile().Package(), "Watch"+many),
			})
		}
	}
	return all
}

func title(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// method finds a method by its name in any service of a package.
func method(pkg protoreflect.FullName, name string) protoreflect.MethodDescriptor {
	var found protoreflect.MethodDescriptor
	protoregistry.GlobalFiles.RangeFilesByPackage(pkg, func(fd protoreflect.FileDescriptor) bool {
		for i := range fd.Services().Len() {
			if m := fd.Services().Get(i).Methods().ByName(protoreflect.Name(name)); m != nil {
				found = m
			}
		}
		return found == nil
	})
	return found
}

func collectionNames() []string {
	var names []string
	for _, c := range collections() {
		names = append(names, c.name)
	}
	return names
}

// shortNames are what people write for a collection beside its own name and the
// singular of it.
var shortNames = map[string]string{
	"stock": "stockPositions", "positions": "stockPositions", "places": "locations", "moves": "movements",
	"bills": "invoices", "vendors": "suppliers", "items": "products", "transfers": "receipts", "batches": "lots",
}

// collectionOf finds a collection by its name or that of one of its records: in the
// plural or the singular, in any case, with hyphens or without, or by a short name.
func collectionOf(name string) (collection, error) {
	first, _, _ := strings.Cut(name, "/")
	all := collections()
	for _, c := range all {
		if c.isCalled(first) {
			return c, nil
		}
	}
	if word := nearest.Word(first, collectionNames()); word != "" {
		return collection{}, wrong("there is no collection %q; did you mean %s? There are %s", first, word, strings.Join(collectionNames(), ", "))
	}
	return collection{}, wrong("there is no collection %q; there are %s", first, strings.Join(collectionNames(), ", "))
}

func (c collection) isCalled(word string) bool {
	word = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(word))
	if word == "" {
		return false
	}
	one := strings.ToLower(string(c.record.Name()))
	if word == strings.ToLower(c.name) || word == one {
		return true
	}
	for short, name := range shortNames {
		if name == c.name && (word == short || word == strings.TrimSuffix(short, "s")) {
			return true
		}
	}
	return false
}

// numbered tells whether the names of the records end in one number, Odoo's id.
func (c collection) numbered() bool {
	if c.get == nil {
		return false
	}
	name := c.get.Input().Fields().ByName("name")
	if name == nil {
		return false
	}
	rules, ok := proto.GetExtension(name.Options(), validate.E_Field).(*validate.FieldRules)
	return ok && strings.HasSuffix(rules.GetString().GetPattern(), "/[1-9][0-9]*$")
}

// canonical is a record's name as the contract writes it.
func canonical(name string) string {
	of, err := collectionOf(name)
	_, id, found := strings.Cut(name, "/")
	if err != nil || !found {
		return name
	}
	return of.name + "/" + id
}

// completeCollection lets the shell complete a collection's name.
func completeCollection(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return collectionNames(), cobra.ShellCompDirectiveNoFileComp
}

// completeName lets the shell complete the first part of a record's name.
func completeName(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var starts []string
	for _, name := range collectionNames() {
		starts = append(starts, name+"/")
	}
	return starts, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// path is the method's name on the wire.
func path(m protoreflect.MethodDescriptor) string {
	return fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name())
}

// newMessage makes an empty message of the contract.
func newMessage(d protoreflect.MessageDescriptor) (protoreflect.Message, error) {
	t, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		return nil, err
	}
	return t.New(), nil
}

// setting is one field of a request; zero values are left out.
type setting struct {
	field string
	value any
}

// request makes a method's request with these fields.
func request(m protoreflect.MethodDescriptor, settings ...setting) (protoreflect.Message, error) {
	r, err := newMessage(m.Input())
	if err != nil {
		return nil, err
	}
	for _, s := range settings {
		v := protoreflect.ValueOf(s.value)
		if s.value == "" || s.value == false || s.value == int32(0) {
			continue
		}
		fd := r.Descriptor().Fields().ByName(protoreflect.Name(s.field))
		if fd == nil {
			return nil, wrong("%s takes no %s", m.Name(), s.field)
		}
		r.Set(fd, v)
	}
	return r, nil
}
