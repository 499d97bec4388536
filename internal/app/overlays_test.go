package app

import (
	"bytes"
	"testing"
)

func TestOverlaysOfOneDocumentAreTakenApart(t *testing.T) {
	for text, want := range map[string]int{"": 0, "\n": 0, "---\n": 0, "domain: product\n": 1, "a: 1\n---\nb: 2": 2, "a: 1\r\n---\r\nb: 2\r\n": 2, "---\na: 1\n---\n\n---\nb: '---'\n": 2} {
		if got := splitOverlays([]byte(text)); len(got) != want {
			t.Errorf("%q is taken into %d: %q", text, len(got), got)
		}
	}
}

// What is joined and taken apart again says the same.
func FuzzOverlays(f *testing.F) {
	f.Add([]byte("domain: product\nfields:\n  sku: name"), []byte("domain: lot\n"))
	f.Add([]byte("---"), []byte("\n---\n"))
	f.Fuzz(func(t *testing.T, one, other []byte) {
		once := splitOverlays(joinOverlays([][]byte{one, other}))
		again := splitOverlays(joinOverlays(once))
		if len(once) != len(again) {
			t.Fatalf("%q became %q", once, again)
		}
		for i := range once {
			if !bytes.Equal(bytes.TrimRight(once[i], "\n"), bytes.TrimRight(again[i], "\n")) {
				t.Errorf("%q became %q", once[i], again[i])
			}
		}
	})
}
