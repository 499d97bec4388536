package filter

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/index"
)

// comparison compiles field, operator, value. On a repeated field it holds when
// it holds for any element.
func (c *compiler) comparison(call *expr.Expr_Call) (predicate, error) {
	path, ok := pathOf(call.GetArgs()[0])
	if !ok {
		return nil, problem("the left side of %s is not a field: write the field first, as in expiration_time > now()", call.GetFunction())
	}
	if p, ok, err := c.through(call, path); ok {
		return p, err
	}
	if inner, ok := conditions(call); ok {
		return c.oneElement(path, inner)
	}
	steps, key, err := c.resolve(path)
	if err == nil {
		err = c.atHand(path, steps)
	}
	if err != nil {
		return nil, err
	}
	last := steps[len(steps)-1]
	operator := call.GetFunction()
	path = nameOf(steps, key)
	c.clocked = c.clocked || byClock(steps)
	if other, ok := pathOf(call.GetArgs()[1]); ok && key == "" && c.isField("", other) && !isEnumValue(last, other) {
		return c.twoFields(path, steps, operator, other)
	}
	want, is, err := c.momentOf(call.GetArgs()[1], path, last)
	if err != nil {
		return nil, err
	}
	if want, ok = orLiteral(want, is, call.GetArgs()[1]); !ok {
		return nil, problem("%s %s what? A value is a text in quotes, a number, true, false, the name of an enum value or of another field, now(), or today()", path, operator)
	}
	if known := c.closed[path]; known != nil {
		if err := oneOfClosed(path, operator, want, known); err != nil {
			return nil, err
		}
	}
	test, err := c.element(last, key != "", operator, want)
	if err != nil {
		return nil, problem("%s %s %s: %v", path, operator, want, err)
	}
	if key != "" || last.IsMap() {
		return mapTest(steps, key, want, test), nil
	}
	if err := c.meant(last, path, operator, want); err != nil {
		return nil, err
	}
	if shown := c.desc.Fields().ByName("display_name"); path == "name" && shown != nil &&
		(operator == filtering.FunctionEquals || operator == filtering.FunctionHas) {
		// In this contract name is the resource name. Who looks for a part of what
		// people call a name means the display name, and finds it.
		called := textComparer(shown, operator, want)
		return func(m protoreflect.Message) bool {
			c, _ := called(m.Get(shown))
			return c == 0 || anyElement(m, steps, test)
		}, nil
	}
	return func(m protoreflect.Message) bool { return anyElement(m, steps, test) }, nil
}

// resolve finds the fields on a path. Behind a map the rest is a key.
func (c *compiler) resolve(path string) ([]protoreflect.FieldDescriptor, string, error) {
	var steps []protoreflect.FieldDescriptor
	desc := c.desc
	names := strings.Split(path, ".")
	for i, name := range names {
		fd := index.FieldOf(desc, name)
		if fd == nil {
			return nil, "", c.noField(desc, names[:i+1])
		}
		steps = append(steps, fd)
		rest := names[i+1:]
		if fd.IsMap() {
			return steps, strings.Join(rest, "."), nil
		}
		if len(rest) > 0 {
			if fd.Message() == nil {
				return nil, "", noFieldsOfItsOwn(strings.Join(names[:i+1], "."), fd)
			}
			desc = fd.Message()
		}
	}
	return steps, "", nil
}

// literal is the value of a condition as text; a sign before a number is an
// expression of its own in the grammar.
func literal(e *expr.Expr) (string, bool) {
	switch k := e.GetConstExpr().GetConstantKind().(type) {
	case *expr.Constant_Int64Value:
		return strconv.FormatInt(k.Int64Value, 10), true
	case *expr.Constant_DoubleValue:
		return strconv.FormatFloat(k.DoubleValue, 'f', -1, 64), true
	case *expr.Constant_BoolValue:
		return strconv.FormatBool(k.BoolValue), true
	}
	return textOf(e)
}

// orLiteral is a value that was found already, or else one that was written.
func orLiteral(found string, is bool, e *expr.Expr) (string, bool) {
	if is {
		return found, true
	}
	return literal(e)
}

// test tells whether one element fulfils a condition; set is false where the
// message on the way to it is not there.
type test func(v protoreflect.Value, set bool) bool

func anyElement(m protoreflect.Message, steps []protoreflect.FieldDescriptor, t test) bool {
	fd := steps[0]
	if fd.IsList() {
		list := m.Get(fd).List()
		for i := range list.Len() {
			if len(steps) == 1 {
				if t(list.Get(i), true) {
					return true
				}
			} else if anyElement(list.Get(i).Message(), steps[1:], t) {
				return true
			}
		}
		return false
	}
	if len(steps) == 1 {
		return t(m.Get(fd), m.Has(fd))
	}
	return anyElement(m.Get(fd).Message(), steps[1:], t)
}

// mapTest tests the value under a key or, without one, whether there is the key.
func mapTest(steps []protoreflect.FieldDescriptor, key, want string, t test) predicate {
	fd := steps[len(steps)-1]
	return func(m protoreflect.Message) bool {
		for _, s := range steps[:len(steps)-1] {
			m = m.Get(s).Message()
		}
		entries := m.Get(fd).Map()
		if key == "" {
			return want == "*" && entries.Len() > 0 || entries.Has(protoreflect.ValueOfString(want).MapKey())
		}
		v := entries.Get(protoreflect.ValueOfString(key).MapKey())
		return v.IsValid() && t(v, true)
	}
}

