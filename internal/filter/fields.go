package filter

import (
	"cmp"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"go.einride.tech/aip/filtering"

	"odoomesh/internal/index"
)

// isField tells whether a word is the name of a field. within is put before it.
func (c *compiler) isField(within, path string) bool {
	desc := c.desc
	names := strings.Split(within+path, ".")
	for i, name := range names {
		fd := index.FieldOf(desc, name)
		if fd == nil || fd.IsMap() {
			return false
		}
		if i < len(names)-1 {
			if fd.Message() == nil {
				return false
			}
			desc = fd.Message()
		}
	}
	return true
}

// isFlag tells whether a word is the name of a field that is true or false.
func (c *compiler) isFlag(path string) bool {
	steps, key, err := c.resolve(path)
	return err == nil && key == "" && steps[len(steps)-1].Kind() == protoreflect.BoolKind
}

// isEnumValue tells whether a word names a value of the field's enumeration.
func isEnumValue(fd protoreflect.FieldDescriptor, word string) bool {
	if fd.Kind() != protoreflect.EnumKind {
		return false
	}
	_, err := enumValue(fd.Enum(), word)
	return err == nil
}

// twoFields compares two fields of one record. A condition holds where both have a value.
func (c *compiler) twoFields(path string, left []protoreflect.FieldDescriptor, operator, other string) (predicate, error) {
	right, _, err := c.resolve(other)
	if err != nil {
		return nil, err
	}
	other = nameOf(right, "")
	c.clocked = c.clocked || byClock(right)
	if operator == filtering.FunctionHas {
		return nil, problem("%s : %s: a part is looked for in one field at a time: write a text in quotes", path, other)
	}
	if list := throughList(left); throughList(right) && list {
		outer, _, _ := strings.Cut(path, ".")
		return nil, problem("%s %s %s: both have several values: to compare those of one element write %s.any(%s %s %s)",
			path, operator, other, outer, strings.TrimPrefix(path, outer+"."), operator, strings.TrimPrefix(other, outer+"."))
	}
	compare, ordered, err := c.sameKind(path, other, left, right)
	if err != nil {
		return nil, err
	}
	if !ordered && operator != filtering.FunctionEquals && operator != filtering.FunctionNotEquals {
		return nil, problem("%s %s %s: their values have no order: compare them with = or !=", path, operator, other)
	}
	holds := holding(operator)
	return func(m protoreflect.Message) bool {
		return anyElement(m, left, func(a protoreflect.Value, set bool) bool {
			return set && anyElement(m, right, func(b protoreflect.Value, set bool) bool {
				if !set {
					return false
				}
				order, comparable := compare(a, b)
				return comparable && holds(order)
			})
		})
	}, nil
}

func throughList(steps []protoreflect.FieldDescriptor) bool {
	for _, fd := range steps {
		if fd.IsList() {
			return true
		}
	}
	return false
}

type comparison func(a, b protoreflect.Value) (order int, comparable bool)

// sameKind compares the values of two fields, which have to mean the same.
func (c *compiler) sameKind(path, other string, left, right []protoreflect.FieldDescriptor) (compare comparison, ordered bool, err error) {
	a, b := left[len(left)-1], right[len(right)-1]
	if kindOf(a) != kindOf(b) {
		return nil, false, problem("%s and %s cannot be compared: the one is %s, the other %s", path, other, kindOf(a), kindOf(b))
	}
	switch a.Kind() {
	case protoreflect.BoolKind:
		return func(a, b protoreflect.Value) (int, bool) { return boolCompare(a.Bool(), b.Bool()), true }, false, nil
	case protoreflect.EnumKind:
		return func(a, b protoreflect.Value) (int, bool) { return cmp.Compare(a.Enum(), b.Enum()), true }, false, nil
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return func(a, b protoreflect.Value) (int, bool) { return cmp.Compare(a.Int(), b.Int()), true }, true, nil
	case protoreflect.StringKind:
		matching := matchingOf(a)
		return func(a, b protoreflect.Value) (int, bool) {
			return strings.Compare(index.Fold(matching, a.String()), index.Fold(matching, b.String())), true
		}, true, nil
	case protoreflect.MessageKind:
		return c.sameMessage(path, other, left, right)
	}
	return nil, false, problem("%s: fields of its type cannot be compared", path)
}

func (c *compiler) sameMessage(path, other string, left, right []protoreflect.FieldDescriptor) (comparison, bool, error) {
	a, b := left[len(left)-1], right[len(right)-1]
	switch a.Message().FullName() {
	case "google.protobuf.Timestamp":
		return func(a, b protoreflect.Value) (int, bool) {
			x, known := instant(a.Message())
			y, too := instant(b.Message())
			return x.Compare(y), known && too
		}, true, nil
	case "google.type.Date":
		return func(a, b protoreflect.Value) (int, bool) {
			x, known := day(a.Message())
			y, too := day(b.Message())
			return x.Compare(y), known && too
		}, true, nil
	case "google.type.Money":
		// Amounts of two currencies are not compared: neither is more.
		return func(a, b protoreflect.Value) (int, bool) {
			currency := a.Message().Descriptor().Fields().ByName("currency_code")
			x, known := amount(a.Message())
			y, too := amount(b.Message())
			if !known || !too || a.Message().Get(currency).String() != b.Message().Get(currency).String() {
				return 0, false
			}
			return x.Cmp(y), true
		}, true, nil
	case "google.type.Decimal":
		if measureOf(a) != measureOf(b) || measureOf(a) != "" && a.ContainingMessage() != b.ContainingMessage() {
			return nil, false, problem("%s and %s cannot be compared: they are not in one unit", path, other)
		}
		return func(a, b protoreflect.Value) (int, bool) {
			x, known := amount(a.Message())
			y, too := amount(b.Message())
			if !known || !too {
				return 0, false
			}
			return x.Cmp(y), true
		}, true, nil
	}
	return nil, false, problem("%s is a group of fields: name one of them, as in %s.%s", path, path, a.Message().Fields().Get(0).Name())
}

// measureOf says what a number counts, as the contract names its fields: a quantity is in
// the unit of its message, a base quantity in that of the product, weight_kg in kilograms.
func measureOf(fd protoreflect.FieldDescriptor) string {
	name := string(fd.Name())
	switch {
	case strings.HasSuffix(name, "quantity") && strings.HasPrefix(name, "base_"):
		return "base quantity"
	case strings.HasSuffix(name, "quantity"):
		return "quantity"
	}
	if last := strings.LastIndexByte(name, '_'); last >= 0 {
		return name[last+1:]
	}
	return name
}

// kindOf says for people what a field's values are.
func kindOf(fd protoreflect.FieldDescriptor) string {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return "true or false"
	case protoreflect.EnumKind:
		return "a value of " + string(fd.Enum().Name())
	case protoreflect.StringKind:
		return "a text"
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return "a whole number"
	case protoreflect.MessageKind:
		switch fd.Message().FullName() {
		case "google.protobuf.Timestamp":
			return "a time"
		case "google.type.Date":
			return "a day"
		case "google.type.Decimal":
			return "a number"
		case "google.type.Money":
			return "an amount of money"
		}
		return "a group of fields"
	}
	return "of a type that cannot be compared"
}
