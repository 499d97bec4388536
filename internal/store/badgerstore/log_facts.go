package badgerstore

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

const factTag = 'f'

var _ store.Journal = (*Log)(nil)

// Record is Append with facts that become durable in the same transaction as the
// commit mark of the batch.
func (l *Log) Record(ctx context.Context, at time.Time, drafts []store.Draft, facts []store.Fact) (uint64, error) {
	return l.record(ctx, &appending{at: at, drafts: drafts, facts: facts, done: make(chan struct{})})
}

// RecordAfter is Record where the head is still the expected one.
func (l *Log) RecordAfter(ctx context.Context, head uint64, at time.Time, drafts []store.Draft, facts []store.Fact) (uint64, error) {
	return l.record(ctx, &appending{at: at, drafts: drafts, facts: facts, after: &head, done: make(chan struct{})})
}

func (l *Log) record(ctx context.Context, own *appending) (uint64, error) {
	drafts, facts := own.drafts, own.facts
	if size := factBytes(facts); size > store.MaxFactBytes {
		return 0, &store.TooLargeError{What: "facts of one record", Size: int64(size), Limit: store.MaxFactBytes, Unit: "bytes"}
	}
	if len(facts) > store.MaxFacts {
		return 0, &store.TooLargeError{What: "facts of one record", Size: int64(len(facts)), Limit: store.MaxFacts, Unit: "facts"}
	}
	if len(drafts) == 0 && len(facts) == 0 {
		return 0, errEmptyBatch
	}
	first, err := l.append(ctx, own)
	if len(drafts) == 0 && err == nil {
		first--
	}
	return first, err
}

func factBytes(facts []store.Fact) (size int) {
	for _, f := range facts {
		size += 1 + len(f.Key) + len(f.Value)
	}
	return size
}

// groupSize is how many of the queued batches are written together: their facts
// have to fit into one transaction.
func groupSize(queue []*appending) int {
	size, facts := 0, 0
	for i, a := range queue {
		size, facts = size+factBytes(a.facts), facts+len(a.facts)
		if i > 0 && (size > store.MaxFactBytes || facts > store.MaxFacts) {
			return i
		}
	}
	return len(queue)
}

// writeFacts sets the facts of a group, within store.MaxFacts and store.MaxFactBytes
// all in the transaction that the bounds
// will be a part of: entries before the bounds may be split, facts may not.
func writeFacts(w *spiller, group []*appending) error {
	var facts []store.Fact
	for _, a := range group {
		facts = append(facts, a.facts...)
	}
	if len(facts) == 0 {
		return nil
	}
	if w.size > store.MaxFactBytes/4 { // small entries would exceed the number of a transaction's writes
		if err := w.spill(); err != nil {
			return err
		}
	}
	for _, f := range facts {
		key := factKey(f.Key)
		var err error
		if f.Value == nil {
			err = w.txn.Delete(key)
		} else {
			err = w.txn.Set(key, f.Value)
		}
		if err != nil {
			return fmt.Errorf("noting a fact: %w", err)
		}
	}
	return nil
}

func factKey(key []byte) []byte { return append([]byte{factTag}, key...) }

// facts is a view in one of Badger's read transactions.
type facts struct {
	log      *Log
	txn      *badger.Txn
	position uint64
	err      error
}

// Facts opens a view of the newest facts.
func (l *Log) Facts() store.Facts {
	l.mu.Lock()
	closed := l.closed
	l.mu.Unlock()
	if closed {
		return &facts{log: l, err: store.ErrClosed}
	}
	f := &facts{log: l, txn: l.db.NewTransaction(false)}
	raw, err := txnGet(f.txn, boundsKey)
	switch {
	case err != nil:
		f.err = fmt.Errorf("reading the log's bounds: %w", err)
	case raw != nil:
		f.position = decodeBounds(raw).head
	}
	return f
}

func (f *facts) Position() uint64 { return f.position }

func (f *facts) Close() {
	if f.txn != nil {
		f.txn.Discard()
	}
}

func (f *facts) Get(key []byte) ([]byte, error) {
	if f.err != nil {
		return nil, f.err
	}
	value, err := txnGet(f.txn, factKey(key))
	if err != nil {
		return nil, fmt.Errorf("reading a fact: %w", err)
	}
	return value, nil
}

func (f *facts) Scan(prefix []byte) iter.Seq2[store.Fact, error] { return f.ScanFrom(prefix, prefix) }

func (f *facts) ScanFrom(prefix, key []byte) iter.Seq2[store.Fact, error] {
	return func(yield func(store.Fact, error) bool) {
		if f.err != nil {
			yield(store.Fact{}, f.err)
			return
		}
		it := f.txn.NewIterator(badger.IteratorOptions{Prefix: factKey(prefix)})
		defer it.Close()
		if bytes.Compare(key, prefix) < 0 {
			key = prefix // what lies before all of them is no place of theirs
		}
		for it.Seek(factKey(key)); it.Valid(); it.Next() {
			value, err := it.Item().ValueCopy(nil)
			if err != nil {
				yield(store.Fact{}, fmt.Errorf("reading a fact: %w", err))
				return
			}
			if !yield(store.Fact{Key: bytes.Clone(it.Item().Key()[1:]), Value: value}, nil) {
				return
			}
		}
	}
}
