package badgerstore

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// A record is kept as: the length of its index part (uvarint), the index part
// (name, value and print of what is carried of each entry, each behind its
// length), and the value. The index part is kept so that a later change knows
// which entries to take out, and which carry something else from then on.
//
// Under the record's key stands how many further pieces there are (uvarint), and
// then the record, or its first piece where it is longer than one value may be.

// recordPiece is how much of a record one value holds, in bytes: with its key it fits
// into a value of the redo list as well.
const recordPiece = 900_000

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

// encodeRecord is the record behind one free byte, which stands for no further piece.
func encodeRecord(m store.Mutation) []byte {
	part := 0
	prints := make([][]byte, len(m.Indexes))
	for i, e := range m.Indexes {
		prints[i] = printOf(e.Carried)
		part += sized(len(e.Index)) + sized(len(e.Value)) + sized(len(prints[i]))
	}
	raw := make([]byte, 1, 1+sized(part)+len(m.Value))
	raw = binary.AppendUvarint(raw, uint64(part))
	for i, e := range m.Indexes {
		raw = append(binary.AppendUvarint(raw, uint64(len(e.Index))), e.Index...)
		raw = append(binary.AppendUvarint(raw, uint64(len(e.Value))), e.Value...)
		raw = append(binary.AppendUvarint(raw, uint64(len(prints[i]))), prints[i]...)
	}
	return append(raw, m.Value...)
}

// appendRecordOps sets a record, in pieces where it needs them, and takes out the
// pieces that the record before it had beyond. framed is what encodeRecord made.
func appendRecordOps(ops []op, full, framed []byte, before int) []op {
	record := framed[1:]
	pieces := piecesOf(len(record), recordPiece)
	head := framed
	if pieces > 0 {
		head = append(binary.AppendUvarint(nil, uint64(pieces)), record[:recordPiece]...)
	}
	ops = append(ops, op{key: full, value: head})
	for i := 1; i <= pieces; i++ {
		piece := record[i*recordPiece : min((i+1)*recordPiece, len(record))]
		ops = append(ops, op{key: recordPieceKey(full, i), value: piece})
	}
	return appendPieceRemovals(ops, full, pieces, before)
}

func appendPieceRemovals(ops []op, full []byte, after, before int) []op {
	for i := after + 1; i <= before; i++ {
		ops = append(ops, op{key: recordPieceKey(full, i), remove: true})
	}
	return ops
}

// wholeRecord puts a record together from what stands under its key, whose bytes it
// may share.
func wholeRecord(txn *badger.Txn, full, head []byte) ([]byte, error) {
	pieces, width := binary.Uvarint(head)
	if width <= 0 || pieces > uint64(piecesOf(maxApply, recordPiece)) {
		return nil, errBadRecord
	}
	if pieces == 0 {
		return head[width:], nil
	}
	record := make([]byte, 0, int(pieces+1)*recordPiece)
	record = append(record, head[width:]...)
	for i := 1; i <= int(pieces); i++ {
		item, err := txn.Get(recordPieceKey(full, i))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil, errBadRecord
		}
		if err != nil {
			return nil, err
		}
		if err := item.Value(func(piece []byte) error { record = append(record, piece...); return nil }); err != nil {
			return nil, err
		}
	}
	return record, nil
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

// recordValue is the value of a record; it shares raw's bytes.
func recordValue(raw []byte) ([]byte, error) {
	_, value, err := cutSized(raw)
	return value, err
}

// recordIndexes are the index entries of a record.
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
