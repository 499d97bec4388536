package gateway

import (
	"bytes"
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

func TestRecordsInsideOtherMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom([]proto.Message{
			&productv1.ListProductsResponse{}, &productv1.BatchGetProductsResponse{}, &productv1.WatchProductsResponse{},
		}).Draw(t, "kind").ProtoReflect().New()
		fill(t, m, 3)
		want := wholeJSON(t, m.Interface())
		got, err := answer{message: m.Interface()}.marshal()
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, got, want) {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// sameJSON compares two objects without regard to the order of their fields.
func sameJSON(t *rapid.T, a, b []byte) bool {
	normal := func(text []byte) string {
		var v map[string]json.RawMessage
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		sorted, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(sorted)
	}
	return normal(a) == normal(b) && compactLen(t, a) == compactLen(t, b)
}

// compactLen shows whether a field stands there twice.
func compactLen(t *rapid.T, text []byte) int {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
