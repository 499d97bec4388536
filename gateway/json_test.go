package gateway

import (
	"bytes"
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
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
				m.Mutable(field).Map().Set(
					protoreflect.ValueOfString(rapid.SampledFrom(texts).Draw(t, "key")).MapKey(),
					protoreflect.ValueOfString(rapid.SampledFrom(texts).Draw(t, "value")))
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

// TestKeptJSONEqualsProtojson lets records pass through a small cache again and
// again, each time with another time of verification.
func TestKeptJSONEqualsProtojson(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newJSONWriter(rapid.Int64Range(600, 20_000).Draw(t, "limit"))
		var records []record
		for range rapid.IntRange(1, 4).Draw(t, "records") {
			var r record = &productv1.Product{}
			if rapid.Bool().Draw(t, "supplier") {
				r = &supplierv1.Supplier{}
			}
			fill(t, r.ProtoReflect(), 3)
			records = append(records, r)
		}
		for range rapid.IntRange(1, 12).Draw(t, "answers") {
			r := rapid.SampledFrom(records).Draw(t, "record")
			if p := r.GetProvenance(); p != nil && rapid.Bool().Draw(t, "verified again") {
				p.VerifiedTime = &timestamppb.Timestamp{}
				fill(t, p.VerifiedTime.ProtoReflect(), 1)
			}
			got, err := w.marshal(answer{message: r})
			if err != nil {
				t.Fatal(err)
			}
			want := wholeJSON(t, r)
			if !bytes.Equal(got, want) {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
			if w.kept.size > w.kept.limit {
				t.Fatalf("%d bytes are kept, the limit is %d", w.kept.size, w.kept.limit)
			}
		}
	})
}

func TestJSONIsTakenFromWhatIsKept(t *testing.T) {
	w := newJSONWriter(1 << 20)
	r := &productv1.Product{Name: "products/1", Provenance: &typesv1.Provenance{}}
	for i := range int64(10) {
		r.Provenance.VerifiedTime = &timestamppb.Timestamp{Seconds: 1_700_000_000 + i, Nanos: 500_000_000}
		if _, err := w.marshal(answer{message: r}); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.kept.recent.Len(); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
	r.UpdateTime = &timestamppb.Timestamp{Seconds: 5}
	text, err := w.marshal(answer{message: r})
	if err != nil || !bytes.Contains(text, []byte("1970-01-01T00:00:05Z")) {
		t.Errorf("a change that leaves the etag alone is not shown: %s", text)
	}
}

func TestTheOldestJSONMakesWay(t *testing.T) {
	c := newJSONCache(3 * (entryOverhead + 20))
	put := func(key string) { c.put([]byte(key), &template{json: make([]byte, 10)}) }
	put("key 1 long")
	put("key 2 long")
	put("key 3 long")
	c.get([]byte("key 1 long"))
	put("key 4 long")
	for key, want := range map[string]bool{"key 1 long": true, "key 2 long": false, "key 3 long": true, "key 4 long": true} {
		if got := c.get([]byte(key)) != nil; got != want {
			t.Errorf("%s: kept %v, want %v", key, got, want)
		}
	}
	c.put([]byte("large"), &template{json: make([]byte, 10_000)})
	if c.get([]byte("large")) != nil || c.size > c.limit {
		t.Errorf("an entry beyond the limit is kept; size %d", c.size)
	}
}

func TestVerifiedTimeNumberIsTheContracts(t *testing.T) {
	field := (&typesv1.Provenance{}).ProtoReflect().Descriptor().Fields().ByName("verified_time")
	if field.Number() != verifiedTimeNumber {
		t.Errorf("got %d, the contract has %d", verifiedTimeNumber, field.Number())
	}
}

func FuzzVerifiedSpan(f *testing.F) {
	p := &productv1.Product{Name: "products/1", Provenance: &typesv1.Provenance{VerifiedTime: &timestamppb.Timestamp{Seconds: 1}}}
	wire, err := proto.Marshal(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wire)
	f.Add(wire[:len(wire)-1])
	f.Add([]byte{0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, wire []byte) {
		from, to, ok := verifiedSpan(wire, protowire.Number(3))
		if ok && (from < 0 || from > to || to > len(wire)) {
			t.Errorf("%d to %d of %d", from, to, len(wire))
		}
	})
}
