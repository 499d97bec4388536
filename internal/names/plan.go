package names

import (
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/record"
)

// plan says where a message names records.
type plan struct {
	// here are fields that name one, or several.
	here []protoreflect.FieldDescriptor
	// inside are fields with messages in which there are more.
	inside []step
	// numbers has a bit for each of these fields; those of 64 and more are looked for.
	numbers uint64
	// kinds has a bit for each kind of record with a name that the message can name.
	kinds uint64
}

type step struct {
	field protoreflect.FieldDescriptor
	plan  *plan
}

// planOf reads the plan of a message off the contract, once.
func (f *Finder) planOf(desc protoreflect.MessageDescriptor) *plan {
	known, ok := f.plans.Load(desc.FullName())
	if !ok {
		known, _ = f.plans.LoadOrStore(desc.FullName(), f.newPlan(desc, nil))
	}
	return known.(*plan)
}

func (f *Finder) newPlan(desc protoreflect.MessageDescriptor, within []protoreflect.FullName) *plan {
	p := &plan{}
	if slices.Contains(within, desc.FullName()) {
		return p
	}
	within = append(slices.Clone(within), desc.FullName())
	for i := range desc.Fields().Len() {
		field := desc.Fields().Get(i)
		switch {
		case field.Name() == record.References, field.IsMap():
		case leads(field):
			p.here = append(p.here, field)
			p.numbers |= 1 << field.Number()
			p.kinds |= f.leadsTo(field)
		case field.Message() != nil && field.Message().ParentFile().Package().Parent() != "google":
			if inner := f.newPlan(field.Message(), within); len(inner.here)+len(inner.inside) > 0 {
				p.inside = append(p.inside, step{field, inner})
				p.numbers |= 1 << field.Number()
				p.kinds |= inner.kinds
			}
		}
	}
	return p
}

// leads tells whether a field names records.
func leads(field protoreflect.FieldDescriptor) bool {
	return field.Kind() == protoreflect.StringKind && proto.HasExtension(field.Options(), annotations.E_ResourceReference)
}

// leadsTo has a bit for each kind of record with a name that a field names.
func (f *Finder) leadsTo(field protoreflect.FieldDescriptor) (kinds uint64) {
	of := proto.GetExtension(field.Options(), annotations.E_ResourceReference).(*annotations.ResourceReference).GetType()
	for _, k := range f.ordered {
		if k.part != nil && (of == "*" || of == k.resource) {
			kinds |= 1 << k.place
		}
	}
	return kinds
}

// reaches tells whether a path of a read mask leaves a field that names a record.
func (p *plan) reaches(path []string) bool {
	is := func(f protoreflect.FieldDescriptor) bool {
		return string(f.Name()) == path[0] || f.JSONName() == path[0]
	}
	return path[0] == "*" || slices.ContainsFunc(p.here, is) ||
		slices.ContainsFunc(p.inside, func(s step) bool { return is(s.field) && (len(path) == 1 || s.plan.reaches(path[1:])) })
}

// collect appends what a message names, some of it several times.
func (p *plan) collect(to []string, m protoreflect.Message) []string {
	for _, field := range p.here {
		if !field.IsList() {
			if name := m.Get(field).String(); name != "" {
				to = append(to, name)
			}
			continue
		}
		for list, i := m.Get(field).List(), 0; i < list.Len(); i++ {
			to = append(to, list.Get(i).String())
		}
	}
	for _, step := range p.inside {
		switch {
		case !m.Has(step.field):
		case step.field.IsList():
			for list, i := m.Get(step.field).List(), 0; i < list.Len(); i++ {
				to = step.plan.collect(to, list.Get(i).Message())
			}
		default:
			to = step.plan.collect(to, m.Get(step.field).Message())
		}
	}
	return to
}
