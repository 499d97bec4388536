package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	productv1 "odoomesh/gen/go/mesh/product/v1"
)

func TestValuesAsPeopleReadThem(t *testing.T) {
	for want, m := range map[string]proto.Message{
		"12.50 EUR":            &money.Money{CurrencyCode: "EUR", Units: 12, Nanos: 500_000_000},
		"-0.05 EUR":            &money.Money{CurrencyCode: "EUR", Nanos: -50_000_000},
		"0.1234":               &money.Money{Nanos: 123_400_000},
		"3.3":                  &decimal.Decimal{Value: "3.3"},
		"2026-01-09":           &date.Date{Year: 2026, Month: 1, Day: 9},
		"2026-11-23T12:00:00Z": timestamppb.New(noon),
	} {
		if got := messageText(m); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	kind := (&productv1.Product{}).ProtoReflect().Descriptor().Fields().ByName("kind")
	for p, want := range map[*productv1.Product]string{
		{Kind: productv1.Kind_KIND_GOODS}: "goods",
		{SourceKind: "x_rental"}:          "x_rental",
		{Kind: 99}:                        "99",
	} {
		if got := cell(p.ProtoReflect(), kind); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 420 * time.Millisecond: "400ms", 83 * time.Second: "1m23s", 3*time.Hour + 20*time.Minute: "3h20m", 72 * time.Hour: "3 days",
	} {
		if got := span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestEveryChosenColumnExists(t *testing.T) {
	for _, of := range collections() {
		if of.get == nil || of.list == nil || of.watch == nil && of.name != "approvedVendors" {
			t.Errorf("%s lacks a call", of.name)
		}
		chosen := chosenColumns[of.name]
		if got := columnsOf(of); len(got) != len(chosen) || len(got) < 2 {
			t.Errorf("%s has %d columns of %v", of.name, len(got), chosen)
		}
		of.name = "strangers"
		if got := headers(columnsOf(of)); got[0] != "NAME" || len(got) < 2 || len(got) > fallbackColumns+1 {
			t.Errorf("without choice: %v", got)
		}
	}
}

// A row that is wider than all before it makes room for those behind it.
func TestAWideRowMakesRoom(t *testing.T) {
	var out bytes.Buffer
	table := newStream(&out, []string{"A", "B"}, []int{3})
	for _, cell := range []string{"", "x", "wide one", "y"} {
		if cell != "" {
			table.row(cell, "1")
		}
		if err := table.flush(); err != nil {
			t.Fatal(err)
		}
	}
	if want := "A    B\nx    1\nwide one  1\ny         1\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// At a terminal the longest texts make room for the rest; numbers and names of records
// stay whole, and so does all in a file.
func TestATableFitsTheTerminal(t *testing.T) {
	rows := [][]string{
		{"products/12345", "Saline, sodium chloride 0.9 % infusion 500 ml", "WH/Stock/Cold room", "1234567.25", "each"},
		{"products/7", "Tape", "WH/Stock", "3", "each"},
	}
	written := func(out io.Writer, widest int) string {
		table := newTable(out, "NAME", "PRODUCT", "PLACE", "QUANTITY", "UNIT")
		table.widest = widest
		for _, row := range rows {
			table.row(row...)
		}
		if err := table.flush(); err != nil {
			t.Fatal(err)
		}
		switch out := out.(type) {
		case *display:
			return out.Writer.(*bytes.Buffer).String()
		case *bytes.Buffer:
			return out.String()
		}
		return ""
	}
	whole := written(&bytes.Buffer{}, widestCell)
	for _, tt := range []struct {
		columns, widest int
		want            string
	}{
		{0, widestCell, whole},
		{200, widestCell, whole},
		{40, uncut, whole},
		{70, widestCell, "NAME            PRODUCT            PLACE              QUANTITY    UNIT\n" +
			"products/12345  Saline, sodium c…  WH/Stock/Cold ro…  1234567.25  each\n"},
		{20, widestCell, "NAME            PRODUCT       PLACE         QUANTITY    UNIT\n" +
			"products/12345  Saline, sod…  WH/Stock/Co…  1234567.25  each\n" +
			"products/7      Tape          WH/Stock      3           each\n"},
	} {
		got := written(&display{Writer: &bytes.Buffer{}, columns: tt.columns}, tt.widest)
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%d columns:\n%swant\n%s", tt.columns, got, tt.want)
		}
		for line := range strings.Lines(got) {
			if n := columnsIn(strings.TrimSpace(line)); tt.columns >= 60 && n > tt.columns {
				t.Errorf("%d columns have %d: %s", tt.columns, n, line)
			}
		}
	}
	headless := written(&display{Writer: &bytes.Buffer{}, headless: true}, widestCell)
	if _, body, _ := strings.Cut(whole, "\n"); headless != body {
		t.Errorf("without its header:\n%swant\n%s", headless, body)
	}
}

// Whatever Odoo's users write, a table has one line for each row, and nothing in
// it that a terminal obeys.
func TestTablesAreCalm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.Just("\x1b[2J\x9b"), rapid.Just("a\u202eb\xff"), rapid.Just(strings.Repeat("é", 90))), 3, 3), 1, 9).Draw(t, "rows")
		var out bytes.Buffer
		table := newTable(&out, "A", "B", "C")
		for i, row := range rows {
			table.row(row...)
			if i%2 == 0 {
				if err := table.flush(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := table.flush(); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "\n"); n != len(rows)+1 {
			t.Fatalf("%d lines for %d rows", n, len(rows))
		}
		for _, r := range out.String() {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Fatalf("%q is in %q", r, out.String())
			}
		}
	})
}
