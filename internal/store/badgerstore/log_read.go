package badgerstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// A read fetches this much at a time and lets go of Badger in between, so that a
// slow reader keeps no old state alive.
const (
	chunkEntries = 512
	chunkBytes   = 1 << 20
)

// Read yields the entries from the position to the head as it is now. An entry
// that retention takes away while the read goes on ends it with a *store.TruncatedError.
func (l *Log) Read(ctx context.Context, from uint64) iter.Seq2[store.Entry, error] {
	head := l.Head()
	return func(yield func(store.Entry, error) bool) {
		for next := from; ; {
			chunk, err := l.fetch(ctx, next, head)
			if err != nil {
				yield(store.Entry{}, err)
				return
			}
			if len(chunk) == 0 {
				return
			}
			for _, e := range chunk {
				if !yield(e, nil) {
					return
				}
			}
			next += uint64(len(chunk))
		}
	}
}

// fetch reads the entries from next on, up to a chunk's worth; none beyond head.
func (l *Log) fetch(ctx context.Context, next, head uint64) ([]store.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := l.readable(next); err != nil {
		return nil, err
	}
	if next > head {
		return nil, nil
	}
	var chunk []store.Entry
	err := l.db.View(func(txn *badger.Txn) (err error) {
		chunk, err = scanEntries(txn, next, head)
		return err
	})
	if errors.Is(err, errBadEntry) || errors.Is(err, errBadTable) {
		return nil, &store.CorruptError{Where: l.folder.path, Found: fmt.Sprintf("reading from position %d", next), Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the log from position %d: %w", next, err)
	}
	if len(chunk) == 0 {
		// Either a truncation came in between, or the entry is lost.
		if err := l.readable(next); err != nil {
			return nil, err
		}
		return nil, &store.CorruptError{Where: l.folder.path, Found: fmt.Sprintf("entry %d is missing", next)}
	}
	return chunk, nil
}

// readable says whether a read can go on from the position.
func (l *Log) readable(from uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return store.ErrClosed
	case from < l.bounds.oldest:
		return &store.TruncatedError{Asked: from, Oldest: l.bounds.oldest}
	case from > l.bounds.head+1:
		return &store.BeyondHeadError{Asked: from, Head: l.bounds.head}
	}
	return nil
}

// scanEntries collects consecutive entries and stops at a gap.
func scanEntries(txn *badger.Txn, next, head uint64) (chunk []store.Entry, err error) {
	defer recovered(&err)
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{entryTag}})
	defer it.Close()
	room := int(min(head-next+1, chunkEntries))
	chunk = make([]store.Entry, 0, room)
	size := 0
	for it.Seek(entryKey(next)); it.Valid() && len(chunk) < room && size < chunkBytes; it.Next() {
		key := it.Item().Key()
		if len(key) > entrySize {
			continue // a piece of an entry that was never acknowledged and overwritten since
		}
		if binary.BigEndian.Uint64(key[1:]) != next {
			break
		}
		entry, err := readEntry(it, next)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", next, err)
		}
		chunk = append(chunk, entry)
		size += len(entry.Payload)
		next++
	}
	return chunk, nil
}
