package filter_test

import (
	"strings"
	"testing"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// Conditions in any(…) are about one and the same element.
func TestConditionsOnOneElement(t *testing.T) {
	for text, want := range map[string]bool{
		`supplier_prices.supplier = "suppliers/9" AND supplier_prices.lead_time_days < 10`:        true,
		`supplier_prices.any(supplier = "suppliers/9" AND lead_time_days < 10)`:                   false,
		`supplier_prices.any(supplier = "suppliers/9" AND lead_time_days = 30)`:                   true,
		`supplier_prices.any((supplier = "suppliers/9" AND lead_time_days = 30))`:                 true,
		`supplier_prices : (supplier = "suppliers/9" AND lead_time_days = 30)`:                    true,
		`supplier_prices.any(supplier = "suppliers/7" OR lead_time_days = 1)`:                     true,
		`supplier_prices.any(NOT supplier = "suppliers/7" AND part_number = "")`:                  true,
		`supplier_prices.any(part_number : "nm-")`:                                                true,
		`supplier_prices.any( lead_time_days > 40)`:                                               false,
		`supplier_prices.any(lead_time_days > -3)`:                                                true,
		`NOT supplier_prices.any(lead_time_days > 40)`:                                            true,
		`-supplier_prices.any(lead_time_days > 40) AND sku = "SAL-500"`:                           true,
		`active = true AND supplier_prices.any(lead_time_days = 7 AND supplier:*)`:                true,
		`active = false OR supplier_prices.any(lead_time_days = 30 AND supplier = "suppliers/1")`: false,
		`category.any(id = 7 AND path : "infusion")`:                                              true,
		`base_unit.any(name = "")`:                                                                false,
		`sku = "x.any(y"`:                                                                         false,
		`sku = "\".any(" OR supplier_prices.any(supplier = "suppliers/7")`:                        true,
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

func TestMistakesInOneElementAreExplained(t *testing.T) {
	for text, want := range map[string]string{
		`supplier_prices.any(colour = 1)`:       `in supplier_prices.any(…): there is no field "colour" in SupplierPrice`,
		`supplier_prices.any(supplier)`:         "group of fields",
		`supplier_prices.any(supplier = "x"`:    "well formed at character 35",
		`supplier_prices.nobody(supplier = "x"`: "well formed",
		`any(supplier_prices)`:                  "there are any",
		`sku.any(length = 1)`:                   "no fields of its own",
		`attributes.any(ward = "x")`:            "no fields of its own",
		`weight_kg.any(value = "1")`:            "no fields of its own",
		`prices.any(id = "1")`:                  `there is no field "prices"`,
	} {
		if _, err := parse(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want one that says %q", text, err, want)
		}
	}
}

// What holds for one element lets an index find the record.
func TestEqualitiesOfOneElement(t *testing.T) {
	for text, want := range map[string]string{
		`supplier_prices.any(supplier = "suppliers/7" AND lead_time_days > 3)`: "supplier_prices.supplier",
		`supplier_prices.any(supplier = "suppliers/7" OR lead_time_days > 3)`:  "",
		`NOT supplier_prices.any(supplier = "suppliers/7")`:                    "",
	} {
		f, err := parse(t, text)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, e := range f.Equalities() {
			paths = append(paths, e.Field.Path)
		}
		if got := strings.Join(paths, " "); got != want {
			t.Errorf("%s: indexes %q, want %q", text, got, want)
		}
	}
}

func FuzzOneElement(f *testing.F) {
	for _, seed := range []string{`a.any(b = 1)`, `supplier_prices.any(supplier = "x" AND NOT lead_time_days > -3)`, `x.any("\`, `category.any(.any(`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if parsed, err := parse(t, text); err == nil {
			parsed.Match(saline().ProtoReflect())
		}
	})
}

func TestWordsOfOtherLanguagesAreAnsweredWithAny(t *testing.T) {
	order := &orderv1.Order{Lines: []*orderv1.OrderLine{{Product: "products/5"}, {Product: "products/6"}}}
	refusing(t, order, map[string]string{
		`lines.all(product = "products/5")`:    `there is any, and no all: write NOT lines.any(NOT (…)) instead`,
		`NOT lines.EVERY(late = true)`:         `NOT lines.any(NOT (…)) instead`,
		`lines.none(product = "products/5")`:   `write NOT lines.any(…) instead`,
		`lines.exists(product = "products/5")`: `write lines.any(…) instead`,
		`late`:                                 `did you mean late = true?`,
		`NOT late`:                             `did you mean late = true?`,
		`lines.late AND state = DRAFT`:         `did you mean lines.late = true?`,
		`state`:                                `"state" stands alone`,
		`saline`:                               `"saline" stands alone`,
	})
	passing(t, order, map[string]bool{
		`NOT lines.any(NOT (product = "products/5"))`: false,
		`NOT lines.any(NOT (product : "products/"))`:  true,
	})
}
