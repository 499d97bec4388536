package stream

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// difference is what two states of a record differ in.
type difference struct {
	// paths name the fields as a read mask does; shown are those that have to be shown for
	// them: of a list always the list.
	paths, shown []string
	// before and after have these fields alone, and of a list whose elements have an id
	// the elements that differ. They share what is inside them with the records.
	before, after protoreflect.Message
}

// differenceOf compares two records as a caller meets them. What is no content does not
// count.
func differenceOf(before, after proto.Message) *difference {
	d := &difference{before: before.ProtoReflect().New(), after: after.ProtoReflect().New()}
	d.compare("", before.ProtoReflect(), after.ProtoReflect(), d.before, d.after)
	return d
}

// compare notes what two messages differ in, whose path ends with a dot where it is not
// empty.
func (d *difference) compare(prefix string, a, b, onlyA, onlyB protoreflect.Message) {
	fields := a.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case volatile(f), !a.Has(f) && !b.Has(f), a.Has(f) && b.Has(f) && a.Get(f).Equal(b.Get(f)):
			continue
		case f.IsMap():
			d.note(prefix + string(f.Name()))
			entriesBeyond(a.Get(f).Map(), b.Get(f).Map(), onlyA.Mutable(f).Map())
			entriesBeyond(b.Get(f).Map(), a.Get(f).Map(), onlyB.Mutable(f).Map())
		case f.IsList() && idOf(f) != nil:
			d.elements(prefix, f, a, b, onlyA, onlyB)
		case a.Has(f) && b.Has(f) && hasFields(f):
			d.compare(prefix+string(f.Name())+".", a.Get(f).Message(), b.Get(f).Message(), onlyA.Mutable(f).Message(), onlyB.Mutable(f).Message())
		default:
			d.note(prefix + string(f.Name()))
			set(onlyA, f, a)
			set(onlyB, f, b)
		}
	}
}

func (d *difference) note(path string) {
	d.paths, d.shown = append(d.paths, path), append(d.shown, path)
}

func set(to protoreflect.Message, f protoreflect.FieldDescriptor, from protoreflect.Message) {
	if from.Has(f) {
		to.Set(f, from.Get(f))
	}
}

// elements compares two lists whose elements have an id: what differs within elements that
// are in both is named by its field, and otherwise the list.
func (d *difference) elements(prefix string, f protoreflect.FieldDescriptor, a, b, onlyA, onlyB protoreflect.Message) {
	id, path := idOf(f), prefix+string(f.Name())
	here, there := byID(a.Get(f).List(), id), byID(b.Get(f).List(), id)
	if here == nil || there == nil {
		d.note(path) // ids that tell nothing apart
		set(onlyA, f, a)
		set(onlyB, f, b)
		return
	}
	inside, whole := &difference{}, len(here) != len(there)
	var left, right []protoreflect.Value
	for _, one := range all(a.Get(f).List()) {
		other, known := there[one.Message().Get(id).String()]
		switch {
		case !known:
			whole, left = true, append(left, one)
		case !one.Equal(other):
			inside.compare(path+".", one.Message(), other.Message(), one.Message().New(), other.Message().New())
			left, right = append(left, one), append(right, other)
		}
	}
	for _, one := range all(b.Get(f).List()) {
		if _, known := here[one.Message().Get(id).String()]; !known {
			whole, right = true, append(right, one)
		}
	}
	if len(left)+len(right) == 0 { // in another order
		left, right, whole = all(a.Get(f).List()), all(b.Get(f).List()), true
	}
	paths := []string{path}
	if !whole {
		slices.Sort(inside.paths)
		if paths = slices.Compact(inside.paths); len(paths) == 0 {
			return // what differs is no content
		}
	}
	d.paths, d.shown = append(d.paths, paths...), append(d.shown, path)
	fill(onlyA, f, left)
	fill(onlyB, f, right)
}

func fill(to protoreflect.Message, f protoreflect.FieldDescriptor, with []protoreflect.Value) {
	for _, one := range with {
		to.Mutable(f).List().Append(one)
	}
}

func all(list protoreflect.List) []protoreflect.Value {
	values := make([]protoreflect.Value, list.Len())
	for i := range values {
		values[i] = list.Get(i)
	}
	return values
}

// byID are the elements of a list by their id; nil where two have the same.
func byID(list protoreflect.List, id protoreflect.FieldDescriptor) map[string]protoreflect.Value {
	found := make(map[string]protoreflect.Value, list.Len())
	for _, one := range all(list) {
		found[one.Message().Get(id).String()] = one
	}
	if len(found) != list.Len() {
		return nil
	}
	return found
}

// idOf is the field that tells the elements of a list apart; nil for none.
func idOf(f protoreflect.FieldDescriptor) protoreflect.FieldDescriptor {
	if f.Message() == nil {
		return nil
	}
	return f.Message().Fields().ByName("id")
}

// hasFields tells whether a field is a group of fields of the contract, and no value such
// as a decimal, a date or a unit.
func hasFields(f protoreflect.FieldDescriptor) bool {
	return f.Message() != nil && !f.IsList() && !f.IsMap() &&
		!strings.HasPrefix(string(f.Message().FullName()), "google.") && f.Message().ParentFile().Package() != "mesh.types.v1"
}

func entriesBeyond(m, other, to protoreflect.Map) {
	m.Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
		if !other.Has(key) || !other.Get(key).Equal(value) {
			to.Set(key, value)
		}
		return true
	})
}

func volatile(f protoreflect.FieldDescriptor) bool {
	rule, _ := proto.GetExtension(f.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
	return rule.GetVolatile()
}
