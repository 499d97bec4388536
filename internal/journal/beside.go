package journal

import (
	"bytes"
	"iter"

	"odoomesh/internal/store"
)

// Beside walks the facts under a tag and the records of a collection side by side,
// both by key, ascending. What one side lacks is nil.
func Beside(facts store.Facts, tag byte, records iter.Seq2[store.Hit, error], meet func(key, fact []byte, hit *store.Hit) error) error {
	next, stop := iter.Pull2(facts.Scan([]byte{tag}))
	defer stop()
	fact, failed, more := next()
	// lone meets the facts before a key that have no record; nil is behind all.
	lone := func(key []byte) error {
		for more && failed == nil && (key == nil || bytes.Compare(fact.Key[1:], key) < 0) {
			if err := meet(fact.Key[1:], fact.Value, nil); err != nil {
				return err
			}
			fact, failed, more = next()
		}
		return failed
	}
	for hit, err := range records {
		if err != nil {
			return err
		}
		if err := lone(hit.Key); err != nil {
			return err
		}
		var value []byte
		if more && bytes.Equal(fact.Key[1:], hit.Key) {
			value = fact.Value
			fact, failed, more = next()
		}
		if err := meet(hit.Key, value, &hit); err != nil {
			return err
		}
	}
	return lone(nil)
}
