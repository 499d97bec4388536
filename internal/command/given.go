package command

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// Given collects what is wrong with the fields of a request, so that a caller learns of
// all at once.
type Given struct{ wrong []fault.Detail }

// Wrong notes a field by its path, such as "order.lines[0].quantity", and what is wrong.
func (g *Given) Wrong(field, format string, args ...any) {
	g.wrong = append(g.wrong, fault.Violation(field, fmt.Sprintf(format, args...)))
}

// Err is the refusal; nil where nothing is wrong.
func (g *Given) Err() error {
	if len(g.wrong) == 0 {
		return nil
	}
	return fault.Invalid(g.wrong...)
}

// Only refuses what is given beside the fields that a caller may give.
func (g *Given) Only(path string, m proto.Message, allowed ...protoreflect.Name) {
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if !slices.Contains(allowed, f.Name()) {
			g.Wrong(path+"."+string(f.Name()), "it is not the caller's to say: leave it out")
		}
		return true
	})
}

// AsItIs refuses a field that is not the caller's to change, unless it says what the
// record says: callers send back what they have read. What changes without the content,
// such as an etag, is not looked at.
func (g *Given) AsItIs(path string, f protoreflect.FieldDescriptor, given, found protoreflect.Message) {
	rule, _ := proto.GetExtension(f.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
	if !rule.GetVolatile() && (given.Has(f) != found.Has(f) || !given.Get(f).Equal(found.Get(f))) {
		g.Wrong(path+"."+string(f.Name()), "it is not the caller's to change: leave it out, or as it is")
	}
}

// ID is Odoo's id of a record by its name, which has to be one of the collection; 0 where
// it is none.
func (g *Given) ID(field, collection, name string) int64 {
	if name == "" {
		g.Wrong(field, "give it, such as %s/42", collection)
		return 0
	}
	key, err := resource.KeyOf(collection, name)
	if err != nil {
		g.Wrong(field, "%v", err)
		return 0
	}
	if resource.KeyID(key) > maxID {
		g.Wrong(field, "Odoo has no ids above %d", maxID)
		return 0
	}
	return resource.KeyID(key)
}

// IDs are Odoo's ids of a record that is named by several, such as
// "stockPositions/42-8-17-0-0"; all of them 0 where it is none.
func (g *Given) IDs(field, collection, name string, n int) []int64 {
	key, err := resource.KeyOf(collection, name)
	if err == nil && len(resource.IDs(key)) != n {
		err = &resource.NameError{Collection: collection, Name: name}
	}
	if err != nil {
		g.Wrong(field, "%v", err)
		return make([]int64, n)
	}
	ids := resource.IDs(key)
	if slices.Max(ids) > maxID {
		g.Wrong(field, "Odoo has no ids above %d", maxID)
		return make([]int64, n)
	}
	return ids
}

// maxID is the greatest id that Odoo's tables have [int4].
const maxID = 1<<31 - 1

// Text is a text of up to so many characters, without those that XML cannot carry, such
// as the separators that a scanner sends.
func (g *Given) Text(field, text string, most int) string {
	if n := utf8.RuneCountInString(text); n > most {
		g.Wrong(field, "up to %d characters, and not %d", most, n)
	}
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfffe || r == 0xffff {
			g.Wrong(field, "it has the character %U, which Odoo cannot be sent", r)
			break
		}
	}
	return text
}

// Day is a day of the calendar in Odoo's form; empty where none is given.
func (g *Given) Day(field string, d *date.Date) string {
	if d == nil {
		return ""
	}
	t := time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, time.UTC)
	if d.GetYear() < 1900 || d.GetYear() > 9998 || t.Day() != int(d.GetDay()) || int32(t.Month()) != d.GetMonth() {
		g.Wrong(field, "a day of the calendar, from 1900 to 9998")
		return ""
	}
	return t.Format(time.DateOnly)
}

