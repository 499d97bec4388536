package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// line writes a message as one line of JSON, as REST answers it.
func (c *client) line(m proto.Message) error {
	raw, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	// protojson varies its white space on purpose.
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	out.WriteByte('\n')
	_, err = c.out.Write(out.Bytes())
	return err
}

// document writes what is no message of the contract as one line of JSON.
func (c *client) document(v any) error {
	return json.NewEncoder(c.out).Encode(v)
}

// sheet shows all that a record has, a value a line.
func (c *client) sheet(m protoreflect.Message) error {
	t := newTable(c.out)
	t.widest = uncut
	flatten("", m, func(path, value string) { t.row(path, value) })
	return t.flush()
}

// flatten tells every value that is set, by its path.
func flatten(path string, m protoreflect.Message, tell func(path, value string)) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		if !m.Has(fd) {
			continue
		}
		at := strings.TrimPrefix(path+"."+string(fd.Name()), ".")
		switch {
		case fd.IsMap():
			for _, e := range sortedEntries(m.Get(fd).Map()) {
				flattenValue(fmt.Sprintf("%s[%q]", at, e.key), fd.MapValue(), e.value, tell)
			}
		case fd.IsList():
			list := m.Get(fd).List()
			for j := range list.Len() {
				flattenValue(fmt.Sprintf("%s[%d]", at, j), fd, list.Get(j), tell)
			}
		default:
			flattenValue(at, fd, m.Get(fd), tell)
		}
	}
}

func flattenValue(path string, fd protoreflect.FieldDescriptor, v protoreflect.Value, tell func(path, value string)) {
	if isRecordPart(fd) {
		flatten(path, v.Message(), tell)
		return
	}
	tell(path, text(fd, v))
}

// clean takes out what could steer a terminal: names come from Odoo's users.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// ago says how long ago something was.
func (c *client) ago(t *timestamppb.Timestamp) string {
	if t == nil {
		return "never"
	}
	return span(c.clock.Now().Sub(t.AsTime())) + " ago"
}

// span is a duration as people say it.
func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
