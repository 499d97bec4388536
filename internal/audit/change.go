package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Change is what a call has changed of one thing, for the record of the call. Each change
// has a record of its own.
type Change struct {
	// Document is what has changed, such as "apiKeys/k3q…", and Before and After its state
	// in words of the contract; empty where there was or is none. They stay for ever.
	Document, Before, After string
	// Says is what else was before and is now. It can be erased.
	Says string
}

// changes are those that a call has made until now.
type changes struct{ all []Change }

type changesKey struct{}

// WithChanges lets whoever answers a call say what it has changed; said answers that.
func WithChanges(ctx context.Context) (_ context.Context, said func() []Change) {
	c := &changes{}
	return context.WithValue(ctx, changesKey{}, c), func() []Change { return c.all }
}

// Changed says what the call under way has changed. It is to be called by the goroutine
// that answers it, and says nothing where nobody writes that down.
func Changed(ctx context.Context, all ...Change) {
	if c, is := ctx.Value(changesKey{}).(*changes); is {
		c.all = append(c.all, all...)
	}
}

// Lines are the fields of a message that are others than before, each as it was and as it
// is; nil is a message that is not there. What is secret does not belong into it.
func Lines(before, after proto.Message) string {
	was, is := fieldsOf(before), fieldsOf(after)
	names := maps.Clone(was)
	maps.Copy(names, is)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if bytes.Equal(was[name], is[name]) {
			continue
		}
		for _, side := range []struct {
			sign  string
			value json.RawMessage
		}{{"- ", was[name]}, {"+ ", is[name]}} {
			if len(side.value) > 0 {
				b.WriteString(side.sign + name + ": " + string(side.value) + "\n")
			}
		}
	}
	return b.String()
}

// fieldsOf are the fields that a message has, as the contract shows them.
func fieldsOf(m proto.Message) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	if m == nil || !m.ProtoReflect().IsValid() {
		return fields
	}
	raw, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err == nil {
		err = json.Unmarshal(raw, &fields)
	}
	if err != nil {
		return map[string]json.RawMessage{"unreadable": json.RawMessage(`"` + err.Error() + `"`)}
	}
	for name, value := range fields {
		var compact bytes.Buffer // the encoder adds blanks at random
		if json.Compact(&compact, value) == nil {
			fields[name] = compact.Bytes()
		}
	}
	return fields
}
