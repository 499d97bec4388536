// Package nearest finds what somebody probably meant who wrote a word that does not
// exist.
package nearest

import (
	"slices"
	"strings"
)

// Word answers the known word that is closest to the given one; empty where none comes
// close: of a short word all letters but one have to fit, of a longer one more than half, or
// who meant another word is misled. Neither case nor what stands between words counts.
func Word(given string, known []string) string {
	word := fold(given)
	best, least := "", len(word)/2+1
	if len(word) <= short {
		least = 2
	}
	for _, k := range slices.Sorted(slices.Values(known)) {
		meant := fold(k)
		if d := distance(word, meant); d < least && 2*d < max(len(word), len(meant)) {
			best, least = k, d
		}
	}
	return best
}

// short is how many letters a word has at most in which two wrong ones make it another.
const short = 5

// fold leaves the letters of a word alone.
func fold(word string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(word))
}

// distance counts the letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, corner+cost)
		}
	}
	return row[len(b)]
}
