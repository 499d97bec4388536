package gs1_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/gs1"
)

var today = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// told is a code in a line.
func told(c *gs1.Code) string {
	if c == nil {
		return "none"
	}
	var parts []string
	for _, e := range c.Elements {
		part := e.AI + "=" + e.Value
		if !e.Date.IsZero() {
			part += fmt.Sprintf("[%04d-%02d-%02d]", e.Date.Year, e.Date.Month, e.Date.Day)
		}
		parts = append(parts, part)
	}
	return fmt.Sprintf("%d%s %s", c.Syntax, c.Symbology, strings.Join(parts, " "))
}

func TestCodesAreTakenApart(t *testing.T) {
	const gs = "\x1d"
	for _, tt := range []struct{ name, text, want string }{
		{"GS1-128", "]C10109506000134352" + "17271231" + "10AB-1a" + gs + "2112", "1]C1 01=09506000134352 17=271231[2027-12-31] 10=AB-1a 21=12"},
		{"DataMatrix", "]d20109506000134352" + "10L" + gs + "17270200", "1]d2 01=09506000134352 10=L 17=270200[2027-02-28]"},
		{"the last day of February in a leap year", "0109506000134352" + "17280200", "1 01=09506000134352 17=280200[2028-02-29]"},
		{"FNC1 in front, which some scanners send", gs + "0109506000134352" + "10L", "1 01=09506000134352 10=L"},
		{"a separator that need not be there", "0109506000134352" + gs + "10L" + gs, "1 01=09506000134352 10=L"},
		{"without any mark", "01095060001343521727123110l7", "1 01=09506000134352 17=271231[2027-12-31] 10=l7"},
		{"a logistic unit", "]C100395060001343520008", "none"},
		{"for people", "(01) 09506000134352 (17)271231(10)AB(3)-1", "2 01=09506000134352 17=271231[2027-12-31] 10=AB(3)-1"},
		{"brackets that are no identifier's", `(01)09506000134352(10)A\(21\)B`, "2 01=09506000134352 10=A(21)B"},
		{"Digital Link", "https://id.gs1.org/01/09506000134352/10/AB%2F1/21/9?17=271231&linkType=all", "3 01=09506000134352 10=AB/1 21=9 17=271231[2027-12-31]"},
		{"of a maker", "HTTPS://maker.example/some/where/01/9506000134352?10=x%20y", "none"},
		{"of a maker, with thirteen digits", "https://maker.example/some/where/01/9506000134352", "3 01=09506000134352"},
		{"an address", "https://example.org/orders/42", "none"},
		{"GTIN-13", "9506000134352", "4 01=09506000134352"},
		{"GTIN-8", "96385074", "4 01=00000096385074"},
		{"EAN-13 with its symbology", "]E09506000134352", "4]E0 01=09506000134352"},
		{"a number", "9506000134353", "none"},
		{"an order's", "P00042", "none"},
		{"words", "saline (500 ml)", "none"},
		{"in brackets", "(ward 7)", "none"},
		{"a century ago", "010950600013435217770101", "1 01=09506000134352 17=770101[1977-01-01]"},
		{"in half a century", "010950600013435217760101", "1 01=09506000134352 17=760101[2076-01-01]"},
		{"a weight", "]e0" + "01095060001343523103001750", "1]e0 01=09506000134352 3103=001750"},
		{"a time of expiry", "]d2" + "0109506000134352" + "7003" + "2712312359", "1]d2 01=09506000134352 7003=2712312359[2027-12-31]"},
	} {
		got, err := gs1.Parse(tt.text, today)
		if tt.want == "none" && got == nil {
			continue
		}
		if err != nil || told(got) != tt.want {
			t.Errorf("%s: %q is %s, %v, want %s", tt.name, tt.text, told(got), err, tt.want)
		}
	}
}

func TestWhatIsWrongWithACodeIsSaid(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"]d20109506000134353", "(01) at 6: its check digit is wrong"},
		{"0109506000134353" + "17271231", "(01) at 3: its check digit is wrong"},
		{"]d20109506000134352" + "17271301", "(17) at 22: it is no date"},
		{"]d20109506000134352" + "17270229", "(17) at 22: that year has no such day"},
		{"]d20109506000134352" + "1727", "(17) at 24: it is too short"},
		{"]d20109506000134352" + "10" + strings.Repeat("L", 21), "(10) at 42: it is too long"},
		{"]d20109506000134352" + "10Lä", "(10) at 23: it has a character that does not belong there"},
		{"]d20109506000134352" + "05", "at 20: no application identifier of GS1 begins so"},
		{"]d20109506000134352" + "10A\x1d10B", "(10) at 26: it is there twice, with two values"},
		{"(01)09506000134352(10)", "(10) at 23: it is too short"},
		{"(10", "at 1: an application identifier of GS1 in brackets, such as (01), is wanted here"},
		{"https://id.gs1.org/ARFKk4XB0CDKWcnpq", "at 1: it is a compressed Digital Link, which is not read: only its publisher knows how it was compressed, so scan the code beside it or type the number"},
		{"https://id.gs1.org/01/09506000134353", "(01) at 23: its check digit is wrong"},
		{"https://id.gs1.org/01/09506000134352?05=1", "at 38: GS1 has no application identifier 05"},
	} {
		got, err := gs1.Parse(tt.text, today)
		var wrong *gs1.Error
		if got != nil || !errors.As(err, &wrong) || err.Error() != tt.want {
			t.Errorf("%q: %s, %v, want %s", tt.text, told(got), err, tt.want)
		}
	}
}

// A code that was taken apart is the same again where it is put together for people.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"]C10109506000134352172712311 0AB", "]d20109506000134352\x1d10L\x1d21S", "(01)09506000134352(10)A\\(21\\)B",
		"https://id.gs1.org/01/09506000134352/10/A%2F?17=271200", "9506000134352", "]E0", "(", "(01", "https://", "00\x1d", "01095060001343529",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := gs1.Parse(text, today)
		if c == nil {
			var wrong *gs1.Error
			if err != nil && (!errors.As(err, &wrong) || wrong.Position < 0 || wrong.Position > len(text)) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(c.Elements) == 0 {
			t.Fatalf("%q is a code of nothing", text)
		}
		var put strings.Builder
		for _, e := range c.Elements {
			put.WriteString("(" + e.AI + ")" + strings.NewReplacer("(", `\(`, ")", `\)`).Replace(e.Value))
		}
		again, err := gs1.Parse(put.String(), today)
		if err != nil || told(again)[1:] != strings.Replace(told(c), c.Symbology, "", 1)[1:] {
			t.Fatalf("%q is %s, and %q is %s, %v", text, told(c), put.String(), told(again), err)
		}
	})
}
