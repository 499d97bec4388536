package mapping_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/record"
)

// releases is how many of Odoo's the mesh reads.
const releases = odoo.NewestMajor - mapping.Oldest + 1

// origin is where a canonical field comes from, by release, and how it is converted.
type origin struct {
	sources    [releases][]string
	converters []string
}

func (o *origin) convertedBy(name string) {
	if name != "" && !slices.Contains(o.converters, name) {
		o.converters = append(o.converters, name)
	}
}

// atlas are the origins by canonical path.
type atlas map[string]*origin

func (a atlas) at(path string) *origin {
	if a[path] == nil {
		a[path] = &origin{}
	}
	return a[path]
}

func dotted(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// gone is the route in a release that has none.
const gone = "-"

// message draws the fields of a message that is reached over routes, one for each
// release.
func (a atlas) message(prefix string, fields map[string]*mapping.Node, set map[string]string, desc protoreflect.MessageDescriptor, routes [releases]string) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		a.node(dotted(prefix, name), within(desc, name), fields[name], routes, "")
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		o := a.at(dotted(prefix, name))
		for i, route := range routes {
			if route != gone {
				o.sources[i] = append(o.sources[i], "*"+set[name]+"*")
			}
		}
	}
}

// within finds a field by a dotted path.
func within(desc protoreflect.MessageDescriptor, path string) protoreflect.FieldDescriptor {
	var fd protoreflect.FieldDescriptor
	for name := range strings.SplitSeq(path, ".") {
		fd = desc.Fields().ByName(protoreflect.Name(name))
		desc = fd.Message()
	}
	return fd
}

// node draws one source; or is "or " for one that fills what another left empty.
func (a atlas) node(path string, fd protoreflect.FieldDescriptor, n *mapping.Node, routes [releases]string, or string) {
	if n == nil {
		return
	}
	for _, element := range n.Elements {
		a.node(path, fd, element, routes, or)
	}
	here, otherwise := routes, routes
	over := n.Follow
	if n.Each != nil {
		over = n.Each
	}
	for i, route := range routes {
		names := over.In(mapping.Oldest + i)
		if over == nil {
			names = n.Odoo.In(mapping.Oldest + i)
		}
		switch missing := len(names) == 0 && (over != nil || n.Odoo != nil); {
		case route == gone || missing:
			here[i] = gone
		case over != nil:
			here[i], otherwise[i] = mapping.Join(route, names[0]), gone
		default:
			otherwise[i] = gone
		}
	}
	switch {
	case n.Take != nil:
		a.node(path, fd, n.Take, here, or)
	case n.Fields != nil || n.Set != nil:
		a.message(path, n.Fields, n.Set, fd.Message(), here)
	case n.Odoo != nil:
		a.value(path, fd, n, here, or)
	}
	a.node(path, fd, n.Else, otherwise, or)
	a.node(path, fd, n.Or, routes, "or ")
}

func (a atlas) value(path string, fd protoreflect.FieldDescriptor, n *mapping.Node, routes [releases]string, or string) {
	targets := []*origin{a.at(path)}
	if n.Source != "" {
		beside := a.at(dotted(strings.TrimSuffix(strings.TrimSuffix(path, string(fd.Name())), "."), n.Source))
		beside.convertedBy("as it is")
		targets = append(targets, beside)
	}
	for i, route := range routes {
		if route == gone {
			continue
		}
		var names []string
		for _, name := range n.Odoo.In(mapping.Oldest + i) {
			names = append(names, "`"+mapping.Join(route, name)+"`")
		}
		for _, o := range targets {
			o.sources[i] = append(o.sources[i], or+strings.Join(names, " + "))
		}
		targets[0].convertedBy(converterOf(fd, n, mapping.Oldest+i))
	}
}

// converterOf names what makes the value.
func converterOf(fd protoreflect.FieldDescriptor, n *mapping.Node, major int) string {
	name := cmp.Or(n.As, mapping.Standard(fd))
	switch {
	case len(n.Is) > 0:
		name = "is " + strings.Join(n.Is, ", ")
	case n.To != "":
		name += " to " + n.To
	case n.Currency != nil:
		name += " in `" + strings.Join(n.Currency.In(major), " ") + "`"
	}
	if n.Optional {
		name += ", optional"
	}
	return name
}

// rows writes the fields of a message in the contract's order.
func (a atlas) rows(page *strings.Builder, prefix string, desc protoreflect.MessageDescriptor, owner string, top bool) {
	for i := range desc.Fields().Len() {
		fd := desc.Fields().Get(i)
		if top && slices.Contains([]string{"name", "etag", "provenance", "attributes", "update_time"}, string(fd.Name())) {
			continue
		}
		path, owns := dotted(prefix, string(fd.Name())), ownerOf(fd, owner)
		if a[path] == nil && a.within(path) {
			a.rows(page, path, fd.Message(), owns, false)
			continue
		}
		a.row(page, path, owns)
	}
}

// within tells whether a field below a path comes from somewhere.
func (a atlas) within(path string) bool {
	for other := range a {
		if strings.HasPrefix(other, path+".") {
			return true
		}
	}
	return false
}

func ownerOf(fd protoreflect.FieldDescriptor, above string) string {
	rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
	if rule.GetComputed() != optionsv1.Computed_COMPUTED_UNSPECIFIED {
		return "worked out when answered"
	}
	if fd.Name() == record.References {
		return "looked up when answered"
	}
	if rule.GetOwner() == optionsv1.Owner_OWNER_UNSPECIFIED {
		return above
	}
	name := strings.TrimPrefix(rule.GetOwner().String(), "OWNER_")
	if name == "ODOO" {
		return "Odoo"
	}
	return strings.ReplaceAll(strings.ToLower(name), "_", " ")
}

// row writes one field; = stands for what the release before has as well.
func (a atlas) row(page *strings.Builder, path, owner string) {
	o := a[path]
	if o == nil {
		o = &origin{}
	}
	fmt.Fprintf(page, "| `%s` |", path)
	before := ""
	for _, sources := range o.sources {
		cell := cmp.Or(strings.Join(sources, "<br>"), "–")
		cell = strings.ReplaceAll(cell, "<br>or ", " or ")
		if cell == before && cell != "–" {
			page.WriteString(" = |")
		} else {
			page.WriteString(" " + cell + " |")
		}
		before = cell
	}
	fmt.Fprintf(page, " %s |", owner)
	if len(o.converters) > 0 {
		page.WriteString(" " + strings.Join(o.converters, "; "))
	}
	page.WriteString(" |\n")
}
