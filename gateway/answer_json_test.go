package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	meshrecord "odoomesh/internal/record"
)

// texts has what could be taken for the place of the time of verification.
var texts = []string{
	"", "a", "verifiedTime", `x"verifiedTime":"2026-01-01T00:00:00Z"`, `"verifiedTime":"`, "verified_time",
	"<b>&\u2028", "2–8 °C", "2026-01-01T00:00:00Z", "\x00\n\\",
}

// fill draws a value for some of the fields of m, down to a depth.
func fill(t *rapid.T, m protoreflect.Message, depth int) {
	if ts, ok := m.Interface().(*timestamppb.Timestamp); ok {
		ts.Seconds = rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds")
		ts.Nanos = rapid.OneOf(rapid.Just[int32](0), rapid.Just[int32](120_000_000), rapid.Just[int32](1_000), rapid.Int32Range(0, 999_999_999)).Draw(t, "nanos")
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if !rapid.Bool().Draw(t, "has "+string(field.Name())) {
			continue
		}
		switch {
		case field.IsMap():
			for range rapid.IntRange(0, 3).Draw(t, "entries") {
				key, value := protoreflect.ValueOfString(rapid.SampledFrom(texts).Draw(t, "key")).MapKey(), m.Mutable(field).Map().NewValue()
				if field.MapValue().Message() != nil {
					fill(t, value.Message(), depth-1)
				} else {
					value = scalar(t, field.MapValue())
				}
				m.Mutable(field).Map().Set(key, value)
			}
		case field.IsList() && field.Message() != nil:
			for range rapid.IntRange(0, 2).Draw(t, "elements") {
				if depth > 0 {
					fill(t, m.Mutable(field).List().AppendMutable().Message(), depth-1)
				}
			}
		case field.IsList():
		case field.Message() != nil:
			if depth > 0 {
				fill(t, m.Mutable(field).Message(), depth-1)
			}
		default:
			m.Set(field, scalar(t, field))
		}
	}
}

func scalar(t *rapid.T, field protoreflect.FieldDescriptor) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, "bool"))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(rapid.Int32Range(0, 9).Draw(t, "enum")))
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(rapid.Int32().Draw(t, "int32"))
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(rapid.Int64().Draw(t, "int64"))
	default:
		return protoreflect.ValueOfString(rapid.SampledFrom(texts).Draw(t, "text"))
	}
}

// wholeJSON is protobuf's own JSON with every empty field, without spaces.
func wholeJSON(t *rapid.T, m proto.Message) []byte {
	text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestRenderedJSONEqualsProtojson lets records pass through a small cache again and
// again, each time with another time of verification.
func TestRenderedJSONEqualsProtojson(t *testing.T) {
	product := kindOf(t, "products", &productv1.Product{})
	supplier := kindOf(t, "suppliers", &supplierv1.Supplier{})
	rapid.Check(t, func(t *rapid.T) {
		recent := meshrecord.NewRenderings(rapid.IntRange(2_000, 60_000).Draw(t, "limit"))
		type kept struct {
			kind *meshrecord.Kind
			raw  []byte
		}
		var records []kept
		for range rapid.IntRange(1, 4).Draw(t, "records") {
			k := rapid.SampledFrom([]*meshrecord.Kind{product, supplier}).Draw(t, "kind")
			records = append(records, kept{k, keptRecord(t, k)})
		}
		for range rapid.IntRange(1, 12).Draw(t, "answers") {
			i := rapid.IntRange(0, len(records)-1).Draw(t, "record")
			r := records[i]
			verified := &timestamppb.Timestamp{}
			fill(t, verified.ProtoReflect(), 0)
			rendered, err := recent.Of(r.kind, []byte{byte(i)}, r.raw, meshrecord.UnknownState)
			if err != nil {
				t.Fatal(err)
			}
			shown, err := rendered.Show(verified.AsTime(), nil)
			if err != nil {
				t.Fatal(err)
			}
			names := drawNames(t)
			shown = shown.With(names)
			reply := &meshrecord.Reply{JSON: true}
			reply.Add(shown)
			got, err := answer{message: shown.Message, reply: reply}.marshal()
			if err != nil {
				t.Fatal(err)
			}
			decoded, err := r.kind.Decode(r.raw, verified.AsTime())
			if err != nil {
				t.Fatal(err)
			}
			names.Put(decoded)
			if want := wholeJSON(t, decoded); !bytes.Equal(got, want) {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
			pieces, err := shown.Wire()
			if err != nil {
				t.Fatal(err)
			}
			sent := r.kind.New()
			if err := proto.Unmarshal(bytes.Join(pieces, nil), sent); err != nil || !proto.Equal(sent, decoded) || shown.Size() != len(bytes.Join(pieces, nil)) {
				t.Fatalf("over the wire\n%v\nwant\n%v, %v", sent, decoded, err)
			}
		}
	})
}

// drawNames draws what people call the records that a record names.
func drawNames(t *rapid.T) (all meshrecord.Names) {
	for i := range rapid.IntRange(0, 3).Draw(t, "names") {
		r := &typesv1.Reference{}
		fill(t, r.ProtoReflect(), 0)
		name, err := meshrecord.NewName(fmt.Sprintf("suppliers/%d", i+1), r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	return all
}

func kindOf(t *testing.T, collection string, m proto.Message) *meshrecord.Kind {
	t.Helper()
	k, err := meshrecord.NewKind(collection, m.ProtoReflect().Type(), "hospital")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// keptRecord draws what a cache keeps of a record.
func keptRecord(t *rapid.T, k *meshrecord.Kind) []byte {
	m, kept := k.New().ProtoReflect(), &internalv1.CacheRecord{}
	fill(t, m, 3)
	for _, name := range []protoreflect.Name{"etag", "provenance", meshrecord.References} {
		m.Clear(m.Descriptor().Fields().ByName(name))
	}
	var err error
	if kept.Body, err = proto.Marshal(m.Interface()); err != nil {
		t.Fatal(err)
	}
	kept.ContentHash, kept.Company = []byte("01234567"), rapid.SampledFrom(texts).Draw(t, "company")
	if rapid.Bool().Draw(t, "observed") {
		kept.ObservedTime = &timestamppb.Timestamp{}
		fill(t, kept.ObservedTime.ProtoReflect(), 0)
	}
	raw, err := proto.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
