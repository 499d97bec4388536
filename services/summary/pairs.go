package summary

import (
	"math/bits"
	"slices"
)

// pairs count how many products each group has. They are marked by bits where there is room
// for all that could be, and else listed.
type pairs struct {
	// groups is how many groups are marked, and row how many bits each has: whole words.
	groups, row int
	seen        []uint64
	list        []uint64
}

func newPairs(products int) *pairs {
	row := (products + 63) &^ 63
	return &pairs{row: row, groups: bitsAtMost / row}
}

// add notes that a group has a product.
func (p *pairs) add(group int, product int32) {
	if group >= p.groups {
		p.list = append(p.list, uint64(group)<<32|uint64(uint32(product)))
		return
	}
	at := group*p.row + int(product)
	if at>>6 >= len(p.seen) {
		p.room(at >> 6)
	}
	p.seen[at>>6] |= 1 << (at & 63)
}

// join takes over which products a group of others has. Those that they list they keep.
func (p *pairs) join(group int, o *pairs, other int) {
	words := p.row / 64
	from := o.seen[min(other*words, len(o.seen)):min((other+1)*words, len(o.seen))]
	if group >= p.groups {
		for i, word := range from {
			for ; word != 0; word &= word - 1 {
				p.add(group, int32(i*64+bits.TrailingZeros64(word)))
			}
		}
		return
	}
	p.room((group+1)*words - 1)
	for i, word := range from {
		p.seen[group*words+i] |= word
	}
}

// room makes room for a word.
func (p *pairs) room(word int) {
	for word >= len(p.seen) {
		p.seen = append(p.seen, make([]uint64, max(len(p.seen), p.row/64))...)
	}
}

// count notes in each group how many products it has.
func (p *pairs) count(groups []group) {
	words := p.row / 64
	for i := range groups {
		for at := i * words; at < min((i+1)*words, len(p.seen)); at++ {
			groups[i].products += int64(bits.OnesCount64(p.seen[at]))
		}
	}
	slices.Sort(p.list)
	for _, pair := range slices.Compact(p.list) {
		group, product := int(pair>>32), int(uint32(pair))
		if at := group*p.row + product; at>>6 < len(p.seen) && p.seen[at>>6]&(1<<(at&63)) != 0 {
			continue // marked as well
		}
		groups[group].products++
	}
}
