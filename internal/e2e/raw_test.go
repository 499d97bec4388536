package e2e

import (
	"html"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// raw is a row as Odoo answers it: false for an empty value of any type, a
// many2one as id and name.
type raw map[string]any

func (r raw) text(field string) string { s, _ := r[field].(string); return s }
func (r raw) flag(field string) bool   { b, _ := r[field].(bool); return b }

// id is the row's own id, or what a many2one points at; 0 for none.
func (r raw) id(field string) int64 {
	switch v := r[field].(type) {
	case int64:
		return v
	case []any:
		return v[0].(int64)
	}
	return 0
}

func (r raw) ids(field string) []int64 {
	list, _ := r[field].([]any)
	out := make([]int64, len(list))
	for i, id := range list {
		out[i] = id.(int64)
	}
	return out
}

func (r raw) number(field string) float64 {
	switch v := r[field].(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	}
	return 0
}

func (r raw) whole(field string) int32 { return int32(math.Round(r.number(field))) }

// decimal is a number as a person reads it: 3.3000000000000003 is 3.3.
func (r raw) decimal(field string) *decimal.Decimal { return decimalOf(r.number(field)) }

func decimalOf(f float64) *decimal.Decimal {
	short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		short = f
	}
	return &decimal.Decimal{Value: strconv.FormatFloat(short+0, 'f', -1, 64)}
}

// positive is unset for nought.
func (r raw) positive(field string) *decimal.Decimal {
	if r.number(field) == 0 {
		return nil
	}
	return r.decimal(field)
}

func (r raw) money(field, currency string) *money.Money {
	text := decimalOf(r.number(field)).GetValue()
	units, fraction, _ := strings.Cut(text, ".")
	fraction = (fraction + "000000000")[:9]
	u, _ := strconv.ParseInt(units, 10, 64)
	n, _ := strconv.ParseInt(fraction, 10, 32)
	if strings.HasPrefix(text, "-") {
		n = -n
	}
	return &money.Money{CurrencyCode: currency, Units: u, Nanos: int32(n)}
}

func (r raw) date(field string) *date.Date {
	day, err := time.Parse(time.DateOnly, r.text(field))
	if err != nil {
		return nil
	}
	return &date.Date{Year: int32(day.Year()), Month: int32(day.Month()), Day: int32(day.Day())}
}

func (r raw) time(t testing.TB, field string) *timestamppb.Timestamp {
	t.Helper()
	at, err := time.Parse(time.DateTime, r.text(field))
	if err != nil {
		t.Fatalf("%s: %v", field, err)
	}
	return timestamppb.New(at)
}

var (
	inline = regexp.MustCompile(`(?i)</?(a|b|i|u|em|strong|span|font|sub|sup|small|code)\b[^>]*>`)
	cell   = regexp.MustCompile(`(?i)</?t[dh]\b[^>]*>`)
	markup = regexp.MustCompile(`<[^>]*>`)
)

// words are the words of a rich text, with a line of its own for each block.
func (r raw) words(field string) string {
	text := strings.Join(strings.Fields(r.text(field)), " ")
	text = cell.ReplaceAllString(inline.ReplaceAllString(text, ""), " ")
	var lines []string
	for line := range strings.SplitSeq(markup.ReplaceAllString(text, "\n"), "\n") {
		if words := strings.Fields(html.UnescapeString(line)); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// gtin is the text where it is a GTIN, and empty elsewhere.
func gtin(written string) string {
	// White space around a barcode does not count, and is shown.
	s := strings.TrimSpace(written)
	if n := len(s); n != 8 && n != 12 && n != 13 && n != 14 || strings.Trim(s, "0") == "" {
		return ""
	}
	padded, sum := strings.Repeat("0", 14-len(s))+s, 0
	for i, c := range padded {
		if c < '0' || c > '9' {
			return ""
		}
		sum += int(c-'0') * []int{3, 1}[i%2]
	}
	if sum%10 != 0 {
		return ""
	}
	return written
}
