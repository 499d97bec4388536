package index

import (
	"strings"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// number writes a Decimal so that bytes sort like numbers, whatever the zeros that they
// were written with; an unset one is empty and sorts first.
func number(m protoreflect.Message) []byte {
	if !m.IsValid() {
		return nil
	}
	d, _, err := apd.NewFromString(m.Get(m.Descriptor().Fields().ByName("value")).String())
	if err != nil || d.Form != apd.Finite {
		return []byte{0}
	}
	return decimal(d)
}

// decimal is a byte for the sign, the place of the first digit, and the digits. Below zero
// all of it counts backwards.
func decimal(d *apd.Decimal) []byte {
	if d.IsZero() {
		return []byte{2}
	}
	digits := d.Coeff.String()
	place := int64(d.Exponent) + int64(len(digits))
	digits = strings.TrimRight(digits, "0")
	if len(digits) > maxValue/2 {
		digits = digits[:maxValue/2]
	}
	out := append([]byte{3}, ordered(place)...)
	out = append(out, digits...)
	if !d.Negative {
		return out
	}
	out[0] = 1
	for i := 1; i < len(out); i++ {
		out[i] = ^out[i]
	}
	// The shorter of two numbers that begin alike is the greater one.
	return append(out, 0xff)
}

// money writes a Money: by currency, and within it by amount, for amounts of two
// currencies have no order.
func money(m protoreflect.Message) []byte {
	if !m.IsValid() {
		return nil
	}
	fields := m.Descriptor().Fields()
	currency := m.Get(fields.ByName("currency_code")).String()
	out := append([]byte(currency[:min(len(currency), 16)]), 0)
	out = append(out, ordered(m.Get(fields.ByName("units")).Int())...)
	return append(out, ordered(m.Get(fields.ByName("nanos")).Int())...)
}
