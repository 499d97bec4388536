package mapping

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/money"
	"pgregory.net/rapid"
)

func TestDecimalTextLosesBinaryNoiseAndNothingElse(t *testing.T) {
	for _, c := range []struct {
		float float64
		want  string
	}{
		{3.3000000000000003, "3.3"}, {0.1 + 0.2, "0.3"}, {1234567.89, "1234567.89"}, {0, "0"}, {math.Copysign(0, -1), "0"},
		{1e-05, "0.00001"}, {12, "12"}, {1200000, "1200000"}, {-2.35, "-2.35"}, {0.0163870758410257, "0.0163870758410257"},
	} {
		if got, err := decimalText(c.float); err != nil || got != c.want {
			t.Errorf("decimalText(%v) = %q, %v; want %q", c.float, got, err, c.want)
		}
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got, err := decimalText(bad); err == nil {
			t.Errorf("decimalText(%v) = %q, want an error", bad, got)
		}
	}
}

// Whatever a person types into Odoo with up to fifteen digits comes out as typed.
func TestDecimalTextGivesBackWhatWasTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "digits")
		scale := rapid.Int32Range(0, 9).Draw(t, "scale")
		typed := apd.New(digits, -scale)
		float, err := strconv.ParseFloat(typed.Text('f'), 64)
		if err != nil {
			t.Fatal(err)
		}
		text, err := decimalText(float)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := apd.NewFromString(text)
		if err != nil || got.Cmp(typed) != 0 {
			t.Fatalf("%s became %s (%v)", typed.Text('f'), text, err)
		}
	})
}

func TestMoneyIsExact(t *testing.T) {
	for _, c := range []struct {
		text  string
		units int64
		nanos int32
	}{
		{"2.35", 2, 350000000}, {"-2.35", -2, -350000000}, {"-0.5", 0, -500000000}, {"0", 0, 0}, {"7", 7, 0},
		{"0.000000001", 0, 1}, {"0.0000000006", 0, 1}, {"999999999999.999", 999999999999, 999000000},
	} {
		m, err := moneyOf(c.text, "EUR")
		if err != nil || m.GetUnits() != c.units || m.GetNanos() != c.nanos || m.GetCurrencyCode() != "EUR" {
			t.Errorf("moneyOf(%q) = %v, %v", c.text, m, err)
		}
	}
	if m, err := moneyOf("1e30", "EUR"); err == nil {
		t.Errorf("moneyOf(1e30) = %v, want an error", m)
	}
}

func TestMoneyAddsUpToTheAmount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := apd.New(rapid.Int64Range(-1e17, 1e17).Draw(t, "digits"), -rapid.Int32Range(0, 9).Draw(t, "scale"))
		m, err := moneyOf(amount.Text('f'), "SEK")
		if err != nil {
			t.Fatal(err)
		}
		if m.GetUnits() > 0 && m.GetNanos() < 0 || m.GetUnits() < 0 && m.GetNanos() > 0 {
			t.Fatalf("units and nanos of %v have different signs", m)
		}
		if sum := sumOf(t, m); sum.Cmp(amount) != 0 {
			t.Fatalf("%s became %s", amount.Text('f'), sum.Text('f'))
		}
	})
}

func sumOf(t *rapid.T, m *money.Money) *apd.Decimal {
	sum := apd.New(m.GetUnits(), 0)
	if _, err := apd.BaseContext.WithPrecision(40).Add(sum, sum, apd.New(int64(m.GetNanos()), -9)); err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestValidGTIN(t *testing.T) {
	for _, c := range []struct {
		code string
		want bool
	}{
		{"4006381333931", true}, {"04006381333931", true}, {"96385074", true}, {"036000291452", true},
		{"4006381333932", false}, {"400638133393", false}, {"", false}, {"0000000000000", false},
		{"400638133393X", false}, {"LOT-12345678", false}, {"４006381333931", false},
	} {
		if got := ValidGTIN(c.code); got != c.want {
			t.Errorf("ValidGTIN(%q) = %t", c.code, got)
		}
	}
}

// A single wrong digit is always found, and so are leading zeros: that is what
// the check digit is for.
func TestGTINCheckDigitFindsAWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := fmt.Sprintf("%012d", rapid.Int64Range(1, 999_999_999_999).Draw(t, "body"))
		var code string
		for d := range 10 {
			if c := body + strconv.Itoa(d); ValidGTIN(c) {
				if code != "" {
					t.Fatalf("%s and %s are both valid", code, c)
				}
				code = c
			}
		}
		if code == "" || !ValidGTIN("0"+code) {
			t.Fatalf("%s has no check digit that holds with a leading zero", body)
		}
		at := rapid.IntRange(0, 12).Draw(t, "at")
		wrong := (int(code[at]-'0') + rapid.IntRange(1, 9).Draw(t, "by")) % 10
		if bad := code[:at] + strconv.Itoa(wrong) + code[at+1:]; ValidGTIN(bad) && strings.Trim(bad, "0") != "" {
			t.Fatalf("%s and %s are both valid", code, bad)
		}
	})
}
