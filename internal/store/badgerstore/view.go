package badgerstore

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// view is an unchanging state of the cache, shared by all who read it. Its
// transaction ends when the last of them lets go.
type view struct {
	cache    *Cache
	txn      *badger.Txn
	position uint64
	version  uint64
	counts   map[string]int64 // never changed after the view is shown
	cleared  int64            // how often the cache had been cleared
	readers  atomic.Int64
}

// newView is a view of everything committed, held once by whoever shows it. Only
// one of other records has a version of its own.
func (c *Cache) newView(position uint64, counts map[string]int64, otherRecords bool) *view {
	if otherRecords {
		c.versions.Add(1)
	}
	v := &view{cache: c, txn: c.db.NewTransaction(false), position: position, version: c.versions.Load(), counts: counts, cleared: c.cleared.Load()}
	v.readers.Store(1)
	c.views.Add(1)
	return v
}

// show makes the view the one that readers get.
func (c *Cache) show(v *view) {
	if old := c.view.Swap(v); old != nil {
		old.release()
	}
}

// hold returns the newest view, held; nil when the cache is closed.
func (c *Cache) hold() *view {
	for {
		v := c.view.Load()
		if v == nil || v.hold() {
			return v
		}
	}
}

// hold fails on a view that everybody has let go of.
func (v *view) hold() bool {
	for {
		n := v.readers.Load()
		if n == 0 {
			return false
		}
		if v.readers.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (v *view) release() {
	if v.readers.Add(-1) == 0 {
		v.txn.Discard()
		v.cache.views.Done()
	}
}

// get returns a record's value, which is the caller's own.
func (v *view) get(collection string, key []byte) ([]byte, error) {
	if err := v.cache.trusted(); err != nil {
		return nil, err
	}
	var space [96]byte
	value, err := v.record(recordKey(space[:0], collection, key))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("reading a record of %s: %w", collection, v.fault(err))
	}
	return value, err
}

// fault takes what a read met for damage, unless the cache was cleared beneath the view.
func (v *view) fault(err error) error {
	if v.cleared != v.cache.cleared.Load() {
		return err
	}
	return v.cache.damaged(err)
}

// record returns the value under a record's full key.
func (v *view) record(full []byte) (value []byte, err error) {
	defer recovered(&err)
	item, err := v.txn.Get(full)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	// An item that Get made is nobody else's, and a value that lies in a table
	// is copied into it: no further copy is needed to give it away.
	var raw []byte
	if err := item.Value(func(v []byte) error { raw = v; return nil }); err != nil {
		return nil, err
	}
	record, err := wholeRecord(v.txn, full, raw)
	if err != nil {
		return nil, err
	}
	return recordValue(record)
}

// Version tells one state of the records from another: what was read after it was
// asked for is still so while it is the same. It is 0 when the cache is closed, and
// begins anew with each opening.
func (c *Cache) Version() uint64 {
	if v := c.view.Load(); v != nil {
		return v.version
	}
	return 0
}

// Get is a record's value in the newest state.
func (c *Cache) Get(collection string, key []byte) ([]byte, error) {
	v := c.hold()
	if v == nil {
		return nil, store.ErrClosed
	}
	defer v.release()
	return v.get(collection, key)
}

// Meta is a fact that SetMeta stored, or nil.
func (c *Cache) Meta(key string) ([]byte, error) {
	v := c.hold()
	if v == nil {
		return nil, store.ErrClosed
	}
	defer v.release()
	value, err := txnGet(v.txn, metaKey(key))
	if err != nil {
		return nil, fmt.Errorf("reading meta %s: %w", key, v.fault(err))
	}
	return value, nil
}

func metaKey(key string) []byte { return append([]byte{metaTag}, key...) }
