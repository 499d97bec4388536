package badgerstore

import (
	"encoding/binary"
	"errors"
	"time"

	"odoomesh/internal/store"
)

// entryKey sorts by position.
func entryKey(position uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{entryTag}, position)
}

const entryTag = 'e'

var errBadEntry = errors.New("stored entry cannot be read")

// A stored entry is its header and its payload. The header is the time in
// nanoseconds since 1970, UTC, the collection behind its length, and how many
// further pieces the payload has (uvarint).
const timeSize = 8

// encodeEntry is a stored entry whose payload is in one piece.
func encodeEntry(at time.Time, d store.Draft) []byte {
	value := make([]byte, 0, timeSize+1+len(d.Collection)+1+len(d.Payload))
	value = binary.BigEndian.AppendUint64(value, uint64(at.UnixNano()))
	value = binary.AppendUvarint(appendName(value, d.Collection), 0)
	return append(value, d.Payload...)
}

// decodeEntry reads a stored entry; its payload shares the value's bytes.
func decodeEntry(position uint64, value []byte) (store.Entry, error) {
	if len(value) <= timeSize {
		return store.Entry{}, errBadEntry
	}
	begin := timeSize + 1
	end := begin + int(value[timeSize])
	if end == begin || end > len(value) {
		return store.Entry{}, errBadEntry
	}
	pieces, width := binary.Uvarint(value[end:])
	if width <= 0 || pieces != 0 {
		return store.Entry{}, errBadEntry
	}
	return store.Entry{
		Position: position, Time: time.Unix(0, int64(binary.BigEndian.Uint64(value))).UTC(),
		Collection: string(value[begin:end]), Payload: value[end+width:],
	}, nil
}
