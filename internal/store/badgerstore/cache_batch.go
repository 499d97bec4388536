package badgerstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

const (
	// opOverhead is what a transaction adds to a key and its value, in bytes.
	opOverhead = 16
	// reserve is left in a transaction for the position and the counts.
	reserve      = 64 << 10
	reserveCount = 256
)

// batch is one transaction of the cache under construction.
type batch struct {
	cache *Cache
	txn   *badger.Txn
	added map[string]int64 // change of the counts
	size  int64
	count int64
	// records says that one of them changes.
	records bool
}

// op is one key to set or to remove.
type op struct {
	key, value []byte
	remove     bool
}

// planned is what one mutation does to the database.
type planned struct {
	collection string
	added      int64 // change of the collection's count
	ops        []op
}

func (c *Cache) begin() *batch {
	return &batch{cache: c, txn: c.db.NewTransaction(true), added: make(map[string]int64)}
}

func (b *batch) discard() { b.txn.Discard() }

// plan compares the mutation with what is stored, or stands in this batch, and
// finds the keys that really change.
func (b *batch) plan(m store.Mutation) (planned, error) {
	p := planned{collection: m.Collection}
	if err := checkMutation(m); err != nil {
		return p, err
	}
	full := recordKey(nil, m.Collection, m.Key)
	old, err := txnGet(b.txn, full)
	if err != nil {
		return p, fmt.Errorf("reading a record of %s: %w", m.Collection, err)
	}
	var before []indexed
	if old != nil {
		if before, err = recordIndexes(old); err != nil {
			return p, fmt.Errorf("reading a record of %s: %w", m.Collection, err)
		}
	}
	if m.Value == nil {
		m.Indexes = nil
		if old != nil {
			p.added = -1
			p.ops = append(p.ops, op{key: full, remove: true})
		}
	} else if now := encodeRecord(m); !bytes.Equal(old, now) {
		if old == nil {
			p.added = 1
		}
		if err := fits("record", now); err != nil {
			return p, err
		}
		p.ops = append(p.ops, op{key: full, value: now})
	}
	if len(p.ops) > 0 {
		p.ops = appendIndexOps(p.ops, m, before)
	}
	for _, e := range m.Indexes {
		if err := fits("what an index carries", e.Carried); err != nil {
			return p, err
		}
	}
	return p, nil
}

// fits refuses what would not lie beside its key.
func fits(what string, value []byte) error {
	if len(value) >= valueThreshold {
		return &store.TooLargeError{What: what, Size: int64(len(value)), Limit: valueThreshold - 1, Unit: "bytes"}
	}
	return nil
}

// appendIndexOps takes out the entries that the record had and has no longer,
// and puts in those that are new or carry something else.
func appendIndexOps(ops []op, m store.Mutation, before []indexed) []op {
	had := make(map[string][]byte, len(before))
	for _, e := range slices.Backward(before) { // the first of equal ones is what was put in
		had[string(indexKey(nil, m.Collection, e.index, e.value, m.Key))] = e.print
	}
	has := make(map[string]bool, len(m.Indexes))
	for _, e := range m.Indexes {
		key := indexKey(nil, m.Collection, e.Index, e.Value, m.Key)
		print, was := had[string(key)]
		if !has[string(key)] && (!was || !bytes.Equal(print, printOf(e.Carried))) {
			ops = append(ops, op{key: key, value: e.Carried})
		}
		has[string(key)] = true
	}
	for _, e := range before {
		if key := indexKey(nil, m.Collection, e.index, e.value, m.Key); !has[string(key)] {
			ops = append(ops, op{key: key, remove: true})
		}
	}
	return ops
}

// room says whether the ops still fit into the transaction.
func (b *batch) room(p planned) error {
	size, count := b.size, b.count+int64(len(p.ops))
	for _, o := range p.ops {
		if len(o.key) > MaxKey {
			return &store.TooLargeError{What: "key", Size: int64(len(o.key)), Limit: MaxKey, Unit: "bytes"}
		}
		size += int64(len(o.key)+len(o.value)) + opOverhead
	}
	if limit := b.cache.db.MaxBatchSize() - reserve; size > limit {
		return &store.TooLargeError{What: "batch", Size: size, Limit: limit, Unit: "bytes"}
	}
	if limit := b.cache.db.MaxBatchCount() - reserveCount; count > limit {
		return &store.TooLargeError{What: "batch", Size: count, Limit: limit, Unit: "entries"}
	}
	return nil
}

// add puts the ops into the transaction, or refuses them all.
func (b *batch) add(p planned) error {
	if err := b.room(p); err != nil {
		return err
	}
	for _, o := range p.ops {
		var err error
		if o.remove {
			err = b.txn.Delete(o.key)
		} else {
			err = b.txn.Set(o.key, o.value)
		}
		if err != nil {
			return err
		}
		b.size += int64(len(o.key)+len(o.value)) + opOverhead
	}
	b.count += int64(len(p.ops))
	b.records = b.records || p.collection != "" && len(p.ops) > 0
	if p.added != 0 {
		b.added[p.collection] += p.added
	}
	return nil
}

// storeCounts puts the changed counts into the transaction, and returns all.
func (b *batch) storeCounts() (map[string]int64, error) {
	shown := b.cache.view.Load().counts
	if len(b.added) == 0 {
		return shown, nil
	}
	counts := make(map[string]int64, len(shown)+len(b.added))
	maps.Copy(counts, shown)
	for collection, n := range b.added {
		counts[collection] += n
		key := appendName([]byte{countTag}, collection)
		if err := b.txn.Set(key, binary.BigEndian.AppendUint64(nil, uint64(counts[collection]))); err != nil {
			return nil, fmt.Errorf("storing the count of %s: %w", collection, err)
		}
	}
	return counts, nil
}
