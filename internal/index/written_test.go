package index_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/index"
)

func TestWhatIsWrittenIsFoundAsTheIndexHoldsIt(t *testing.T) {
	fields, err := index.Fields((&inventoryv1.Lot{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]*index.Field{}
	for _, f := range fields {
		byPath[f.Path] = f
	}
	lot := (&inventoryv1.Lot{LotNumber: "L 1", HoldState: inventoryv1.HoldState_HOLD_STATE_HELD}).ProtoReflect()
	for _, tt := range []struct {
		path  protoreflect.Name
		value string
		ok    bool
	}{
		{"lot_number", "L 1", true},
		{"hold_state", "HOLD_STATE_HELD", true},
		{"hold_state", "HELD", false},
		{"expiration_time", "2026-11-23T08:00:00Z", false},
	} {
		f := byPath[string(tt.path)]
		if f == nil {
			t.Fatalf("%s is not indexed", tt.path)
		}
		held, ok := f.Written(tt.value)
		if ok != tt.ok || ok && !bytes.Equal(held, f.Values(lot)[0]) {
			t.Errorf("%s = %q is %x, %t", tt.path, tt.value, held, ok)
		}
	}
}
