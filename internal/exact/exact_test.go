package exact

import (
	"math/big"
	"testing"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

func TestTextsOfNumbers(t *testing.T) {
	for text, want := range map[string][2]string{
		"0": {"0", "0"}, "-0": {"0", "0"}, "12.50": {"12.5", "12.5"}, "1/3": {"0.333333333", "0.333333333"},
		"0.12345678901": {"0.123456789", "0.12345678901"}, "-0.0000000001": {"0", "-0.0000000001"}, "100": {"100", "100"}, "no number": {"0", "0"},
	} {
		n := Number(text)
		if got := [2]string{Text(n), InFull(n)}; got != want {
			t.Errorf("%s is written %v, want %v", text, got, want)
		}
	}
}

// Money that is a number is that money again, and half a billionth is rounded away from
// nought.
func TestNumbersAsMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &money.Money{CurrencyCode: "EUR", Units: rapid.Int64().Draw(t, "units"), Nanos: rapid.Int32Range(0, 999_999_999).Draw(t, "nanos")}
		if m.Units < 0 {
			m.Nanos = -m.Nanos
		}
		if got := AsMoney(Money(m), "EUR"); !proto.Equal(got, m) {
			t.Fatalf("%v became %v", m, got)
		}
	})
	for text, want := range map[string]*money.Money{
		"0.0000000005": {CurrencyCode: "X", Nanos: 1}, "-0.0000000005": {CurrencyCode: "X", Nanos: -1}, "0.0000000004": {CurrencyCode: "X"},
		"1e30": nil, "-1e30": nil,
	} {
		if got := AsMoney(Number(text), "X"); !proto.Equal(got, want) {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	if Less(big.NewRat(-10, 1), big.NewRat(10, 1)).Cmp(big.NewRat(-9, 1)) != 0 {
		t.Error("a negative price gets a discount that is none")
	}
}
