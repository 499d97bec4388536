package badgerstore

import (
	"bytes"

	"odoomesh/internal/store"
)

// span is the part of the database that a scan covers: from low up to, and
// without, high. All its keys start with the prefix.
type span struct {
	prefix, low, high []byte
}

func (s span) empty() bool { return bytes.Compare(s.low, s.high) >= 0 }

// narrow cuts off what lies before a place. The place is every key from low up
// to, and without, high.
func (s span) narrow(low, high []byte, descending bool) span {
	if descending {
		if bytes.Compare(low, s.high) < 0 {
			s.high = low
		}
	} else if bytes.Compare(high, s.low) > 0 {
		s.low = high
	}
	return s
}

// recordSpan is where a collection's records lie that the range asks for.
func recordSpan(collection string, r store.Range) span {
	prefix := recordPrefix(nil, collection)
	low := append(bytes.Clone(prefix), r.Prefix...)
	s := span{prefix: prefix, low: low, high: after(low)}
	if r.Exact {
		s.high = next(low)
	}
	if len(r.AfterKey) > 0 {
		at := recordKey(nil, collection, r.AfterKey)
		s = s.narrow(at, next(at), r.Descending)
	}
	return s
}

// indexSpan is where an index's entries lie that the range asks for.
func indexSpan(collection, index string, r store.Range) span {
	prefix := indexPrefix(nil, collection, index)
	low := appendEscaped(bytes.Clone(prefix), r.Prefix)
	if r.Exact {
		low = appendEnd(low)
	}
	s := span{prefix: prefix, low: low, high: after(low)}

	value := r.AfterValue
	if r.Exact && len(value) == 0 {
		value = r.Prefix
	}
	at := appendEnd(appendEscaped(bytes.Clone(prefix), value))
	switch {
	case len(r.AfterKey) > 0:
		at = append(at, r.AfterKey...)
		s = s.narrow(at, next(at), r.Descending)
	case len(r.AfterValue) > 0: // the value with all its records
		s = s.narrow(at, after(at), r.Descending)
	}
	return s
}

// next is the smallest key above the key.
func next(key []byte) []byte { return append(bytes.Clone(key), 0x00) }
