package badgerstore

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"odoomesh/internal/store"
)

// Keys of the cache. A name (collection, index) stands behind its length, so
// that no name is a prefix of another and any byte may occur in it.
//
//	r name key                     a record
//	p name key 00 01 number        a further piece of a record; in name and key, 00 is
//	                               written 00 FF
//	i name name value 00 01 key    an index entry, which holds what it carries; in
//	                               value, 00 is written 00 FF
//	c name                         how many records a collection has
//	m key                          a fact of the cache's user
//	!position                      the position that the cache has reached
//	!redo, !redo number            a large write under way (see cache_redo.go)
//
// The escape keeps the order of values: the end mark 00 01 sorts before a
// continued value, also before one that continues with a zero byte (00 FF).
const (
	recordTag = 'r'
	pieceTag  = 'p'
	indexTag  = 'i'
	countTag  = 'c'
	metaTag   = 'm'

	// maxName is the longest name of a collection or an index in bytes.
	maxName = 255
	// MaxKey is the longest key that Badger takes, in bytes. A record's key, or
	// its index value (zero bytes counted twice) with its key, has to fit in it
	// together with the names.
	MaxKey = 65_000
)

var positionKey = []byte("!position")

func appendName(to []byte, name string) []byte {
	return append(append(to, byte(len(name))), name...)
}

func recordPrefix(to []byte, collection string) []byte {
	return appendName(append(to, recordTag), collection)
}

func recordKey(to []byte, collection string, key []byte) []byte {
	return append(recordPrefix(to, collection), key...)
}

// recordPieceKey is where a record's further piece lies, by the record's full key.
func recordPieceKey(full []byte, number int) []byte {
	to := appendEnd(appendEscaped([]byte{pieceTag}, full[1:]))
	return binary.BigEndian.AppendUint32(to, uint32(number))
}

func indexPrefix(to []byte, collection, index string) []byte {
	return appendName(appendName(append(to, indexTag), collection), index)
}

func indexKey(to []byte, collection, index string, value, key []byte) []byte {
	to = appendEscaped(indexPrefix(to, collection, index), value)
	return append(appendEnd(to), key...)
}

func appendEscaped(to, value []byte) []byte {
	for {
		i := bytes.IndexByte(value, 0)
		if i < 0 {
			return append(to, value...)
		}
		to = append(append(to, value[:i]...), 0x00, 0xFF)
		value = value[i+1:]
	}
}

func appendEnd(to []byte) []byte { return append(to, 0x00, 0x01) }

// splitIndexKey takes the value and the record's key out of what follows an
// index prefix. It shares raw's bytes where the value needed no escape.
func splitIndexKey(raw []byte) (value, key []byte, ok bool) {
	escaped := false
	for i := 0; ; {
		next := bytes.IndexByte(raw[i:], 0)
		if next < 0 || i+next+1 >= len(raw) {
			return nil, nil, false
		}
		i += next
		switch raw[i+1] {
		case 0x01:
			value, key = raw[:i:i], raw[i+2:]
			if escaped {
				value = bytes.ReplaceAll(value, []byte{0x00, 0xFF}, []byte{0x00})
			}
			return value, key, true
		case 0xFF:
			escaped = true
			i += 2
		default:
			return nil, nil, false
		}
	}
}

// after is the first key behind all keys that start with the prefix, which has
// to have a byte other than FF.
func after(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] != 0xFF {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}

// checkMutation refuses what the keys cannot express.
func checkMutation(m store.Mutation) error {
	if err := checkName("collection", m.Collection); err != nil {
		return err
	}
	if len(m.Key) == 0 {
		return fmt.Errorf("a record of collection %q has an empty key", m.Collection)
	}
	for _, e := range m.Indexes {
		if err := checkName("index", e.Index); err != nil {
			return err
		}
	}
	return nil
}

func checkName(what, name string) error {
	if name == "" || len(name) > maxName {
		return fmt.Errorf("the name of the %s has %d bytes: it needs 1 to %d", what, len(name), maxName)
	}
	return nil
}
