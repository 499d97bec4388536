package sheet

import (
	"math/big"
	"math/bits"
	"strings"
)

// Digits is how many digits behind the point a number of a row has; one that needs more, or
// that is too great, is kept apart, exactly.
const Digits = 6

// most bounds what Micro reads.
const most = 1 << 52

// Micro reads a decimal as so many millionths. Not ok says that it has more digits, or is
// too great for a row. No text is 0.
func Micro(text string) (millionths int64, ok bool) {
	digits, negative := text, false
	if strings.HasPrefix(digits, "-") {
		digits, negative = digits[1:], true
	}
	behind := -1 // digits behind the point, -1 before it
	for i := range len(digits) {
		switch c := digits[i]; {
		case c == '.' && behind < 0:
			behind = 0
			continue
		case c < '0' || c > '9':
			return 0, false
		case behind >= Digits:
			if c != '0' {
				return 0, false
			}
			continue
		default:
			millionths = 10*millionths + int64(c-'0')
		}
		if behind >= 0 {
			behind++
		}
		if millionths >= most {
			return 0, false
		}
	}
	for range Digits - max(behind, 0) {
		if millionths *= 10; millionths >= most {
			return 0, false
		}
	}
	if negative {
		millionths = -millionths
	}
	return millionths, true
}

// Sum adds up whole numbers in 128 bits, and what does not fit a row beside them. The zero
// Sum is 0.
type Sum struct {
	high int64
	low  uint64
	// over is what was taken off before it became too much for 128 bits.
	over *big.Int
	rest *big.Rat
}

// Add adds a number of a row.
func (s *Sum) Add(n int64) { s.add(n>>63, uint64(n)) }

func (s *Sum) add(high int64, low uint64) {
	var carry uint64
	s.low, carry = bits.Add64(s.low, low, 0)
	if s.high += high + int64(carry); s.high > nearly || s.high < -nearly {
		s.over = s.whole()
		s.high, s.low = 0, 0
	}
}

// nearly is as high as a sum may be for any product to be added to it.
const nearly = 1 << 61

func (s *Sum) whole() *big.Int {
	n := new(big.Int).Lsh(big.NewInt(s.high), 64)
	n.Add(n, new(big.Int).SetUint64(s.low))
	if s.over != nil {
		n.Add(n, s.over)
	}
	return n
}

// AddProduct adds the product of two numbers.
func (s *Sum) AddProduct(a, b int64) {
	high, low := bits.Mul64(uint64(a), uint64(b))
	s.add(int64(high)-(a>>63)&b-(b>>63)&a, low)
}

// Join adds another sum.
func (s *Sum) Join(o *Sum) {
	s.add(o.high, o.low)
	if o.over != nil {
		s.over = new(big.Int).Add(s.whole(), o.over)
		s.high, s.low = 0, 0
	}
	if o.rest != nil {
		s.AddRat(o.rest)
	}
}

// AddRat adds what fits no row: it is in whole units, not in those of Add.
func (s *Sum) AddRat(n *big.Rat) {
	if s.rest == nil {
		s.rest = new(big.Rat)
	}
	s.rest.Add(s.rest, n)
}

// Rat is the sum where each number that was added is a unit divided by a power of ten.
func (s *Sum) Rat(digits int64) *big.Rat {
	r := new(big.Rat).SetFrac(s.whole(), new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil))
	if s.rest != nil {
		r.Add(r, s.rest)
	}
	return r
}