// Expiry is the day on which goods expire; nil where none is given. A day of 0 is the last
// of the month: so GS1 writes dates that stand on a package without a day.
func (g *Given) Expiry(field string, d *date.Date) *date.Date {
	if d != nil && d.GetDay() == 0 && d.GetMonth() >= 1 && d.GetMonth() <= 12 {
		last := time.Date(int(d.GetYear()), time.Month(d.GetMonth())+1, 0, 0, 0, 0, 0, time.UTC)
		d = &date.Date{Year: d.GetYear(), Month: d.GetMonth(), Day: int32(last.Day())}
	}
	g.Day(field, d)
	return d
}

// plainNumber is a decimal as Odoo reads one: no exponent, and no more digits than a
// float of it keeps.
var plainNumber = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,9})?$`)

// Quantity is a quantity that is more than 0, as a text.
func (g *Given) Quantity(field string, d *decimal.Decimal) string {
	text := d.GetValue()
	if value, ok := number(text); !ok || value.Sign() <= 0 {
		g.Wrong(field, "a number above 0, such as 12.5, with up to 12 digits before and 9 behind the point")
		return ""
	}
	return text
}

// Count is a quantity that is not below 0, as a text.
func (g *Given) Count(field string, d *decimal.Decimal) string {
	text := d.GetValue()
	if value, ok := number(text); !ok || value.Sign() < 0 {
		g.Wrong(field, "a number from 0 on, such as 12.5, with up to 12 digits before and 9 behind the point")
		return ""
	}
	return text
}

// Price is an amount of money that is not below 0, as a text, in the currency that is
// wanted, where one is.
func (g *Given) Price(field string, m *money.Money, currency string) string {
	if m == nil {
		g.Wrong(field, "give it")
		return ""
	}
	if currency != "" && m.GetCurrencyCode() != "" && m.GetCurrencyCode() != currency {
		g.Wrong(field+".currency_code", "the document is in %s", currency)
	}
	if m.GetUnits() < 0 || m.GetNanos() < 0 || m.GetNanos() > 999_999_999 || m.GetUnits() > 999_999_999_999 {
		g.Wrong(field, "an amount from 0 on")
		return ""
	}
	return Amount(m)
}

// Time refuses a time that is none, such as one beyond the year 9999. It need not be
// given.
func (g *Given) Time(field string, t *timestamppb.Timestamp) {
	if t != nil && !t.IsValid() {
		g.Wrong(field, "a time of the years 1 to 9999")
	}
}

// Amount is money as a plain number.
func Amount(m *money.Money) string {
	text := strconv.FormatInt(m.GetUnits(), 10)
	if m.GetNanos() != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%09d", m.GetNanos()), "0")
	}
	return text
}

func number(text string) (*big.Rat, bool) {
	if !plainNumber.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// Same tells whether a float of Odoo's is the number that a text says, as near as a
// float of fifteen digits can tell.
func Same(text string, found float64) bool {
	value, ok := number(text)
	if !ok {
		return false
	}
	want, _ := value.Float64()
	return strconv.FormatFloat(want, 'g', 12, 64) == strconv.FormatFloat(found, 'g', 12, 64)
}

// Float writes a float of Odoo's as a plain number, without the digits that come from
// its being binary.
func Float(f float64) string {
	return strconv.FormatFloat(rounded(f), 'f', -1, 64)
}

func rounded(f float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 12, 64), 64)
	if err != nil {
		return f
	}
	return r
}

// Rat is a float of Odoo's as an exact number, without the digits that come from its
// being binary.
func Rat(f float64) *big.Rat { return Exact(Float(f)) }

// Exact is a decimal as an exact number; 0 where it is none, which its field says.
func Exact(decimal string) *big.Rat {
	value, ok := new(big.Rat).SetString(decimal)
	if !ok {
		return new(big.Rat)
	}
	return value
}

// Refused is the refusal of a command because of how things stand.
func Refused(format string, args ...any) error { return refusedBecause(fmt.Sprintf(format, args...)) }