// element compiles the comparison of one element of a field's type.
func (c *compiler) element(fd protoreflect.FieldDescriptor, inMap bool, operator, want string) (test, error) {
	if operator == filtering.FunctionHas && want == "*" {
		return func(_ protoreflect.Value, set bool) bool { return set }, nil
	}
	if fd.IsMap() && !inMap {
		if operator != filtering.FunctionHas {
			return nil, problem("name a key: %s.your_key = \"value\", or %s:your_key", fd.Name(), fd.Name())
		}
		return func(protoreflect.Value, bool) bool { return true }, nil
	}
	if inMap {
		fd = fd.MapValue()
	}
	compare, err := c.comparer(fd, operator, want)
	if err != nil {
		return nil, err
	}
	holds := holding(operator)
	return func(v protoreflect.Value, set bool) bool {
		c, ok := compare(v)
		return ok && holds(c)
	}, nil
}

// holding tells by how two values compare whether an operator holds.
func holding(operator string) func(int) bool {
	return map[string]func(int) bool{
		filtering.FunctionEquals:        func(c int) bool { return c == 0 },
		filtering.FunctionHas:           func(c int) bool { return c == 0 },
		filtering.FunctionNotEquals:     func(c int) bool { return c != 0 },
		filtering.FunctionLessThan:      func(c int) bool { return c < 0 },
		filtering.FunctionLessEquals:    func(c int) bool { return c <= 0 },
		filtering.FunctionGreaterThan:   func(c int) bool { return c > 0 },
		filtering.FunctionGreaterEquals: func(c int) bool { return c >= 0 },
	}[operator]
}

// comparer compares a value with the wanted one; false where it has none.
func (c *compiler) comparer(fd protoreflect.FieldDescriptor, operator, want string) (func(protoreflect.Value) (int, bool), error) {
	equality := operator == filtering.FunctionEquals || operator == filtering.FunctionNotEquals || operator == filtering.FunctionHas
	switch fd.Kind() {
	case protoreflect.StringKind:
		return textComparer(fd, operator, want), nil
	case protoreflect.BoolKind:
		b, err := strconv.ParseBool(want)
		if err != nil || !equality {
			return nil, problem("it is true or false, compared with =")
		}
		return func(v protoreflect.Value) (int, bool) { return boolCompare(v.Bool(), b), true }, nil
	case protoreflect.EnumKind:
		number, err := enumValue(fd.Enum(), want)
		if err != nil {
			return nil, err
		}
		if !equality {
			return nil, problem("its values have no order")
		}
		return func(v protoreflect.Value) (int, bool) { return cmp.Compare(v.Enum(), number), true }, nil
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		n, err := strconv.ParseInt(want, 10, 64)
		if err != nil {
			return nil, problem("it is a whole number")
		}
		return func(v protoreflect.Value) (int, bool) { return cmp.Compare(v.Int(), n), true }, nil
	case protoreflect.MessageKind:
		return c.messageComparer(fd, want)
	}
	return nil, problem("fields of its type cannot be compared")
}

func boolCompare(a, b bool) int {
	if a == b {
		return 0
	}
	return 1
}

func (c *compiler) messageComparer(fd protoreflect.FieldDescriptor, want string) (func(protoreflect.Value) (int, bool), error) {
	switch fd.Message().FullName() {
	case "google.protobuf.Timestamp":
		at, err := c.parseTime(want)
		if err != nil {
			return nil, err
		}
		return func(v protoreflect.Value) (int, bool) {
			have, ok := instant(v.Message())
			return have.Compare(at), ok
		}, nil
	case "google.type.Date":
		at, err := time.Parse(time.DateOnly, want)
		if err != nil {
			return nil, problem("it is a day such as \"2026-11-23\", or today() + duration(\"7d\")")
		}
		return func(v protoreflect.Value) (int, bool) {
			have, ok := day(v.Message())
			return have.Compare(at), ok
		}, nil
	case "google.type.Decimal", "google.type.Money":
		d, _, err := apd.NewFromString(want)
		if err != nil || d.Form != apd.Finite {
			return nil, problem("it is a number")
		}
		return func(v protoreflect.Value) (int, bool) {
			have, ok := amount(v.Message())
			if !ok {
				return 0, false
			}
			return have.Cmp(d), true
		}, nil
	}
	return nil, problem("it is a group of fields: name one of them, as in %s.%s", fd.Name(), fd.Message().Fields().Get(0).Name())
}

// amount is the number in a Decimal or a Money.
func amount(m protoreflect.Message) (*apd.Decimal, bool) {
	if !m.IsValid() {
		return nil, false
	}
	fields := m.Descriptor().Fields()
	if m.Descriptor().Name() == "Decimal" {
		d, _, err := apd.NewFromString(m.Get(fields.ByName("value")).String())
		return d, err == nil
	}
	sum := apd.New(m.Get(fields.ByName("units")).Int(), 0)
	_, err := apd.BaseContext.WithPrecision(40).Add(sum, sum, apd.New(m.Get(fields.ByName("nanos")).Int(), -9))
	return sum, err == nil
}

// instant is the time in a Timestamp.
func instant(m protoreflect.Message) (time.Time, bool) {
	fields := m.Descriptor().Fields()
	return time.Unix(m.Get(fields.ByNumber(1)).Int(), m.Get(fields.ByNumber(2)).Int()), m.IsValid()
}

// day is the beginning, in UTC, of the day in a Date.
func day(m protoreflect.Message) (time.Time, bool) {
	part := func(n protoreflect.FieldNumber) int { return int(m.Get(m.Descriptor().Fields().ByNumber(n)).Int()) }
	return time.Date(part(1), time.Month(part(2)), part(3), 0, 0, 0, 0, time.UTC), m.IsValid()
}
