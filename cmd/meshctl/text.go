package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// isRecordPart tells whether a field holds messages of the contract, which are
// shown field by field; money, dates and the like are single values.
func isRecordPart(fd protoreflect.FieldDescriptor) bool {
	return fd.Message() != nil && !fd.IsMap() && strings.HasPrefix(string(fd.Message().FullName()), "mesh.")
}

// text is one value as people read it.
func text(fd protoreflect.FieldDescriptor, v protoreflect.Value) string {
	switch {
	case fd.Enum() != nil:
		return enumText(fd.Enum(), v.Enum())
	case fd.Message() != nil:
		return messageText(v.Message().Interface())
	case fd.Kind() == protoreflect.BoolKind && v.Bool():
		return "yes"
	case fd.Kind() == protoreflect.BoolKind:
		return "no"
	}
	return v.String()
}

// enumText is a value without its type's name: goods for KIND_GOODS.
func enumText(enum protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	value := enum.Values().ByNumber(n)
	if value == nil {
		return strconv.Itoa(int(n))
	}
	prefix := strings.TrimSuffix(string(enum.Values().ByNumber(0).Name()), "UNSPECIFIED")
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(string(value.Name()), prefix), "_", " "))
}

func messageText(m protoreflect.ProtoMessage) string {
	switch m := m.(type) {
	case *money.Money:
		return strings.TrimSpace(amount(m) + " " + m.GetCurrencyCode())
	case *decimal.Decimal:
		return m.GetValue()
	case *date.Date:
		return fmt.Sprintf("%04d-%02d-%02d", m.GetYear(), m.GetMonth(), m.GetDay())
	case *timestamppb.Timestamp:
		return m.AsTime().Format(time.RFC3339)
	}
	return prototext.MarshalOptions{}.Format(m)
}

// amount writes money with two digits behind the point, or as many as it needs.
func amount(m *money.Money) string {
	units, nanos, sign := m.GetUnits(), int64(m.GetNanos()), ""
	if units < 0 || nanos < 0 {
		units, nanos, sign = -units, -nanos, "-"
	}
	digits := strings.TrimRight(fmt.Sprintf("%09d", nanos), "0")
	return fmt.Sprintf("%s%d.%s", sign, units, digits+strings.Repeat("0", max(0, 2-len(digits))))
}

type entry struct {
	key   string
	value protoreflect.Value
}

func sortedEntries(m protoreflect.Map) []entry {
	var all []entry
	m.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		all = append(all, entry{k.String(), v})
		return true
	})
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return all
}
