package summary

import (
	"math/bits"
	"slices"
)

// pairs count how many products each group has. They are marked by bits where there is room
// for all that could be, and else listed.
type pairs struct {
	products int
	seen     []uint64
	list     []uint64
}

func newPairs(products int) *pairs { return &pairs{products: products} }

// add notes that a group has a product.
func (p *pairs) add(group int, product int32) {
	if group >= bitsAtMost/p.products {
		p.list = append(p.list, uint64(group)<<32|uint64(uint32(product)))
		return
	}
	at := group*p.rowBits() + int(product)
	for at>>6 >= len(p.seen) {
		p.seen = append(p.seen, make([]uint64, max(len(p.seen), p.rowBits()/64))...)
	}
	p.seen[at>>6] |= 1 << (at & 63)
}

// rowBits is how many bits a group has: whole words.
func (p *pairs) rowBits() int { return (p.products + 63) &^ 63 }

// join takes over which products a group of others has. Those that they list they keep.
func (p *pairs) join(group int, o *pairs, other int) {
	words := p.rowBits() / 64
	for at := other * words; at < min((other+1)*words, len(o.seen)); at++ {
		for word := o.seen[at]; word != 0; word &= word - 1 {
			p.add(group, int32((at-other*words)*64+bits.TrailingZeros64(word)))
		}
	}
}

// count notes in each group how many products it has.
func (p *pairs) count(groups []group) {
	words := p.rowBits() / 64
	for i := range groups {
		for at := i * words; at < min((i+1)*words, len(p.seen)); at++ {
			groups[i].products += int64(bits.OnesCount64(p.seen[at]))
		}
	}
	slices.Sort(p.list)
	for _, pair := range slices.Compact(p.list) {
		group, product := int(pair>>32), int(uint32(pair))
		if at := group*p.rowBits() + product; at>>6 < len(p.seen) && p.seen[at>>6]&(1<<(at&63)) != 0 {
			continue // marked as well
		}
		groups[group].products++
	}
}
