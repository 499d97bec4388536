package clinical

import "fmt"

// GTIN13 makes a valid GTIN-13 from a number below 10⁹, under GS1's prefix 950 that
// is set aside for examples.
func GTIN13(n int) string {
	return withCheck(fmt.Sprintf("950%09d", n%1_000_000_000))
}

// GTIN14 makes the GTIN-14 of a packaging of the article; level 1 to 8 is the size.
func GTIN14(gtin13 string, level int) string {
	return withCheck(fmt.Sprintf("%d%s", level, gtin13[:12]))
}

// withCheck appends GS1's check digit: digits weighted 3 and 1 from the right.
func withCheck(digits string) string {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return fmt.Sprintf("%s%d", digits, (10-sum%10)%10)
}
