package clinical

import "testing"

// Published examples of GS1's check digit.
func TestCheckDigits(t *testing.T) {
	for _, gtin := range []string{"9501101530003", "4006381333931", "10614141000415"} {
		if got := withCheck(gtin[:len(gtin)-1]); got != gtin {
			t.Errorf("check digit of %s: %s", gtin, got)
		}
	}
	if got := GTIN14(GTIN13(7), 1); len(got) != 14 || got[1:13] != GTIN13(7)[:12] {
		t.Errorf("GTIN-14 of %s is %s", GTIN13(7), got)
	}
}
