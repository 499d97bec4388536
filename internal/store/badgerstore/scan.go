package badgerstore

import (
	"bytes"
	"errors"
	"fmt"
	"iter"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// hitFunc makes a hit of a key of the database, of which prefix bytes are fixed.
type hitFunc func(v *view, item *badger.Item, prefix int) (store.Hit, error)

// scan walks a span in the order that the range asks for.
func (s *snapshot) scan(within span, descending bool, hit hitFunc) iter.Seq2[store.Hit, error] {
	return func(yield func(store.Hit, error) bool) {
		v, err := s.hold()
		if err != nil {
			yield(store.Hit{}, err)
			return
		}
		defer v.release()
		if err := v.cache.trusted(); err != nil {
			yield(store.Hit{}, err)
			return
		}
		if within.empty() {
			return
		}
		it := v.txn.NewIterator(badger.IteratorOptions{Prefix: within.prefix, Reverse: descending})
		defer it.Close()
		var h store.Hit
		step := func(move func()) (more bool, err error) {
			defer recovered(&err) // not what the caller does with a hit
			move()
			if !within.holds(it, descending) {
				return false, nil
			}
			h, err = hit(v, it.Item(), len(within.prefix))
			return true, err
		}
		more, err := step(func() { within.begin(it, descending) })
		for ; more && err == nil; more, err = step(it.Next) {
			if !yield(h, nil) {
				return
			}
		}
		if err != nil {
			yield(store.Hit{}, fmt.Errorf("scanning the cache: %w", v.fault(err)))
		}
	}
}

// begin goes to the first key in the direction of the scan.
func (s span) begin(it *badger.Iterator, descending bool) {
	if !descending {
		it.Seek(s.low)
		return
	}
	// Seek goes to the key itself or to the one below; high is outside. Where
	// high is outside the prefix as well, no key equals it (see recordKey).
	it.Seek(s.high)
	if it.Valid() && bytes.Equal(it.Item().Key(), s.high) {
		it.Next()
	}
}

func (s span) holds(it *badger.Iterator, descending bool) bool {
	if !it.Valid() {
		return false
	}
	if descending {
		return bytes.Compare(it.Item().Key(), s.low) >= 0
	}
	return bytes.Compare(it.Item().Key(), s.high) < 0
}

// recordHit reads a hit of a record scan.
func recordHit(keysOnly bool) hitFunc {
	return func(v *view, item *badger.Item, prefix int) (hit store.Hit, err error) {
		hit.Key = bytes.Clone(item.Key()[prefix:])
		if keysOnly {
			return hit, nil
		}
		raw, err := item.ValueCopy(nil)
		if err != nil {
			return hit, err
		}
		record, err := wholeRecord(v.txn, item.Key(), raw)
		if err != nil {
			return hit, err
		}
		hit.Value, err = recordValue(record)
		return hit, err
	}
}

// indexHit reads a hit of an index scan, what the index carries, and the record
// that it names.
func indexHit(collection string, keysOnly bool) hitFunc {
	return func(v *view, item *badger.Item, prefix int) (hit store.Hit, err error) {
		value, key, ok := splitIndexKey(bytes.Clone(item.Key()[prefix:]))
		if !ok {
			return hit, errBadIndexKey
		}
		hit.Key, hit.IndexValue = key, value
		if item.ValueSize() > 0 {
			if hit.Carried, err = item.ValueCopy(nil); err != nil {
				return hit, err
			}
		}
		if keysOnly {
			return hit, nil
		}
		var space [96]byte
		if hit.Value, err = v.record(recordKey(space[:0], collection, key)); err != nil {
			return hit, fmt.Errorf("an index entry of %s names a record: %w", collection, err)
		}
		return hit, nil
	}
}

var errBadIndexKey = errors.New("stored index entry cannot be read")
