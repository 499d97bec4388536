package mapping

import (
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/odoo"
)

// Input is what a converter works on.
type Input struct {
	Row odoo.Row
	// Fields are the Odoo fields of the row that the mapping names, in its order.
	Fields []string
	build  *build
	target *target
	node   *Node
	// empty makes a new value of the target field, for lists.
	empty func() protoreflect.Value
	// currency is the row of the amount's currency, when the mapping names one.
	currency odoo.Row
}

// Root is the row that the whole record is made of, the first of them where they are
// a group.
func (in *Input) Root() odoo.Row { return in.build.tables[in.build.model][in.build.id] }

// Other is a row of another model that was read for the record.
func (in *Input) Other(model string, id int64) odoo.Row { return in.build.tables[model][id] }

// Converter makes a canonical value from Odoo's. ok is false where Odoo's value
// is empty. It never panics, whatever Odoo sent.
type Converter func(in *Input) (v protoreflect.Value, ok bool, err error)

// Converters are what a mapping's `as` may name, by name.
type Converters map[string]Converter

// common are the converters that every mapping may name.
func common() Converters {
	return Converters{
		"text":             toText,
		"html":             toPlainText,
		"bool":             toBool,
		"not":              toNegated,
		"int":              toInt,
		"id":               toID,
		"empty":            toEmpty,
		"decimal":          ToDecimal,
		"positive":         toPositive,
		"kilograms":        toKilograms,
		"cubic_metres":     toCubicMetres,
		"money":            ToMoney,
		"timestamp":        toTimestamp,
		"date":             toDate,
		"day":              toDay,
		"reference":        toReference,
		"references":       toReferences,
		"ancestor":         toAncestor,
		"gtin":             toGTIN,
		"barcode":          toBarcode,
		"gln":              toGLN,
		"unit_numerator":   toUnitNumerator,
		"unit_denominator": toUnitDenominator,
		"number":           toNumber,
		"is":               toIs,
		"nonzero":          toNonzero,
		"display":          toDisplayName,
		"tax_percent":      toTaxPercent,
		"sum":              toSum,
		"difference":       toDifference,
		"earliest":         toEarliest,
	}
}

// standard is the converter for a canonical field of which the mapping names none.
func standard(fd protoreflect.FieldDescriptor) string {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return "bool"
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return "int"
	case protoreflect.EnumKind:
		return "selection"
	case protoreflect.StringKind:
		return "text"
	case protoreflect.MessageKind:
		switch fd.Message().FullName() {
		case "google.type.Decimal":
			return "decimal"
		case "google.type.Money":
			return "money"
		case "google.type.Date":
			return "date"
		case "google.protobuf.Timestamp":
			return "timestamp"
		}
	}
	return ""
}

// convert compiles a field that is made from fields of the row itself.
func (c *compiler) convert(l *level, route string, t *target, n *Node) step {
	fields := n.Odoo.In(c.major)
	if len(fields) == 0 {
		return nil
	}
	name := n.As
	switch {
	case len(n.Is) > 0:
		name = "is"
	case name == "":
		name = standard(t.field)
	}
	if n.Optional {
		for _, f := range fields {
			if c.absent[FieldName{l.model, f}] {
				return nil
			}
			c.plan.optional[FieldName{l.model, f}] = true
		}
	}
	c.plan.want(t.path, l.model, fields...)
	c.plan.fill(t.path)
	switch name {
	case "selection":
		return c.selection(t, n, fields)
	case "base_quantity":
		return c.baseQuantity(l, route, t, n, fields)
	}
	convert, known := c.converters[name]
	if !known {
		c.problem("%s: there is no converter %q (there are %s)", t.path, name,
			strings.Join(slices.Sorted(maps.Keys(c.converters)), ", "))
		return nil
	}
	var currency *hop
	if field := n.Currency.one(c.major); field != "" {
		_, currency = c.hop(t.path, l, route, field, "res.currency", n, false)
		c.plan.want(t.path, "res.currency", "name", "decimal_places")
	}
	return func(b *build, row odoo.Row, msg protoreflect.Message) {
		in := Input{Row: row, Fields: fields, build: b, target: t, node: n}
		in.empty = func() protoreflect.Value { return t.holder(msg).NewField(t.field) }
		if currency != nil {
			in.currency, _ = b.follow(currency, row, t.path)
		}
		v, ok, err := convert(&in)
		if err != nil {
			b.fault(t.path, row, fields[0], err)
			return
		}
		if ok {
			if text, isText := v.Interface().(string); isText {
				v = protoreflect.ValueOfString(b.bounded(t.path, row, fields[0], text))
			}
			t.set(msg, v)
		}
	}
}

