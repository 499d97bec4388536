package badgerstore

import (
	"encoding/binary"
	"errors"

	"odoomesh/internal/store"
)

// A stored record is: the length of its index part (uvarint), the index part
// (name and value of each entry, each behind its length), and the value. The
// index part is kept so that a later change knows which entries to take out.

var errBadRecord = errors.New("stored record cannot be read")

func encodeRecord(m store.Mutation) []byte {
	part := 0
	for _, e := range m.Indexes {
		part += sized(len(e.Index)) + sized(len(e.Value))
	}
	raw := make([]byte, 0, sized(part)+len(m.Value))
	raw = binary.AppendUvarint(raw, uint64(part))
	for _, e := range m.Indexes {
		raw = append(binary.AppendUvarint(raw, uint64(len(e.Index))), e.Index...)
		raw = append(binary.AppendUvarint(raw, uint64(len(e.Value))), e.Value...)
	}
	return append(raw, m.Value...)
}

// sized is the length of n bytes with their length before them.
func sized(n int) int {
	var raw [binary.MaxVarintLen64]byte
	return binary.PutUvarint(raw[:], uint64(n)) + n
}

// cutSized takes a length and as many bytes off the front.
func cutSized(raw []byte) (part, rest []byte, err error) {
	n, width := binary.Uvarint(raw)
	if width <= 0 || n > uint64(len(raw)-width) {
		return nil, nil, errBadRecord
	}
	end := width + int(n)
	return raw[width:end:end], raw[end:], nil
}

// recordValue is the value of a stored record; it shares raw's bytes.
func recordValue(raw []byte) ([]byte, error) {
	_, value, err := cutSized(raw)
	return value, err
}

// recordIndexes are the index entries of a stored record.
func recordIndexes(raw []byte) (entries []store.IndexEntry, err error) {
	part, _, err := cutSized(raw)
	for err == nil && len(part) > 0 {
		var name, value []byte
		if name, part, err = cutSized(part); err != nil {
			break
		}
		if value, part, err = cutSized(part); err == nil {
			entries = append(entries, store.IndexEntry{Index: string(name), Value: value})
		}
	}
	return entries, err
}
