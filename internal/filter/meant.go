package filter

import (
	"slices"
	"strings"
	"sync"

	"go.einride.tech/aip/filtering"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/nearest"
	"odoomesh/internal/resource"
)

// noField says that there is no field of a name, and which one may be meant.
func (c *compiler) noField(desc protoreflect.MessageDescriptor, path []string) error {
	var names []string
	for i := range desc.Fields().Len() {
		names = append(names, string(desc.Fields().Get(i).Name()))
	}
	text := strings.Join(path, ".")
	last := path[len(path)-1]
	if close := nearest.Word(last, names); close != "" {
		meant := strings.Join(append(slices.Clone(path[:len(path)-1]), close), ".")
		return problem("there is no field %q in %s: did you mean %s?", text, c.desc.Name(), meant)
	}
	return problem("there is no field %q in %s", text, c.desc.Name())
}

// nameOf is the path of some fields as the contract spells them.
func nameOf(steps []protoreflect.FieldDescriptor, key string) string {
	var names []string
	for _, step := range steps {
		names = append(names, string(step.Name()))
	}
	if key != "" {
		names = append(names, key)
	}
	return strings.Join(names, ".")
}

// byClock tells whether a field changes as time passes.
func byClock(steps []protoreflect.FieldDescriptor) bool {
	return slices.ContainsFunc(steps, func(fd protoreflect.FieldDescriptor) bool {
		rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
		return rule.GetComputed() == optionsv1.Computed_COMPUTED_BY_CLOCK
	})
}

// meant refuses a value that a field never has, and says which one may be meant. An empty
// one asks for records without a value.
func (c *compiler) meant(fd protoreflect.FieldDescriptor, path, operator, want string) error {
	if operator != filtering.FunctionEquals && operator != filtering.FunctionNotEquals || want == "" || fd.Kind() != protoreflect.StringKind {
		return nil
	}
	if c.open[path] || isOpen(fd) {
		if name := Misnamed(want); name != "" {
			return problem("%s %s %q: there is no collection %q: did you mean %q?", path, operator, want, strings.Split(want, "/")[0], name)
		}
		return nil
	}
	collection := collectionOf(fd)
	called := ""
	if collection == "" && path == "name" {
		collection = ownCollection(c.desc)
		if c.desc.Fields().ByName("display_name") != nil {
			called = "; what people call it is display_name"
		}
	}
	if collection == "" {
		return nil
	}
	if _, err := resource.KeyOf(collection, strings.TrimSpace(want)); err == nil {
		return nil
	}
	_, id, named := strings.Cut(want, "/")
	if !named {
		id = want
	}
	if meant := collection + "/" + strings.TrimSpace(id); meant != want {
		if _, err := resource.KeyOf(collection, meant); err == nil {
			return problem("%s %s %q: its values are names such as %q: did you mean %q?", path, operator, want, collection+"/42", meant)
		}
	}
	return problem("%s %s %q: its values are names such as %q%s", path, operator, want, collection+"/42", called)
}

// Misnamed is the name that is probably meant by one whose collection is misspelt, such as
// order/1; empty where nothing is wrong with it, as far as its collection tells.
func Misnamed(name string) string {
	kind, id, named := strings.Cut(strings.TrimSpace(name), "/")
	known := plurals()
	if !named || kind == "" || slices.Contains(known, kind) {
		return ""
	}
	// What is named by another than the contract's collections begins otherwise, mostly.
	meant := nearest.Word(kind, known)
	if meant == "" || !strings.EqualFold(meant[:1], kind[:1]) {
		return ""
	}
	return meant + "/" + id
}

// oneOfClosed refuses a text that is none of the values of a field, or in none of them.
func oneOfClosed(path, operator, want string, known []string) error {
	found := slices.Contains(known, strings.TrimSpace(want)) || operator == filtering.FunctionHas && want == "*"
	if operator == filtering.FunctionHas {
		found = found || slices.ContainsFunc(known, func(k string) bool { return strings.Contains(strings.ToLower(k), strings.ToLower(want)) })
	}
	if found || operator != filtering.FunctionEquals && operator != filtering.FunctionNotEquals && operator != filtering.FunctionHas {
		return nil
	}
	if close := nearest.Word(want, known); close != "" {
		return problem("%s %s %q: there is no such %s: did you mean %q?", path, operator, want, path, close)
	}
	return problem("%s %s %q: there is no such %s: there are %s", path, operator, want, path, strings.Join(known, ", "))
}

// collectionOf is the collection whose records a field names; empty where it names none,
// or those of several.
func collectionOf(fd protoreflect.FieldDescriptor) string {
	reference, _ := proto.GetExtension(fd.Options(), annotations.E_ResourceReference).(*annotations.ResourceReference)
	return collections()[reference.GetType()]
}

// isOpen tells whether a field names records of any kind.
func isOpen(fd protoreflect.FieldDescriptor) bool {
	reference, _ := proto.GetExtension(fd.Options(), annotations.E_ResourceReference).(*annotations.ResourceReference)
	return reference.GetType() == "*"
}

func ownCollection(desc protoreflect.MessageDescriptor) string {
	own, _ := proto.GetExtension(desc.Options(), annotations.E_Resource).(*annotations.ResourceDescriptor)
	return collections()[own.GetType()]
}

// collections are the collections of the contract by the types of their records. Only
// records that are named by numbers are among them.
var collections = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Messages().Len() {
			message := file.Messages().Get(i)
			own, _ := proto.GetExtension(message.Options(), annotations.E_Resource).(*annotations.ResourceDescriptor)
			// What comes out of Odoo, as its provenance says, is named by Odoo's ids.
			if own.GetType() != "" && message.Fields().ByName("provenance") != nil {
				found[own.GetType()] = own.GetPlural()
			}
		}
		return true
	})
	return found
})

// plurals are all collections that names of the contract begin with.
var plurals = sync.OnceValue(func() (all []string) {
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Messages().Len() {
			own, _ := proto.GetExtension(file.Messages().Get(i).Options(), annotations.E_Resource).(*annotations.ResourceDescriptor)
			if own.GetPlural() != "" {
				all = append(all, own.GetPlural())
			}
		}
		return true
	})
	return all
})
