package odoo

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Each accessor over each kind of value: a value, or that it is refused.
func TestAccessors(t *testing.T) {
	row := NewRow("m", map[string]any{
		"id": int64(7), "false": false, "true": true, "null": nil,
		"int": int64(3), "float": 2.5, "text": "  a b ", "empty": "",
		"pair": []any{int64(4), "Units"}, "nameless": []any{int64(4), false}, "ids": []any{int64(1), int64(2)}, "none": []any{},
		"time": "2026-11-23 14:57:39", "micro": "2026-11-23 14:57:39.250000", "date": "2026-11-23",
		"bad time": "2026-02-30 00:00:00", "map": map[string]any{}, "nan": Unreadable{Text: "nan"}, "wide": []any{int64(1), int64(2), int64(3)},
	})
	accessors := map[string]func(field string) (any, error){
		"String": func(f string) (any, error) { return row.String(f) },
		"Text":   func(f string) (any, error) { return row.Text(f) },
		"Bool":   func(f string) (any, error) { return row.Bool(f) },
		"Int":    func(f string) (any, error) { return row.Int(f) },
		"Float":  func(f string) (any, error) { return row.Float(f) },
		"Decimal": func(f string) (any, error) {
			d, err := row.Decimal(f, 2)
			return d.Text('f'), err
		},
		"Many2One": func(f string) (any, error) {
			ref, ok, err := row.Many2One(f)
			if !ok && ref != (Ref{}) {
				t.Errorf("%s: a reference to nothing", f)
			}
			return ref, err
		},
		"IDs":  func(f string) (any, error) { return row.IDs(f) },
		"Time": func(f string) (any, error) { return row.Time(f) },
		"Date": func(f string) (any, error) { return row.Date(f) },
	}
	moment := time.Date(2026, 11, 23, 14, 57, 39, 0, time.UTC)
	day := Date{2026, 11, 23}
	// Fields that an accessor takes; every other field it refuses.
	want := map[string]map[string]any{
		"String":   {"false": "", "null": "", "text": "  a b ", "empty": "", "time": "2026-11-23 14:57:39", "micro": "2026-11-23 14:57:39.250000", "date": "2026-11-23", "bad time": "2026-02-30 00:00:00"},
		"Text":     {"false": "", "null": "", "text": "a b", "empty": "", "time": "2026-11-23 14:57:39", "micro": "2026-11-23 14:57:39.250000", "date": "2026-11-23", "bad time": "2026-02-30 00:00:00"},
		"Bool":     {"false": false, "null": false, "true": true},
		"Int":      {"false": int64(0), "null": int64(0), "int": int64(3), "id": int64(7)},
		"Float":    {"false": 0.0, "null": 0.0, "int": 3.0, "float": 2.5, "id": 7.0},
		"Decimal":  {"false": "0", "null": "0", "int": "3", "float": "2.5", "id": "7"},
		"Many2One": {"false": Ref{}, "null": Ref{}, "int": Ref{ID: 3}, "id": Ref{ID: 7}, "pair": Ref{4, "Units"}, "nameless": Ref{ID: 4}},
		"IDs":      {"false": []int64{}, "null": []int64{}, "ids": []int64{1, 2}, "none": []int64{}, "wide": []int64{1, 2, 3}},
		"Time":     {"false": time.Time{}, "null": time.Time{}, "time": moment, "micro": moment.Add(250 * time.Millisecond)},
		"Date":     {"false": Date{}, "null": Date{}, "date": day},
	}
	fields := []string{"absent"}
	for field := range row.values {
		fields = append(fields, field)
	}
	for name, accessor := range accessors {
		for _, field := range fields {
			t.Run(name+" of "+field, func(t *testing.T) {
				got, err := accessor(field)
				wanted, taken := want[name][field]
				if !taken {
					var shape *ShapeError
					if !errors.As(err, &shape) || shape.Model != "m" || shape.ID != 7 || shape.Field != field || shape.Want == "" || shape.Got == "" {
						t.Errorf("got %v, %v; want it refused", got, err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(wanted, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestShapeErrorsTellTypesAndNoValues(t *testing.T) {
	row := NewRow("res.partner", map[string]any{"id": int64(7), "name": []any{"Confidential"}})
	_, err := row.String("name")
	if got := err.Error(); got != "odoo: res.partner(7).name is a list of 1, want text" {
		t.Error(got)
	}
}

// What cannot be a number or a time is told as it came, for whoever mends it.
func TestShapeErrorsTellWhatCannotBe(t *testing.T) {
	row := NewRow("stock.quant", map[string]any{
		"id": int64(7), "quantity": Unreadable{Text: "nan"}, "in_date": "26-05-01 10:00:00", "removal_date": "0000-01-01 00:00:00", "use_date": "0026-05-01",
		"alert": time.Date(26, 5, 1, 10, 0, 0, 0, time.UTC),
	})
	_, quantity := row.Float("quantity")
	_, decimal := row.Decimal("quantity", 2)
	_, in := row.Time("in_date")
	_, removal := row.Time("removal_date")
	_, use := row.Date("use_date")
	_, alert := row.Time("alert")
	for want, err := range map[string]error{
		"odoo: stock.quant(7).quantity is nan, which is no value, want a number":             quantity,
		"odoo: stock.quant(7).quantity is nan, which is no value, want a decimal":            decimal,
		"odoo: stock.quant(7).in_date is the text 26-05-01 10:00:00, want a UTC time":        in,
		"odoo: stock.quant(7).removal_date is the text 0000-01-01 00:00:00, want a UTC time": removal,
		"odoo: stock.quant(7).use_date is the text 0026-05-01, want a date":                  use,
		"odoo: stock.quant(7).alert is the time 0026-05-01 10:00:00, want a UTC time":        alert,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestRowGivesWhatCame(t *testing.T) {
	row := NewRow("res.partner", map[string]any{"name": "x"})
	if v, ok := row.Raw("name"); row.Model() != "res.partner" || row.ID() != 0 || v != "x" || !ok {
		t.Errorf("got %v, %v", v, ok)
	}
	if _, ok := row.Raw("absent"); ok {
		t.Error("a field that was not read came")
	}
	if !(Date{}).IsZero() || (Date{Year: 2026}).IsZero() {
		t.Error("no day is a day")
	}
}

func TestDecimal(t *testing.T) {
	tests := []struct {
		value  float64
		digits int
		want   string
	}{
		{3.3000000000000003, 2, "3.3"},
		{3.3000000000000003, -1, "3.3000000000000003"},
		{2.6749999999999998, 2, "2.68"},
		{0.285, 2, "0.29"},
		{-0.285, 2, "-0.29"},
		{1.005, 2, "1.01"},
		{0.1 + 0.2, 3, "0.3"},
		{800, 2, "800"},
		{1e21, 2, "1000000000000000000000"},
		{1e-7, 2, "0"},
		{1e-7, -1, "0.0000001"},
		{math.Copysign(0, -1), 2, "0"},
		{-0.001, 2, "0"},
		{12.5, 0, "13"},
		{99999.995, 2, "100000"},
		{math.MaxFloat64, -1, "17976931348623157" + strings.Repeat("0", 292)},
		{math.SmallestNonzeroFloat64, 400, "0." + strings.Repeat("0", 323) + "494065645841247"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			got, err := NewRow("m", map[string]any{"x": tt.value}).Decimal("x", tt.digits)
			if err != nil {
				t.Fatal(err)
			}
			if got.Text('f') != tt.want || got.Exponent > 0 {
				t.Errorf("got %s (exponent %d), want %s", got.Text('f'), got.Exponent, tt.want)
			}
		})
	}
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		if _, err := NewRow("m", map[string]any{"x": v}).Decimal("x", 2); err == nil {
			t.Errorf("%v was taken for a decimal", v)
		}
	}
}

// A decimal with up to fifteen digits survives Odoo's float and the noise of one
// addition and subtraction; the shortest decimal reads back as the same float.
func TestDecimalProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-99_999_999_999, 99_999_999_999).Draw(t, "cents")
		want := strconv.FormatFloat(float64(cents)/100, 'f', -1, 64)
		noisy := math.Nextafter(float64(cents)/100, math.Inf(1))
		got, err := NewRow("m", map[string]any{"x": noisy}).Decimal("x", 2)
		if err != nil || got.Text('f') != want {
			t.Fatalf("got %s, %v; want %s", got.Text('f'), err, want)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "float")
		d, err := NewRow("m", map[string]any{"x": f}).Decimal("x", -1)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := strconv.ParseFloat(d.Text('f'), 64); err != nil || back != f {
			t.Fatalf("%v became %s", f, d.Text('f'))
		}
	})
}

func TestParseVersion(t *testing.T) {
	tests := []struct {
		serie, raw string
		want       Version
		ok         bool
	}{
		{"18.0", "18.0+e-20241005", Version{18, 0, "18.0+e-20241005"}, true},
		{"saas~18.4", "saas~18.4+e", Version{18, 4, "saas~18.4+e"}, true},
		{"18.4", "18.4", Version{18, 4, "18.4"}, true},
		{"", "17.0+e", Version{17, 0, "17.0+e"}, true},
		{"19", "19", Version{19, 0, "19"}, true},
		{"", "", Version{}, false},
		{"master", "master", Version{}, false},
		{"-1.0", "", Version{}, false},
		{"18.99999999999999999999", "", Version{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.serie, func(t *testing.T) {
			got, err := parseVersion(map[string]any{"server_serie": tt.serie, "server_version": tt.raw})
			if (err == nil) != tt.ok || got != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	if _, err := parseVersion([]any{"what"}); err == nil {
		t.Error("a list was read as a version")
	}
}
