package mapping

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"odoomesh/internal/odoo"
)

// resolve finds a field by its dotted path; nil when there is none.
func resolve(desc protoreflect.MessageDescriptor, path string) *target {
	t := &target{path: path}
	names := strings.Split(path, ".")
	for i, name := range names {
		fd := desc.Fields().ByName(protoreflect.Name(name))
		if fd == nil {
			return nil
		}
		if i == len(names)-1 {
			t.field = fd
			return t
		}
		if fd.Message() == nil || fd.IsList() || fd.IsMap() {
			return nil
		}
		t.parents = append(t.parents, fd)
		desc = fd.Message()
	}
	return nil
}

// newMessage makes empty messages of the target's type.
func newMessage(t *target) func() protoreflect.Message {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(t.field.Message().FullName())
	if err != nil {
		return dynamicpb.NewMessageType(t.field.Message()).New
	}
	return kind.New
}

// attributes compiles a customer's own fields into the record's attributes, as text.
func (c *compiler) attributes(spec *Spec) []step {
	fd := c.plan.message.Descriptor().Fields().ByName("attributes")
	if len(spec.Attributes) > 0 && (fd == nil || !fd.IsMap()) {
		c.problem("%s has no attributes", c.plan.message.Descriptor().FullName())
		return nil
	}
	var steps []step
	for key, n := range spec.Attributes {
		if n == nil || n.Odoo.one(c.major) == "" {
			continue
		}
		field := n.Odoo.one(c.major)
		where := fmt.Sprintf("attributes[%q]", key)
		c.plan.want(where, spec.Model, field)
		steps = append(steps, func(b *build, row odoo.Row, msg protoreflect.Message) {
			text, err := plain(row, field)
			if err != nil {
				b.fault(where, row, field, err)
				return
			}
			if text != "" {
				text = b.bounded(where, row, field, text)
				msg.Mutable(fd).Map().Set(protoreflect.ValueOfString(key).MapKey(), protoreflect.ValueOfString(text))
			}
		})
	}
	return steps
}

// keep compiles the condition under which a row of a relation is shown.
func (c *compiler) keep(canonical, model string, n *Node) func(*build, odoo.Row) bool {
	for field := range n.Keep {
		c.plan.want(canonical, model, field)
	}
	for field := range n.Drop {
		c.plan.want(canonical, model, field)
	}
	return func(b *build, row odoo.Row) bool {
		for field, dropped := range n.Drop {
			if matches(row, field, dropped, b.id) {
				return false
			}
		}
		for field, allowed := range n.Keep {
			if !matches(row, field, allowed, b.id) {
				return false
			}
		}
		return true
	}
}

// matches tells whether a row's field has one of the values. A relation is
// compared by its id; "$id" is the record's own.
func matches(row odoo.Row, field string, allowed []any, own int64) bool {
	for _, want := range allowed {
		switch want := want.(type) {
		case bool:
			if isEmpty(row, field) != want {
				return true
			}
		case string:
			if want == "$id" {
				if ref, ok, err := row.Many2One(field); err == nil && ok && ref.ID == own {
					return true
				}
				continue
			}
			if got, err := row.String(field); err == nil && got == want {
				return true
			}
		}
	}
	return false
}
