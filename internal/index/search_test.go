package index_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/index"
)

func TestWordsAreFoldedWhateverTheyAreWrittenWith(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Saline, 0.9 %  500 ml", "saline|0|9|500|ml"},
		{"CATHÉTER stérile", "catheter|sterile"},
		{"Cathe\u0301ter", "catheter"},
		{"Straße Łódź Ørsted", "strasse|lodz|orsted"},
		{"مَحلول ملحي", "محلول|ملحي"},
		{"gloves 🧤 (L)", "gloves|l"},
		{"zero\u200bwidth", "zerowidth"},
		{"\xff\xfe", ""},
		{" \t\n", ""},
		{strings.Repeat("é", 100), strings.Repeat("e", 40)},
	} {
		if got := strings.Join(index.Words(tt.text), "|"); got != tt.want {
			t.Errorf("%q has the words %q, want %q", tt.text, got, tt.want)
		}
	}
	if n := len(index.Words(strings.Repeat("w ", 32<<10))); n != 50 {
		t.Errorf("%d words", n)
	}
}

// A record fits each selection of its words in any order and case, and the entries of the
// index lead to it.
func TestARecordFitsItsWords(t *testing.T) {
	searched, err := index.SearchedFields((&productv1.Product{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[A-Za-zäöé0-9]{1,12}`), 1, 8).Draw(t, "words")
		p := &productv1.Product{DisplayName: strings.Join(words, rapid.SampledFrom([]string{" ", ", ", "  "}).Draw(t, "between")), Active: true}
		some := rapid.Permutation(words).Draw(t, "order")[:rapid.IntRange(1, len(words)).Draw(t, "n")]
		q := index.NewQuery(strings.ToUpper(strings.Join(some, " ")))
		rank, field := searched.Fit(q, p.ProtoReflect())
		if rank != index.ByWords || field != "display_name" {
			t.Fatalf("%q fits %q as %d by %s", p.GetDisplayName(), some, rank, field)
		}
		_, values, carried := searched.Entries(p.ProtoReflect(), 7)
		said, ok := index.ReadSaid(carried)
		if !ok || said.Company != 7 || said.Archived || q.FitWords(said.Words) != index.ByWords {
			t.Fatalf("%q carries %v", p.GetDisplayName(), said)
		}
		if of, ok := index.ReadSaid(index.CodeCarried(carried)); !ok || of.Company != 7 || of.Words != "" {
			t.Fatalf("codes carry %v", of)
		}
		for _, driver := range q.Drivers(4) {
			if !slices.ContainsFunc(values, func(v []byte) bool { return strings.HasPrefix(string(v), string(driver)) }) {
				t.Fatalf("no entry of %q begins with %q", values, driver)
			}
		}
	})
}

func TestCodesFitWholeWhateverTheCase(t *testing.T) {
	products, err := index.SearchedFields((&productv1.Product{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	lots, err := index.SearchedFields((&inventoryv1.Lot{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	p := &productv1.Product{
		Sku: "SAL-500", Gtin: "9506000134352", DisplayName: "Saline",
		SupplierPrices: []*productv1.SupplierPrice{{PartNumber: "Pn 7/B"}},
	}
	for _, tt := range []struct {
		q     string
		rank  index.Rank
		field string
	}{
		{"sal-500", index.ByCode, "sku"},
		{" SAL-500\u00a0", index.ByCode, "sku"},
		{"09506000134352", index.ByCode, "gtin"},
		{"PN 7/b", index.ByListedCode, "supplier_prices.part_number"},
		{"sal-5", index.ByCodeBeginning, "sku"},
		{"sa", index.ByBeginnings, "display_name"},
		{"500", index.NoFit, ""},
		{"", index.NoFit, ""},
	} {
		if rank, field := products.Fit(index.NewQuery(tt.q), p.ProtoReflect()); rank != tt.rank || field != tt.field {
			t.Errorf("%q fits as %d by %q, want %d by %q", tt.q, rank, field, tt.rank, tt.field)
		}
	}
	p.SupplierPrices = nil // as a caller without prices meets it
	if rank, _ := products.Fit(index.NewQuery("pn 7/b"), p.ProtoReflect()); rank != index.NoFit {
		t.Error("what is hidden was found")
	}
	codes, _, _ := lots.Entries((&inventoryv1.Lot{LotNumber: "L\x1dß", Reference: strings.Repeat("x", 64<<10)}).ProtoReflect(), 0)
	if len(codes) != 2 || len(codes[1]) > 201 {
		t.Errorf("%q", codes)
	}
	for _, strange := range [][]byte{nil, {1}, {2, 0, 0}, {1, 0, 0x80}} {
		if _, ok := index.ReadSaid(strange); ok {
			t.Errorf("%q was taken for what an entry carries", strange)
		}
	}
}
