package access

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// contract is what the access file can name: the methods that this program knows,
// whether it serves them or not.
type contract struct {
	// rules are of all methods, by full name, such as "/mesh.order.v1.OrderService/GetOrder".
	rules map[string]rule
	// commands are full names, by the name of the command, such as "orders.release".
	commands map[string]string
	domains  map[string]bool
	// writes are the fields that commands write, by the name of the command.
	writes map[string][]string
}

// theContract is read once: what is registered stands when the program begins.
var theContract = sync.OnceValue(readContract)

// readContract collects what the registry knows of the mesh.
func readContract() contract {
	c := contract{rules: map[string]rule{}, commands: map[string]string{}, domains: map[string]bool{}, writes: map[string][]string{}}
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		domain, err := domainOf(file.Package())
		if err != nil {
			return true
		}
		c.domains[domain] = true
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				c.add(methods.Get(j))
			}
		}
		return true
	})
	for _, p := range pages {
		c.domains[p.domain], c.rules[p.method] = true, p
	}
	return c
}

func (c contract) add(method protoreflect.MethodDescriptor) {
	r, err := readRule(method)
	if err != nil {
		return // Cover refuses it where it is served
	}
	c.rules[r.method] = r
	if r.access == optionsv1.Access_ACCESS_WRITE {
		if name := commandName(method); name != "" {
			c.commands[name] = r.method
			c.writes[name] = writesOf(method)
		}
	}
}

var collectionInPath = regexp.MustCompile(`^/v1/(?:\{[a-z_.]+=)?([a-z][A-Za-z]*)`)

// commandName is a method that writes as people call it: its collection and what is done
// to a record, as its path over REST says it. Empty where it has no such path.
func commandName(method protoreflect.MethodDescriptor) string {
	http, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	path := http.GetPost() + http.GetPatch()
	collection := collectionInPath.FindStringSubmatch(path)
	if collection == nil {
		return ""
	}
	verb := "create"
	if _, custom, found := strings.Cut(path, ":"); found {
		verb = custom
	} else if http.GetPatch() != "" {
		verb = "update"
	}
	return collection[1] + "." + verb
}

// method finds a method by the name of a command or by its full name, of which the slash
// in front may be left out.
func (c contract) method(name string) (rule, bool) {
	if full, ok := c.commands[name]; ok {
		name = full
	}
	r, ok := c.rules["/"+strings.TrimPrefix(name, "/")]
	return r, ok
}

// names are all that a method can be called by.
func (c contract) names() []string {
	return slices.AppendSeq(slices.Collect(maps.Keys(c.rules)), maps.Keys(c.commands))
}
