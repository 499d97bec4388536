package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/v2"
)

// decode puts each setting into its field. A field whose setting cannot be read
// keeps its default, so that the check does not complain of it again.
func decode(from *koanf.Koanf, into *Config, found *problems) {
	target := reflect.ValueOf(into).Elem()
	for _, o := range options() {
		value := from.Get(o.key)
		if value == nil {
			continue
		}
		field := reflect.New(o.kind)
		if err := decodeOne(value, field.Interface()); err != nil {
			found.add(o.key, "%v", err)
			continue
		}
		target.FieldByIndex(o.field).Set(field.Elem())
	}
}

func decodeOne(value, into any) error {
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result:           into,
		WeaklyTypedInput: true,
		DecodeHook:       mapstructure.ComposeDecodeHookFunc(onlyPlain, durationWithUnit, splitList),
	})
	if err != nil {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	if err := decoder.Decode(value); err != nil {
		var known *valueError
		if errors.As(err, &known) {
			return known
		}
		return fmt.Errorf("it is no %s; write one", kindName(reflect.TypeOf(into).Elem()))
	}
	return nil
}

// valueError is a message of the hooks below.
type valueError struct{ text string }

func (e *valueError) Error() string { return e.text }

// onlyPlain keeps lists and maps from becoming texts or numbers.
func onlyPlain(from, to reflect.Type, value any) (any, error) {
	list := to.Kind() == reflect.Slice
	if from.Kind() == reflect.Map || from.Kind() == reflect.Slice && !list {
		return nil, &valueError{"it takes one value; write it as \"name: value\""}
	}
	if from.Kind() == reflect.Bool && to.Kind() != reflect.Bool || from.Kind() != reflect.Bool && from.Kind() != reflect.String && to.Kind() == reflect.Bool {
		return nil, &valueError{"it is no " + kindName(to) + "; write one"}
	}
	if number, ok := value.(float64); ok && to.Kind() == reflect.Int && number != math.Trunc(number) {
		return nil, &valueError{"it is no whole number; write one"}
	}
	return value, nil
}

// durationWithUnit refuses a bare number, which would count nanoseconds.
func durationWithUnit(_, to reflect.Type, value any) (any, error) {
	if to != reflect.TypeFor[time.Duration]() {
		return value, nil
	}
	if d, ok := value.(time.Duration); ok {
		return d, nil
	}
	text := fmt.Sprint(value)
	if text == "0" {
		return time.Duration(0), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return nil, &valueError{fmt.Sprintf("%q is no duration; write a number and its unit, such as 400ms, 5s, 10m or 720h", text)}
	}
	return d, nil
}

// splitList takes a,b for a list, as a variable has to write it.
func splitList(_, to reflect.Type, value any) (any, error) {
	text, ok := value.(string)
	if !ok || to.Kind() != reflect.Slice {
		return value, nil
	}
	var list []string
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return list, nil
}

func kindName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "duration"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "whole number"
	case t.Kind() == reflect.Float64:
		return "number"
	case t.Kind() == reflect.Slice:
		return "list"
	}
	return "text"
}
