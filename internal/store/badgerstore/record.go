package badgerstore

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"odoomesh/internal/store"
)

// A stored record is: the length of its index part (uvarint), the index part
// (name, value and print of what is carried of each entry, each behind its
// length), and the value. The index part is kept so that a later change knows
// which entries to take out, and which carry something else from then on.

// indexed is an index entry as it stands in a record: what it carries stands
// beside its key, and here only a print of it, which is empty where it carries
// nothing.
type indexed struct {
	index        string
	value, print []byte
}

// printOf tells what entries carry apart.
func printOf(carried []byte) []byte {
	if len(carried) == 0 {
		return nil
	}
	sum := sha256.Sum256(carried)
	return sum[:8]
}

var errBadRecord = errors.New("stored record cannot be read")

func encodeRecord(m store.Mutation) []byte {
	part := 0
	prints := make([][]byte, len(m.Indexes))
	for i, e := range m.Indexes {
		prints[i] = printOf(e.Carried)
		part += sized(len(e.Index)) + sized(len(e.Value)) + sized(len(prints[i]))
	}
	raw := make([]byte, 0, sized(part)+len(m.Value))
	raw = binary.AppendUvarint(raw, uint64(part))
	for i, e := range m.Indexes {
		raw = append(binary.AppendUvarint(raw, uint64(len(e.Index))), e.Index...)
		raw = append(binary.AppendUvarint(raw, uint64(len(e.Value))), e.Value...)
		raw = append(binary.AppendUvarint(raw, uint64(len(prints[i]))), prints[i]...)
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
func recordIndexes(raw []byte) (entries []indexed, err error) {
	part, _, err := cutSized(raw)
	for err == nil && len(part) > 0 {
		var name, value, print []byte
		if name, part, err = cutSized(part); err != nil {
			break
		}
		if value, part, err = cutSized(part); err != nil {
			break
		}
		if print, part, err = cutSized(part); err == nil {
			entries = append(entries, indexed{index: string(name), value: value, print: print})
		}
	}
	return entries, err
}
