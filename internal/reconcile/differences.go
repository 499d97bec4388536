package reconcile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// Difference is one value that the copy and Odoo do not share.
type Difference struct {
	// Field is its path, such as "prices[2].minimum_quantity".
	Field string
	// Mesh and Odoo are the values as JSON; empty where there is none.
	Mesh, Odoo string
}

// Differences lists what differs between two records of one message, in the order
// of its fields. What is no content, such as etag and update_time, is left out.
func Differences(mesh, odoo protoreflect.Message) []Difference {
	c := &comparison{}
	c.messages("", mesh, odoo)
	return c.found
}

type comparison struct{ found []Difference }

func (c *comparison) note(path, mesh, odoo string) {
	c.found = append(c.found, Difference{Field: path, Mesh: mesh, Odoo: odoo})
}

func (c *comparison) messages(path string, mesh, odoo protoreflect.Message) {
	fields := mesh.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		if rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule); rule.GetVolatile() {
			continue
		}
		at := strings.TrimPrefix(path+"."+string(fd.Name()), ".")
		switch {
		case fd.IsList():
			c.lists(at, fd, mesh.Get(fd).List(), odoo.Get(fd).List())
		case fd.IsMap():
			c.maps(at, fd.MapValue(), mesh.Get(fd).Map(), odoo.Get(fd).Map())
		case fd.HasPresence() && mesh.Has(fd) != odoo.Has(fd):
			c.note(at, textIf(mesh.Has(fd), fd, mesh.Get(fd)), textIf(odoo.Has(fd), fd, odoo.Get(fd)))
		case mesh.Has(fd) || odoo.Has(fd):
			c.values(at, fd, mesh.Get(fd), odoo.Get(fd))
		}
	}
}

func (c *comparison) lists(path string, fd protoreflect.FieldDescriptor, mesh, odoo protoreflect.List) {
	for i := range max(mesh.Len(), odoo.Len()) {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case i >= mesh.Len():
			c.note(at, "", text(fd, odoo.Get(i)))
		case i >= odoo.Len():
			c.note(at, text(fd, mesh.Get(i)), "")
		default:
			c.values(at, fd, mesh.Get(i), odoo.Get(i))
		}
	}
}

func (c *comparison) maps(path string, fd protoreflect.FieldDescriptor, mesh, odoo protoreflect.Map) {
	keys := map[string]protoreflect.MapKey{}
	for _, m := range []protoreflect.Map{mesh, odoo} {
		m.Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
			keys[k.String()] = k
			return true
		})
	}
	var names []string
	for name := range keys {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		at, k := fmt.Sprintf("%s[%q]", path, name), keys[name]
		if mesh.Has(k) && odoo.Has(k) {
			c.values(at, fd, mesh.Get(k), odoo.Get(k))
			continue
		}
		c.note(at, textIf(mesh.Has(k), fd, mesh.Get(k)), textIf(odoo.Has(k), fd, odoo.Get(k)))
	}
}

// values compares what both have. Messages of the contract are taken apart; money,
// dates and the like are single values.
func (c *comparison) values(path string, fd protoreflect.FieldDescriptor, mesh, odoo protoreflect.Value) {
	if m := fd.Message(); m != nil && strings.HasPrefix(string(m.FullName()), "mesh.") {
		c.messages(path, mesh.Message(), odoo.Message())
		return
	}
	if !mesh.Equal(odoo) {
		c.note(path, text(fd, mesh), text(fd, odoo))
	}
}

func textIf(there bool, fd protoreflect.FieldDescriptor, v protoreflect.Value) string {
	if !there {
		return ""
	}
	return text(fd, v)
}

// text writes a value as JSON. A value that has no JSON, such as text that is not
// UTF-8, is quoted.
func text(fd protoreflect.FieldDescriptor, v protoreflect.Value) string {
	var raw []byte
	var err error
	switch {
	case fd.Message() != nil:
		if raw, err = protojson.Marshal(v.Message().Interface()); err == nil {
			// protojson varies its white space on purpose.
			var out bytes.Buffer
			if err = json.Compact(&out, raw); err == nil {
				return out.String()
			}
		}
	case fd.Enum() != nil:
		if value := fd.Enum().Values().ByNumber(v.Enum()); value != nil {
			return strconv.Quote(string(value.Name()))
		}
	default:
		if raw, err = json.Marshal(v.Interface()); err == nil {
			return string(raw)
		}
	}
	return fmt.Sprintf("%q", v.String())
}
