package mapping

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/odoo"
)

// Compile binds a mapping to a release of Odoo (its major number) and to the record's
// message. absent names what this Odoo was found not to have: an optional field among it is
// left empty. Compile refuses what can be seen to be wrong without asking an Odoo: an
// unknown canonical field, converter or enum value.
func Compile(spec *Spec, major int, message protoreflect.MessageType, collection string, absent map[FieldName]bool) (*Plan, error) {
	p := &Plan{
		Domain: spec.Domain, Collection: collection, Version: spec.Version, Major: major,
		message: message, reads: map[string][]string{}, uses: map[FieldName][]string{}, optional: map[FieldName]bool{},
		groupBy: spec.GroupBy, zone: time.UTC,
	}
	c := &compiler{plan: p, major: major, absent: absent, converters: common()}
	maps.Copy(c.converters, spec.Converters)
	c.watch(WatchedModel{Model: spec.Model})
	p.want(sourceTime, spec.Model, "write_date")
	p.want("name", spec.Model, spec.GroupBy...)
	p.root = &level{model: spec.Model}
	p.steps = c.fields(p.root, "", message.Descriptor(), spec.Fields, "")
	p.steps = append(p.steps, c.attributes(spec)...)
	for _, w := range spec.Watch {
		c.watchOnly(w)
	}
	c.membership(spec)
	for _, fields := range p.reads {
		slices.Sort(fields)
	}
	slices.Sort(p.fills)
	p.fills = slices.Compact(p.fills)
	digest := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %v", spec.digest, major, message.Descriptor().FullName(), p.reads))
	p.fingerprint = hex.EncodeToString(digest[:8])
	if len(c.problems) > 0 {
		return nil, fmt.Errorf("mapping of %s for Odoo %d: %s", spec.Domain, major, strings.Join(c.problems, "; "))
	}
	return p, nil
}

type compiler struct {
	plan     *Plan
	major    int
	absent   map[FieldName]bool
	problems []string
	// converters are those in common and the domain's own.
	converters Converters
}

func (c *compiler) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

func (c *compiler) watch(w WatchedModel) {
	if !slices.Contains(c.plan.watches, w) {
		c.plan.watches = append(c.plan.watches, w)
	}
}

// fields compiles the fields of one message that is made from a row of level l.
// route is the dotted path of Odoo relations from the root model, where is the
// canonical path for messages to people.
func (c *compiler) fields(l *level, route string, desc protoreflect.MessageDescriptor, fields map[string]*Node, where string) []step {
	var steps []step
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		full := strings.TrimPrefix(where+"."+path, ".")
		t := resolve(desc, path)
		if t == nil {
			c.problem("%s is not a field of %s", full, desc.FullName())
			continue
		}
		t.path = full
		if s := c.node(l, route, t, fields[path]); s != nil {
			steps = append(steps, s)
		}
	}
	return steps
}

// node compiles the source of one canonical field and adds to the level what has
// to be read for it. It is nil where this release has nothing to offer, or where
// an overlay has taken the field out by writing null.
func (c *compiler) node(l *level, route string, t *target, n *Node) step {
	if n == nil {
		return nil
	}
	s := c.source(l, route, t, n)
	if s == nil && n.Else != nil {
		s = c.node(l, route, t, n.Else)
	}
	if n.Or == nil {
		return s
	}
	or := c.node(l, route, t, n.Or)
	switch {
	case s == nil:
		return or
	case or == nil:
		return s
	}
	return func(b *build, row odoo.Row, msg protoreflect.Message) {
		if s(b, row, msg); !t.has(msg) {
			or(b, row, msg)
		}
	}
}

func (c *compiler) source(l *level, route string, t *target, n *Node) step {
	switch {
	case n.Elements != nil:
		return c.elements(l, route, t, n.Elements)
	case n.Follow != nil:
		return c.follow(l, route, t, n)
	case n.Each != nil && n.Take != nil:
		return c.first(l, route, t, n)
	case n.Each != nil:
		return c.elements(l, route, t, []*Node{n})
	case n.Fields != nil || n.Set != nil:
		return c.same(l, route, t, n)
	case n.Odoo != nil:
		return c.convert(l, route, t, n)
	}
	c.problem("%s has no source", t.path)
	return nil
}

// same fills a nested message from the same row.
func (c *compiler) same(l *level, route string, t *target, n *Node) step {
	sub, ok := c.element(l, route, t, n)
	if !ok {
		return nil
	}
	return func(b *build, row odoo.Row, msg protoreflect.Message) {
		if m, ok := sub(b, row); ok {
			t.set(msg, protoreflect.ValueOfMessage(m))
		}
	}
}

// follow fills a field from the row that a many2one points at.
func (c *compiler) follow(l *level, route string, t *target, n *Node) step {
	field, model := n.Follow.one(c.major), n.Model.one(c.major)
	if field == "" {
		return nil
	}
	if model == "" {
		c.problem("%s follows %s to no model", t.path, field)
		return nil
	}
	to, h := c.hop(t.path, l, route, field, model, n, false)
	here := join(route, field)
	keep := c.keep(t.path, model, n)
	if n.Take != nil {
		inner := c.node(to, here, t, n.Take)
		if inner == nil {
			return nil
		}
		return func(b *build, row odoo.Row, msg protoreflect.Message) {
			if next, ok := b.follow(h, row, t.path); ok && keep(b, next) {
				inner(b, next, msg)
			}
		}
	}
	sub, ok := c.element(to, here, t, n)
	if !ok {
		return nil
	}
	return func(b *build, row odoo.Row, msg protoreflect.Message) {
		if next, ok := b.follow(h, row, t.path); ok && keep(b, next) {
			if m, ok := sub(b, next); ok {
				t.set(msg, protoreflect.ValueOfMessage(m))
			}
		}
	}
}

