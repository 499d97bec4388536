// Package search finds records of all domains by what is in the hand: numbers, codes,
// words, and scanned GS1 codes, which are taken apart and looked up. It holds no records of
// its own. Whoever may read a collection finds its records, as far as it meets them; of
// others it learns nothing.
package search
