package badgerstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"

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
// further pieces the payload has (uvarint). A payload that is longer than one value
// may be goes on in pieces, each under the entry's key and its number: they go with
// the entry when its prefix is dropped.
const (
	timeSize  = 8
	entrySize = 1 + 8 // the length of an entry's key
	// logPiece is how much of a payload one value holds, in bytes: with its key and
	// the header it fits into one transaction of the least MemTable.
	logPiece = 1_000_000
)

// pieceKey sorts behind the entry's key and before the next entry's.
func pieceKey(position uint64, number int) []byte {
	return binary.BigEndian.AppendUint32(entryKey(position), uint32(number))
}

// writeEntry sets an entry with all its pieces.
func writeEntry(w *spiller, position uint64, at time.Time, d store.Draft) error {
	pieces := piecesOf(len(d.Payload), logPiece)
	first := d.Payload[:min(logPiece, len(d.Payload))]
	if err := w.set(entryKey(position), encodeEntry(at, d.Collection, pieces, first)); err != nil {
		return err
	}
	for i := 1; i <= pieces; i++ {
		piece := d.Payload[i*logPiece : min((i+1)*logPiece, len(d.Payload))]
		if err := w.set(pieceKey(position, i), piece); err != nil {
			return err
		}
	}
	return nil
}

// piecesOf is how many pieces there are beside the first.
func piecesOf(size, piece int) int { return max(0, size-1) / piece }

func encodeEntry(at time.Time, collection string, pieces int, first []byte) []byte {
	value := make([]byte, 0, timeSize+1+len(collection)+binary.MaxVarintLen32+len(first))
	value = binary.BigEndian.AppendUint64(value, uint64(at.UnixNano()))
	value = binary.AppendUvarint(appendName(value, collection), uint64(pieces))
	return append(value, first...)
}

// decodeEntry reads a stored entry with the first piece of its payload, which shares
// the value's bytes, and says how many pieces follow.
func decodeEntry(position uint64, value []byte) (e store.Entry, pieces int, err error) {
	if len(value) <= timeSize {
		return e, 0, errBadEntry
	}
	begin := timeSize + 1
	end := begin + int(value[timeSize])
	if end == begin || end > len(value) {
		return e, 0, errBadEntry
	}
	n, width := binary.Uvarint(value[end:])
	if width <= 0 || n > uint64(piecesOf(store.MaxPayload, logPiece)) {
		return e, 0, errBadEntry
	}
	return store.Entry{
		Position: position, Time: time.Unix(0, int64(binary.BigEndian.Uint64(value))).UTC(),
		Collection: string(value[begin:end]), Payload: value[end+width:],
	}, int(n), nil
}

// readEntry reads the entry that the iterator stands on, and leaves it on the last
// of its pieces.
func readEntry(it *badger.Iterator, position uint64) (store.Entry, error) {
	value, err := it.Item().ValueCopy(nil)
	if err != nil {
		return store.Entry{}, err
	}
	entry, pieces, err := decodeEntry(position, value)
	if err != nil || pieces == 0 {
		return entry, err
	}
	payload := make([]byte, 0, (pieces+1)*logPiece)
	payload = append(payload, entry.Payload...)
	for i := 1; i <= pieces; i++ {
		if it.Next(); !it.Valid() || !bytes.Equal(it.Item().Key(), pieceKey(position, i)) {
			return store.Entry{}, errBadEntry
		}
		err := it.Item().Value(func(piece []byte) error { payload = append(payload, piece...); return nil })
		if err != nil {
			return store.Entry{}, err
		}
	}
	entry.Payload = payload
	return entry, nil
}
