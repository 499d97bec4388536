package filter_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
)

// What is written to cost much costs little: a filter is as long as the contract lets it be
// at most, and is read, or refused, in a time that a call may take.
func TestHostileFiltersAreCheap(t *testing.T) {
	const longest = 4096 // as the contract says
	desc := (*productv1.Product)(nil).ProtoReflect().Descriptor()
	fields, err := index.Fields(desc)
	if err != nil {
		t.Fatal(err)
	}
	product := (&productv1.Product{Name: "products/1"}).ProtoReflect()
	for name, unit := range map[string][3]string{
		"deep":              {"(", `sku = "a"`, ")"},
		"deep and open":     {"(", "", ""},
		"deep and not":      {"NOT (", `sku = "a"`, ")"},
		"not, again":        {"NOT ", `sku = "a"`, ""},
		"minus, again":      {"-", `sku = "a"`, ""},
		"many and":          {`sku = "a" AND `, `sku = "a"`, ""},
		"many or":           {`sku = "a" OR `, `sku = "a"`, ""},
		"many blanks":       {" ", `sku = "a"`, " "},
		"many words":        {"a ", "b", ""},
		"deep calls":        {"lines.any(", `sku = "a"`, ")"},
		"deep elements":     {"supplier_prices.any(", `supplier = "a"`, ")"},
		"a long path":       {"a.", "b = 1", ""},
		"quotes":            {`"`, "", `"`},
		"escapes":           {`"\`, "", `"`},
		"or in parentheses": {`(sku = "a" OR `, `sku = "b"`, ")"},
		"stars":             {"*", `sku = "a"`, "*"},
	} {
		times := (longest - len(unit[1])) / (len(unit[0]) + len(unit[2]))
		text := strings.Repeat(unit[0], times) + unit[1] + strings.Repeat(unit[2], times)
		began := worked(t)
		f, err := filter.Parse(text, desc, fields)
		read := worked(t) - began
		if err == nil {
			for range 1000 {
				f.Match(product)
			}
		}
		whole := worked(t) - began
		t.Logf("%s: %v, 1000 records %v, %.60v", name, read, whole-read, err)
		if read > time.Second || whole > 2*time.Second {
			t.Errorf("%s: reading it took %v, and with a thousand records %v", name, read, whole)
		}
	}
}

// worked is for how long the processors have worked for this process: what else they have
// to do does not count.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