// selection compiles an enumeration. Its source field always carries Odoo's own
// key, so that a state which a customer has added is shown and not lost.
func (c *compiler) selection(t *target, n *Node, fields []string) step {
	numbers := map[string]protoreflect.EnumNumber{}
	if t.field.Enum() == nil {
		c.problem("%s is not an enumeration", t.path)
		return nil
	}
	for key, name := range n.Values {
		v := t.field.Enum().Values().ByName(protoreflect.Name(name))
		if v == nil {
			c.problem("%s: %s has no value %s", t.path, t.field.Enum().FullName(), name)
			continue
		}
		numbers[key] = v.Number()
	}
	var source protoreflect.FieldDescriptor
	if n.Source != "" {
		if source = t.field.ContainingMessage().Fields().ByName(protoreflect.Name(n.Source)); source == nil {
			c.problem("%s: there is no field %s beside it", t.path, n.Source)
			return nil
		}
		c.plan.fill(t.path[:len(t.path)-len(t.field.Name())] + n.Source)
	}
	return func(b *build, row odoo.Row, msg protoreflect.Message) {
		key, err := selectionKey(row, fields)
		if err != nil {
			b.fault(t.path, row, fields[0], err)
			return
		}
		if key == "" && numbers[key] == 0 {
			return
		}
		holder := t.holder(msg)
		if number, ok := numbers[key]; ok {
			holder.Set(t.field, protoreflect.ValueOfEnum(number))
		}
		if source != nil {
			holder.Set(source, protoreflect.ValueOfString(key))
		}
	}
}

// selectionKey is the selection's key and, where the mapping names flags beside
// it, the names of those that are set: "consu+is_storable".
func selectionKey(row odoo.Row, fields []string) (string, error) {
	key, err := row.String(fields[0])
	if err != nil {
		return "", err
	}
	for _, flag := range fields[1:] {
		set, err := row.Bool(flag)
		if err != nil {
			return "", err
		}
		if set {
			key += "+" + flag
		}
	}
	return key, nil
}

// constants compiles the fields that have one value for every row.
func (c *compiler) constants(t *target, desc protoreflect.MessageDescriptor, set map[string]string) func(protoreflect.Message) {
	values := map[protoreflect.FieldDescriptor]protoreflect.Value{}
	for name, text := range set {
		fd := desc.Fields().ByName(protoreflect.Name(name))
		switch {
		case fd == nil:
			c.problem("%s.%s does not exist", t.path, name)
		case fd.Kind() == protoreflect.StringKind:
			values[fd] = protoreflect.ValueOfString(text)
		case fd.Kind() == protoreflect.EnumKind:
			v := fd.Enum().Values().ByName(protoreflect.Name(text))
			if v == nil {
				c.problem("%s.%s: %s has no value %s", t.path, name, fd.Enum().FullName(), text)
				continue
			}
			values[fd] = protoreflect.ValueOfEnum(v.Number())
		default:
			c.problem("%s.%s: a constant is a text or an enum value", t.path, name)
		}
	}
	return func(m protoreflect.Message) {
		for fd, v := range values {
			m.Set(fd, v)
		}
	}
}
