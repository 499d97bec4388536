package rowfile

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// column is where the cells of a column go.
type column struct {
	name string
	path []protoreflect.FieldDescriptor
}

// columnOf finds the field that a column is called after: one of the message, such as sku,
// one of the row in it, such as supplier, or one below, such as expiry_policy.expires. A
// price may have its currency in a column of its own.
func columnOf(name string, row protoreflect.MessageDescriptor, field string) (column, error) {
	if name == "currency" {
		name = "price.currency_code"
	}
	inRow := row.Fields().ByName(protoreflect.Name(field))
	for _, from := range [][]protoreflect.FieldDescriptor{{inRow}, nil} {
		in, path := row, append([]protoreflect.FieldDescriptor{}, from...)
		if len(from) > 0 {
			in = inRow.Message()
		}
		for part := range strings.SplitSeq(name, ".") {
			var f protoreflect.FieldDescriptor
			if in != nil {
				f = in.Fields().ByName(protoreflect.Name(part))
			}
			if f == nil || f.IsList() || f.IsMap() {
				path = nil
				break
			}
			path, in = append(path, f), f.Message()
		}
		if path != nil && (from != nil || path[0] != inRow && path[0].Message() == nil && path[0].Name() != "unreadable") {
			return column{name, path}, nil
		}
	}
	return column{}, fmt.Errorf("there is no field %q: the first line names the fields of a row", name)
}

// set puts a cell into a message; it says what the cell has to be where it is not.
func (c column) set(m protoreflect.Message, cell string) (problem string) {
	last := c.path[len(c.path)-1]
	for _, f := range c.path[:len(c.path)-1] {
		m = m.Mutable(f).Message()
	}
	switch last.Kind() {
	case protoreflect.StringKind:
		if has := m.Get(last).String(); has != "" && has != cell {
			return "another column says " + has
		}
		m.Set(last, protoreflect.ValueOfString(cell))
	case protoreflect.BoolKind:
		b, err := strconv.ParseBool(strings.ToLower(cell))
		if err != nil {
			return "true or false"
		}
		m.Set(last, protoreflect.ValueOfBool(b))
	case protoreflect.Int32Kind:
		n, err := strconv.ParseInt(cell, 10, 32)
		if err != nil {
			return "a whole number"
		}
		m.Set(last, protoreflect.ValueOfInt32(int32(n)))
	case protoreflect.EnumKind:
		return setEnum(m, last, cell)
	case protoreflect.MessageKind:
		return setMessage(m.Mutable(last).Message(), last.Message(), cell)
	default:
		return "it cannot be given in a table: use NDJSON"
	}
	return ""
}

// setEnum takes a value by its name, of which the part that all have may be left out.
func setEnum(m protoreflect.Message, f protoreflect.FieldDescriptor, cell string) (problem string) {
	values := f.Enum().Values()
	prefix, _ := strings.CutSuffix(string(values.Get(0).Name()), "UNSPECIFIED")
	word := strings.ToUpper(cell)
	for _, name := range []string{word, prefix + word} {
		if v := values.ByName(protoreflect.Name(name)); v != nil {
			m.Set(f, protoreflect.ValueOfEnum(v.Number()))
			return ""
		}
	}
	var names []string
	for i := 1; i < values.Len(); i++ {
		names = append(names, strings.ToLower(strings.TrimPrefix(string(values.Get(i).Name()), prefix)))
	}
	return "one of " + strings.Join(names, ", ")
}

func setMessage(m protoreflect.Message, d protoreflect.MessageDescriptor, cell string) (problem string) {
	switch is := m.Interface().(type) {
	case *decimal.Decimal:
		is.Value = cell
	case *date.Date:
		day, err := time.Parse(time.DateOnly, cell)
		if err != nil {
			return "a day such as 2027-01-31"
		}
		is.Year, is.Month, is.Day = int32(day.Year()), int32(day.Month()), int32(day.Day())
	case *money.Money:
		return setMoney(is, cell)
	default:
		name := d.Fields().ByName("name")
		if name == nil || name.Kind() != protoreflect.StringKind {
			return "give its fields in columns of their own"
		}
		m.Set(name, protoreflect.ValueOfString(cell))
	}
	return ""
}

// setMoney reads an amount such as 12.50, or 12.50 EUR.
func setMoney(m *money.Money, cell string) (problem string) {
	const wrong = "an amount such as 12.50, or 12.50 EUR"
	amount, currency, _ := strings.Cut(cell, " ")
	currency = strings.TrimSpace(currency)
	if currency != "" && m.GetCurrencyCode() != "" && currency != m.GetCurrencyCode() {
		return "the column currency says " + m.GetCurrencyCode()
	}
	m.CurrencyCode = cmp.Or(currency, m.GetCurrencyCode())
	whole, rest, _ := strings.Cut(strings.TrimPrefix(amount, "-"), ".")
	units, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || whole[0] < '0' || whole[0] > '9' || len(rest) > 9 || strings.HasSuffix(amount, ".") {
		return wrong
	}
	nanos, err := strconv.ParseUint((rest + "000000000")[:9], 10, 32)
	if err != nil {
		return wrong
	}
	m.Units, m.Nanos = units, int32(nanos)
	if amount[0] == '-' {
		m.Units, m.Nanos = -m.Units, -m.Nanos
	}
	return ""
}