// first fills a field from the first of many rows that is kept, or a list from
// all of them.
func (c *compiler) first(l *level, route string, t *target, n *Node) step {
	field, model := n.Each.one(c.major), n.Model.one(c.major)
	if field == "" {
		return nil
	}
	to, h := c.hop(t.path, l, route, field, model, n, true)
	keep := c.keep(t.path, model, n)
	if n.Sort != "" {
		c.plan.want(t.path, model, n.Sort)
	}
	inner := c.node(to, join(route, field), t, n.Take)
	if inner == nil {
		return nil
	}
	return func(b *build, row odoo.Row, msg protoreflect.Message) {
		for _, next := range sorted(b.each(h, row, t.path), n.Sort) {
			if !keep(b, next) {
				continue
			}
			if inner(b, next, msg); !t.field.IsList() {
				return
			}
		}
	}
}

// hop adds a way to another model, which is watched from then on.
func (c *compiler) hop(canonical string, l *level, route, field, model string, n *Node, many bool) (*level, *hop) {
	shared := l.shared || n.Shared || !many && !n.Own
	c.plan.want(canonical, l.model, field)
	c.plan.want(sourceTime, model, "write_date")
	c.watch(WatchedModel{
		Model: model, Path: join(route, field), Operator: cmp.Or(n.Back, "in"), Reference: shared, Seldom: shared || n.Seldom,
	})
	for _, h := range l.hops {
		if h.field == field && h.to.model == model {
			h.to.shared = h.to.shared && shared
			return h.to, h
		}
	}
	to := &level{model: model, shared: shared}
	h := &hop{field: field, many: many, to: to}
	l.hops = append(l.hops, h)
	return to, h
}

// elements fills a repeated field from its sources, one after the other.
func (c *compiler) elements(l *level, route string, t *target, sources []*Node) step {
	if !t.field.IsList() || t.field.Message() == nil {
		c.problem("%s is not a list of messages", t.path)
		return nil
	}
	var parts []func(b *build, row odoo.Row, list protoreflect.List)
	for _, n := range sources {
		if n == nil {
			continue
		}
		if part := c.elementsFrom(l, route, t, n); part != nil {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return func(b *build, row odoo.Row, msg protoreflect.Message) {
		list := t.holder(msg).NewField(t.field).List()
		for _, part := range parts {
			part(b, row, list)
		}
		if list.Len() > 0 {
			t.set(msg, protoreflect.ValueOfList(list))
		}
	}
}

func (c *compiler) elementsFrom(l *level, route string, t *target, n *Node) func(*build, odoo.Row, protoreflect.List) {
	if n.Each == nil {
		sub, ok := c.element(l, route, t, n)
		if !ok {
			return nil
		}
		return func(b *build, row odoo.Row, list protoreflect.List) {
			if m, ok := sub(b, row); ok {
				list.Append(protoreflect.ValueOfMessage(m))
			}
		}
	}
	field, model := n.Each.one(c.major), n.Model.one(c.major)
	if field == "" {
		return nil
	}
	to, h := c.hop(t.path, l, route, field, model, n, true)
	keep := c.keep(t.path, model, n)
	if n.Sort != "" {
		c.plan.want(t.path, model, n.Sort)
	}
	sub, ok := c.element(to, join(route, field), t, n)
	if !ok {
		return nil
	}
	return func(b *build, row odoo.Row, list protoreflect.List) {
		for _, next := range sorted(b.each(h, row, t.path), n.Sort) {
			if !keep(b, next) {
				continue
			}
			if m, ok := sub(b, next); ok {
				list.Append(protoreflect.ValueOfMessage(m))
			}
		}
	}
}

// element compiles one nested message; the second result is false where this
// release offers nothing for it.
func (c *compiler) element(l *level, route string, t *target, n *Node) (func(*build, odoo.Row) (protoreflect.Message, bool), bool) {
	desc := t.field.Message()
	if desc == nil {
		c.problem("%s is not a message", t.path)
		return nil, false
	}
	steps := c.fields(l, route, desc, n.Fields, t.path)
	constants := c.constants(t, desc, n.Set)
	require := func(protoreflect.Message) bool { return true }
	if n.Require != "" {
		fd := desc.Fields().ByName(protoreflect.Name(n.Require))
		if fd == nil {
			c.problem("%s requires %s, which %s does not have", t.path, n.Require, desc.FullName())
			return nil, false
		}
		require = func(m protoreflect.Message) bool { return m.Has(fd) }
	}
	if len(steps) == 0 {
		return nil, false
	}
	for name := range n.Set {
		c.plan.fill(t.path + "." + name)
	}
	blank := newMessage(t)
	return func(b *build, row odoo.Row) (protoreflect.Message, bool) {
		m := blank()
		for _, s := range steps {
			s(b, row, m)
		}
		if !require(m) {
			return nil, false
		}
		constants(m)
		return m, true
	}, true
}

func join(route, field string) string {
	if route == "" {
		return field
	}
	return route + "." + field
}
