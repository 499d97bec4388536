package console

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/exact"
)

// scalar shows one value of a field; false for a message that has fields of its own.
func (c *Console) scalar(f protoreflect.FieldDescriptor, v protoreflect.Value, known names) (value, bool) {
	switch f.Kind() {
	case protoreflect.MessageKind:
		return c.wellKnown(v.Message().Interface())
	case protoreflect.EnumKind:
		return value{Text: enumText(f.Enum(), v.Enum())}, true
	case protoreflect.BoolKind:
		if v.Bool() {
			return value{Text: "yes"}, true
		}
		return value{Text: "no"}, true
	case protoreflect.StringKind:
		if isReference(f) {
			return c.ref(v.String(), known), true
		}
		return value{Text: clean(v.String())}, true
	case protoreflect.BytesKind:
		return value{Text: fmt.Sprintf("%d bytes", len(v.Bytes()))}, true
	}
	return numeral(v.String()), true
}

// wellKnown shows messages that are one value.
func (c *Console) wellKnown(m proto.Message) (value, bool) {
	switch m := m.(type) {
	case *timestamppb.Timestamp:
		return c.when(m), true
	case *date.Date:
		return dayOf(m), true
	case *decimal.Decimal:
		return numeral(m.GetValue()), true
	case *money.Money:
		return moneyOf(m), true
	case *durationpb.Duration:
		return value{Text: m.AsDuration().String()}, true
	case *typesv1.UnitOfMeasure:
		return words(m.GetDisplayName()), true
	}
	return value{}, false
}

func dayOf(d *date.Date) value {
	if d == nil || d.GetYear() == 0 {
		return value{}
	}
	day := fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
	return value{Text: day, Time: day}
}

func timeOf(d *date.Date, in *time.Location) time.Time {
	return time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, in)
}

// moneyOf has two places after the point, unless there is more to say.
func moneyOf(m *money.Money) value {
	if m == nil {
		return value{}
	}
	amount := exact.Money(m)
	text := amount.FloatString(2)
	if whole, ok := new(big.Rat).SetString(text); !ok || whole.Cmp(amount) != 0 {
		text = exact.Text(amount)
	}
	return numeral(text + " " + m.GetCurrencyCode())
}

// enumText is "to approve" for STATE_TO_APPROVE; empty for the value that says nothing.
func enumText(e protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	v := e.Values().ByNumber(n)
	if v == nil {
		return fmt.Sprint(n)
	}
	if n == 0 {
		return ""
	}
	prefix := strings.TrimSuffix(string(e.Values().Get(0).Name()), "UNSPECIFIED")
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(string(v.Name()), prefix), "_", " "))
}

func isReference(f protoreflect.FieldDescriptor) bool {
	return f.Kind() == protoreflect.StringKind && proto.HasExtension(f.Options(), annotations.E_ResourceReference)
}

// title is "Expiration time" for expiration_time.
func title(name protoreflect.Name) string {
	text := strings.ReplaceAll(string(name), "_", " ")
	switch text {
	case "sku", "gtin":
		return strings.ToUpper(text)
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// references are the records that a message names, at any depth.
func references(m protoreflect.Message, add func(string)) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
		case f.IsList() && f.Message() != nil:
			for i := range v.List().Len() {
				references(v.List().Get(i).Message(), add)
			}
		case f.Message() != nil:
			references(v.Message(), add)
		case f.IsList() && isReference(f):
			for i := range v.List().Len() {
				add(v.List().Get(i).String())
			}
		case isReference(f):
			add(v.String())
		}
		return true
	})
}

// gather is references, as a list.
func gather(messages ...protoreflect.Message) (all []string) {
	for _, m := range messages {
		references(m, func(name string) { all = append(all, name) })
	}
	return all
}
