package index_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/index"
)

// What scanners, imports and web pages leave around a code.
var unseen = []rune{' ', '\t', '\n', '\r', '\x1d', '\x00', '\u00a0', '\u0085', '\u2007', '\u202f', '\u3000', '\u200b', '\u200e', '\u2060', '\ufeff'}

func TestWhiteSpaceAroundACodeDoesNotCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		around := rapid.StringOfN(rapid.RuneFrom(unseen), 0, 4, -1)
		code := rapid.StringMatching(`[A-Za-z0-9ä][A-Za-z0-9 /.-]{0,12}[A-Za-z0-9ß]`).Draw(t, "code")
		dirty := around.Draw(t, "before") + code + around.Draw(t, "after")
		if got := index.Trim(dirty); got != code {
			t.Errorf("%q became %q, want %q", dirty, got, code)
		}
		for _, matching := range []optionsv1.Matching{optionsv1.Matching_MATCHING_UNSPECIFIED, optionsv1.Matching_MATCHING_GTIN} {
			if a, b := index.Fold(matching, dirty), index.Fold(matching, code); a != b {
				t.Errorf("as %v, %q is %q and %q is %q", matching, dirty, a, code, b)
			}
		}
		if got := index.Fold(optionsv1.Matching_MATCHING_EXACT, dirty); got != dirty {
			t.Errorf("compared exactly, %q became %q", dirty, got)
		}
	})
}

func TestWhiteSpaceWithinACodeCounts(t *testing.T) {
	for _, pair := range [][2]string{{"L 123", "L123"}, {"L\u00a0123", "L 123"}, {"l123", "L123"}, {"4006381 333931", "4006381333931"}} {
		if index.Fold(optionsv1.Matching_MATCHING_GTIN, pair[0]) == index.Fold(optionsv1.Matching_MATCHING_GTIN, pair[1]) {
			t.Errorf("%q and %q are taken for the same", pair[0], pair[1])
		}
	}
}

// Twins that differ in white space stand under the same value of their index.
func TestTwinsStandTogetherInTheIndex(t *testing.T) {
	values := func(path string, fields []*index.Field, of func(*index.Field) [][]byte) [][]byte {
		for _, f := range fields {
			if f.Path == path {
				return of(f)
			}
		}
		t.Fatalf("there is no index of %s", path)
		return nil
	}
	lots, err := index.Fields((&inventoryv1.Lot{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	lot := func(number string) []byte {
		return values("lot_number", lots, func(f *index.Field) [][]byte { return f.Values((&inventoryv1.Lot{LotNumber: number}).ProtoReflect()) })[0]
	}
	if !bytes.Equal(lot("L123"), lot("L123\u00a0\t")) || bytes.Equal(lot("L123"), lot("L 123")) {
		t.Errorf("the index of lots holds %q, %q, %q", lot("L123"), lot("L123\u00a0\t"), lot("L 123"))
	}
	products, err := index.Fields((&productv1.Product{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	gtin := func(barcode string) []byte {
		return values("gtin", products, func(f *index.Field) [][]byte { return f.Values((&productv1.Product{Gtin: barcode}).ProtoReflect()) })[0]
	}
	if !bytes.Equal(gtin(" 9500001000005"), gtin("09500001000005")) {
		t.Errorf("the index of GTINs holds %q and %q", gtin(" 9500001000005"), gtin("09500001000005"))
	}
}
