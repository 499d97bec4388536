package gs1

import "strings"

// IsGTIN tells whether a text is a GTIN-8, -12, -13 or -14 with the right check digit.
func IsGTIN(s string) bool {
	switch len(s) {
	case 8, 12, 13, 14:
		return checkDigit(s) && strings.Trim(s, "0") != ""
	}
	return false
}

// checkDigit tells whether the last digit of a number is the right one (GS1 General
// Specifications, section 7.9): digits weigh 3 and 1 in turn from the right, and their
// sum is a multiple of ten.
func checkDigit(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return sum%10 == 0
}

// Sets of characters of the General Specifications, section 7.11.
const (
	digits = "0123456789"
	set39  = "#-/" + digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	set82  = "!\"%&'()*+,-./" + digits + ":;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	set64  = "-" + digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz="
)

// check says what is wrong with a value, and at which of its bytes; empty for nothing.
func (id *identifier) check(value string) (at int, problem string) {
	if len(value) < id.least {
		return len(value), "it is too short"
	}
	if len(value) > id.most {
		return id.most, "it is too long"
	}
	rest := value
	for _, c := range id.components {
		if rest == "" && c.least == 0 {
			break
		}
		n := min(c.most, len(rest))
		part := rest[:n]
		start := len(value) - len(rest)
		if n < c.least || c.least == 0 && n < c.most && c.kind == 'N' && len(c.tests) > 0 {
			return start, "it is too short"
		}
		if i := strings.IndexFunc(part, func(r rune) bool { return !strings.ContainsRune(setOf(c.kind), r) }); i >= 0 {
			return start + i, "it has a character that does not belong there"
		}
		for _, test := range c.tests {
			if problem := tested(test, part); problem != "" {
				return start, problem
			}
		}
		rest = rest[n:]
	}
	if rest != "" {
		return len(value) - len(rest), "it is too long"
	}
	return 0, ""
}

func setOf(kind byte) string {
	switch kind {
	case 'N':
		return digits
	case 'Y':
		return set39
	case 'Z':
		return set64
	}
	return set82
}

// tested says what a test of the dictionary finds wrong; empty for nothing, and for tests
// that are not done here.
func tested(test, part string) string {
	switch test {
	case "csum":
		if !checkDigit(part) {
			return "its check digit is wrong"
		}
	case "yymmdd", "yymmd0":
		if !isDay(part[2:4], part[4:6], test == "yymmd0") {
			return "it is no date"
		}
	case "yyyymmdd":
		if !isDay(part[4:6], part[6:8], false) {
			return "it is no date"
		}
	case "hhmi":
		if part[:2] > "23" || part[2:4] > "59" {
			return "it is no time"
		}
	case "hh":
		if part > "23" {
			return "it is no time"
		}
	case "mi", "ss":
		if part > "59" {
			return "it is no time"
		}
	case "nonzero":
		if strings.Trim(part, "0") == "" {
			return "it is zero"
		}
	}
	return ""
}
