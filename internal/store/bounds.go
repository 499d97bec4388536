package store

import "bytes"

// What every store holds. Whoever makes entries and records keeps to these bounds
// before anything reaches the log: an entry that the cache could not take would stop
// every follower behind it.
const (
	// MaxPayload is the largest payload of an entry, in bytes.
	MaxPayload = 64 << 20
	// MaxRecord is the largest value of a record, in bytes.
	MaxRecord = 24 << 20
	// MaxIndexEntries is how many index entries a record has at most.
	MaxIndexEntries = 200_000
	// MaxIndexBytes bounds all index entries of a record together, in bytes: for each
	// the name, the value, the record's key and what is carried.
	MaxIndexBytes = 16 << 20
	// MaxCarried is the most that one index entry carries, in bytes.
	MaxCarried = 900_000
	// MaxKey is how long a record's key and one of its index values are together, in
	// bytes; a zero byte counts twice.
	MaxKey = 60_000
	// MaxFacts and MaxFactBytes bound the facts of one Record of a journal.
	MaxFacts     = 4000
	MaxFactBytes = 400_000
)

// Fits tells whether every store holds the record with its index entries: an Apply
// of this mutation alone is never refused for its size. Otherwise the error is a
// *TooLargeError.
func (m Mutation) Fits() error {
	if n := len(m.Value); n > MaxRecord {
		return tooLarge("record", n, MaxRecord, "bytes")
	}
	if n := len(m.Indexes); n > MaxIndexEntries {
		return tooLarge("index of a record", n, MaxIndexEntries, "entries")
	}
	key := doubled(m.Key)
	if key > MaxKey {
		return tooLarge("key", key, MaxKey, "bytes")
	}
	size := 0
	for _, e := range m.Indexes {
		if n := len(e.Carried); n > MaxCarried {
			return tooLarge("what an index carries", n, MaxCarried, "bytes")
		}
		if n := key + doubled(e.Value); n > MaxKey {
			return tooLarge("key", n, MaxKey, "bytes")
		}
		size += len(e.Index) + len(e.Value) + len(m.Key) + len(e.Carried)
	}
	if size > MaxIndexBytes {
		return tooLarge("index of a record", size, MaxIndexBytes, "bytes")
	}
	return nil
}

// doubled is the length where a zero byte counts twice.
func doubled(text []byte) int { return len(text) + bytes.Count(text, []byte{0}) }

func tooLarge(what string, size, limit int, unit string) error {
	return &TooLargeError{What: what, Size: int64(size), Limit: int64(limit), Unit: unit}
}
