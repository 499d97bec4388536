package flat

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"odoomesh/internal/export"
)

// isPart tells whether a field holds a message of the contract's own, whose fields become
// columns, and no value such as a time.
func isPart(f protoreflect.FieldDescriptor) bool {
	return f.Message() != nil && !f.IsMap() && strings.HasPrefix(string(f.Message().FullName()), "mesh.")
}

// leaf is how a field becomes one column.
func leaf(f protoreflect.FieldDescriptor) (export.Kind, func(protoreflect.Value) export.Value, error) {
	switch f.Kind() {
	case protoreflect.StringKind:
		if proto.HasExtension(f.Options(), annotations.E_ResourceReference) {
			return export.Word, text, nil
		}
		return export.Text, text, nil
	case protoreflect.BoolKind:
		return export.Flag, flag, nil
	case protoreflect.EnumKind:
		return export.Word, word(f.Enum()), nil
	case protoreflect.BytesKind:
		return export.Text, func(v protoreflect.Value) export.Value {
			return textOf(base64.StdEncoding.EncodeToString(v.Bytes()))
		}, nil
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return export.Quantity, func(v protoreflect.Value) export.Value {
			return export.Value{Set: true, Text: strconv.FormatFloat(v.Float(), 'f', -1, 64)}
		}, nil
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return known(f)
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		return export.Quantity, func(v protoreflect.Value) export.Value {
			return export.Value{Set: true, Text: strconv.FormatUint(v.Uint(), 10)}
		}, nil
	}
	return export.Integer, func(v protoreflect.Value) export.Value { return export.Value{Set: true, Number: v.Int()} }, nil
}

// known is how the messages of others become one column.
func known(f protoreflect.FieldDescriptor) (export.Kind, func(protoreflect.Value) export.Value, error) {
	switch f.Message().FullName() {
	case "google.type.Decimal":
		return export.Quantity, quantity, nil
	case "google.protobuf.Timestamp":
		return export.Time, moment, nil
	case "google.protobuf.Duration":
		return export.Quantity, seconds, nil
	case "google.type.Date":
		return export.Day, day, nil
	}
	return 0, nil, noColumn(f)
}

// noColumn says that the contract has something new, for which a column is to be decided.
func noColumn(f protoreflect.FieldDescriptor) error {
	return fmt.Errorf("no column holds a %s", f.Message().FullName())
}

func textOf(t string) export.Value { return export.Value{Set: t != "", Text: t} }

func text(v protoreflect.Value) export.Value { return textOf(v.String()) }

func flag(v protoreflect.Value) export.Value {
	if v.Bool() {
		return export.Value{Set: true, Number: 1}
	}
	return export.Value{Set: true}
}

// word is an enumeration without what all its values begin with; the one that states
// nothing is no value.
func word(enum protoreflect.EnumDescriptor) func(protoreflect.Value) export.Value {
	prefix := ""
	if zero := enum.Values().ByNumber(0); zero != nil {
		prefix = strings.TrimSuffix(string(zero.Name()), "UNSPECIFIED")
	}
	words := map[protoreflect.EnumNumber]string{}
	for i := range enum.Values().Len() {
		v := enum.Values().Get(i)
		words[v.Number()] = strings.TrimPrefix(string(v.Name()), prefix)
	}
	return func(v protoreflect.Value) export.Value {
		switch t, known := words[v.Enum()]; {
		case v.Enum() == 0:
			return export.Value{}
		case known:
			return export.Value{Set: true, Text: t}
		}
		return export.Value{Set: true, Text: strconv.Itoa(int(v.Enum()))}
	}
}

func quantity(v protoreflect.Value) export.Value {
	if t := v.Message().Interface().(*decimal.Decimal).GetValue(); t != "" {
		return export.Value{Set: true, Text: t}
	}
	return export.Value{Set: true, Text: "0"}
}

func moment(v protoreflect.Value) export.Value {
	return export.Value{Set: true, Number: v.Message().Interface().(*timestamppb.Timestamp).AsTime().UnixMicro()}
}

func seconds(v protoreflect.Value) export.Value {
	d := v.Message().Interface().(*durationpb.Duration)
	return export.Value{Set: true, Text: fixed(d.GetSeconds(), d.GetNanos())}
}

func day(v protoreflect.Value) export.Value {
	d := v.Message().Interface().(*date.Date)
	at := time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, time.UTC)
	return export.Value{Set: true, Number: at.Unix() / (24 * 60 * 60)}
}

// money is an amount and its currency.
func money(v protoreflect.Value, into []export.Value) {
	m := v.Message().Interface().(*moneypb.Money)
	into[0] = export.Value{Set: true, Text: fixed(m.GetUnits(), m.GetNanos())}
	into[1] = textOf(m.GetCurrencyCode())
}

// fixed is a number of units and billionths, which have one sign, digit by digit.
func fixed(units int64, nanos int32) string {
	whole := strconv.FormatInt(units, 10)
	if nanos == 0 {
		return whole
	}
	if nanos < 0 {
		nanos = -nanos
		if units == 0 {
			whole = "-0"
		}
	}
	return strings.TrimRight(fmt.Sprintf("%s.%09d", whole, nanos), "0")
}

// jsonOf is how a list or a map of values becomes one column: an array, or an object.
func jsonOf(f protoreflect.FieldDescriptor) (func(protoreflect.Value) export.Value, error) {
	of := f
	if f.IsMap() {
		of = f.MapValue()
	}
	if of.Message() != nil {
		return nil, noColumn(of)
	}
	return func(v protoreflect.Value) export.Value {
		var all any
		if f.IsMap() {
			object := map[string]any{}
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				object[k.String()] = plain(of, v)
				return true
			})
			all = object
		} else {
			array := make([]any, v.List().Len())
			for i := range array {
				array[i] = plain(of, v.List().Get(i))
			}
			all = array
		}
		raw, err := json.Marshal(all)
		return export.Value{Set: err == nil, Text: string(raw)}
	}, nil
}

// plain is an element as JSON has it.
func plain(f protoreflect.FieldDescriptor, v protoreflect.Value) any {
	if f.Kind() == protoreflect.EnumKind {
		return word(f.Enum())(v).Text
	}
	return v.Interface()
}
