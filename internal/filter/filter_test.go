package filter_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
)

func saline() *productv1.Product {
	return &productv1.Product{
		Name: "products/42", Sku: "SAL-500", DisplayName: "Saline 0.9 % 500 ml bag", Gtin: "4006381333931", Active: true,
		Kind: productv1.Kind_KIND_GOODS, Tracking: productv1.Tracking_TRACKING_LOT, SourceTracking: "lot",
		Category:   &productv1.Category{Id: 7, Path: "All / Infusion"},
		Attributes: map[string]string{"ward": "ICU"},
		WeightKg:   &decimal.Decimal{Value: "0.52"},
		SalesPrice: &money.Money{CurrencyCode: "EUR", Units: 4, Nanos: 250000000},
		SupplierPrices: []*productv1.SupplierPrice{
			{Id: "1", Supplier: "suppliers/7", PartNumber: "NM-500", LeadTimeDays: 7},
			{Id: "2", Supplier: "suppliers/9", LeadTimeDays: 30},
		},
		CreateTime: &timestamppb.Timestamp{Seconds: 1795420800}, // 2026-11-23T08:00:00Z
	}
}

func parse(t testing.TB, text string) (*filter.Filter, error) {
	t.Helper()
	desc := (&productv1.Product{}).ProtoReflect().Descriptor()
	fields, err := index.Fields(desc)
	if err != nil {
		t.Fatal(err)
	}
	return filter.Parse(text, desc, fields)
}

func TestFilterPasses(t *testing.T) {
	for text, want := range map[string]bool{
		``:                                         true,
		`sku = "SAL-500"`:                          true,
		`sku = SAL`:                                false,
		`sku != "SAL-500"`:                         false,
		`sku : "sal"`:                              true,
		`display_name : "SALINE"`:                  true,
		`name : "saline"`:                          true,
		`name = "products/42"`:                     true,
		`name = "products/4"`:                      false,
		`gtin = "4006381333931"`:                   true,
		`gtin = "04006381333931"`:                  true,
		`gtin = "5006381333931"`:                   false,
		`active = true`:                            true,
		`active = false`:                           false,
		`NOT active = true`:                        false,
		`active = true AND sku = "X"`:              false,
		`active = false OR sku = "SAL-500"`:        true,
		`kind = GOODS`:                             true,
		`kind = KIND_GOODS`:                        true,
		`kind != SERVICE`:                          true,
		`tracking = SERIAL`:                        false,
		`category.id = 7`:                          true,
		`category.id > 6 AND category.id <= 7`:     true,
		`category:*`:                               true,
		`base_unit:*`:                              false,
		`attributes.ward = "ICU"`:                  true,
		`attributes.ward = "ER"`:                   false,
		`attributes:ward`:                          true,
		`attributes:zone`:                          false,
		`supplier_prices.supplier = "suppliers/9"`: true,
		`supplier_prices.supplier = "suppliers/1"`: false,
		`supplier_prices.lead_time_days < 10`:      true,
		`supplier_prices.lead_time_days > 40`:      false,
		`weight_kg < 0.53`:                         true,
		`weight_kg = 0.520`:                        true,
		`volume_m3 > 0`:                            false,
		`sales_price >= 4.25`:                      true,
		`sales_price > 4.25`:                       false,
		`create_time >= "2026-11-23T08:00:00Z"`:    true,
		`create_time < "2026-11-23"`:               false,
		`update_time > "2026-01-01"`:               false,
	} {
		f, err := parse(t, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Match(saline().ProtoReflect()); got != want {
			t.Errorf("%s: passes is %t", text, got)
		}
	}
}

// White space around a code counts on neither side: not what Odoo has there, nor
// what was pasted into the filter.
func TestWhiteSpaceAroundAValueDoesNotCount(t *testing.T) {
	dirty := &productv1.Product{
		Sku: "NAC-1 ", Gtin: " 9500001000005", Attributes: map[string]string{"ward": "\u00a0ICU\t"},
		SupplierPrices: []*productv1.SupplierPrice{{PartNumber: "\u200bNM 500\r"}},
	}
	for text, want := range map[string]bool{
		`sku = "NAC-1"`:                             true,
		`sku = " NAC-1"`:                            true,
		`sku != "NAC-1"`:                            false,
		`sku = "NAC -1"`:                            false,
		`sku >= "NAC-1" AND sku <= "NAC-1"`:         true,
		`gtin = "09500001000005 "`:                  true,
		`attributes.ward = "ICU"`:                   true,
		`supplier_prices.part_number = "NM 500"`:    true,
		`supplier_prices.part_number = "NM  500"`:   false,
		`supplier_prices.part_number = "nm 500"`:    false,
		"sku = \"NAC-1\u00a0\" AND gtin : \"9500\"": true,
	} {
		f, err := parse(t, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Match(dirty.ProtoReflect()); got != want {
			t.Errorf("%s: passes is %t", text, got)
		}
		for _, e := range f.Equalities() {
			if values := e.Field.Values(dirty.ProtoReflect()); want && !slices.ContainsFunc(values, func(v []byte) bool { return bytes.Equal(v, e.Value) }) {
				t.Errorf("%s: the index of %s is asked for %q and holds %q", text, e.Field.Path, e.Value, values)
			}
		}
	}
	if f, err := parse(t, `sku = " "`); err != nil || len(f.Equalities()) > 0 {
		t.Errorf("an empty value is looked up in an index: %v, %v", f, err)
	}
}

func TestFilterMistakesAreExplained(t *testing.T) {
	for text, want := range map[string]string{
		`skuu = "X"`:                "skuu",
		`category.colour = 1`:       "category.colour",
		`sku.length = 1`:            "no fields of its own",
		`active = "maybe"`:          "true or false",
		`kind = ODD`:                "GOODS",
		`kind > GOODS`:              "no order",
		`category.id = x`:           "whole number",
		`weight_kg = heavy`:         "number",
		`create_time > yesterday`:   "time",
		`attributes = "x"`:          "key",
		`category = "x"`:            "one of them",
		`saline`:                    "stands alone",
		`"saline"`:                  "stands alone",
		`sku LIKE "X"`:              `"sku" stands alone: a condition is a field, an operator and a value, such as display_name : "saline"`,
		`sku = `:                    "well formed at character 6:",
		"sku = \"Ä\" AND\n sku = (": "of line 2",
		`(sku = "X"`:                "well formed at character 11 (expected ))",
		`sku = "X`:                  "well formed at character 7 (unterminated string)",
		`frob(sku)`:                 "frob",
	} {
		if _, err := parse(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want one that says %q", text, err, want)
		}
	}
}

// An index may only be used for what every record that passes fulfils.
func TestEqualitiesHoldForWhateverPasses(t *testing.T) {
	for text, want := range map[string]int{
		`sku = "X"`:                            1,
		`sku = "X" AND gtin = "4006381333931"`: 2,
		`sku = "X" OR gtin = "4006381333931"`:  0,
		`NOT sku = "X"`:                        0,
		`sku != "X"`:                           0,
		`sku : "X"`:                            0,
		`active = true`:                        0,
		`sku = ""`:                             0,
	} {
		f, err := parse(t, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(f.Equalities()); got != want {
			t.Errorf("%s: %d equalities, want %d", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`sku = "X"`, `a.b.c:*`, `NOT (a = 1 OR b < 2.5)`, `-1`, `name = "x" AND -active = true`, `attributes.x : "y"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if parsed, err := parse(t, text); err == nil {
			parsed.Match(saline().ProtoReflect())
		}
	})
}
