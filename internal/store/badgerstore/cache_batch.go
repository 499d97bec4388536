package badgerstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"odoomesh/internal/store"
)

const (
	// opOverhead is what a transaction adds to a key and its value, in bytes.
	opOverhead = 16
	// reserve is left in a transaction for the position and the counts.
	reserve      = 64 << 10
	reserveCount = 256
)

// maxApply and maxApplyKeys bound one Apply: what it sets, in bytes with the keys, and
// how many keys it touches. A mutation that store.Mutation.Fits stays below them.
const (
	maxApply     = 80 << 20
	maxApplyKeys = 1 << 20
)

// batch is what a write of the cache does to the database. It goes into one
// transaction where it fits, and otherwise by way of the redo list.
type batch struct {
	cache *Cache
	// from is the state before the batch, held until it is discarded.
	from *view
	// written are the records that the batch sets, by full key; nil where it removes one.
	written map[string][]byte
	ops     []op
	added   map[string]int64 // change of the counts
	size    int64
	// records says that one of them changes.
	records bool
}

// op is one key to set or to remove.
type op struct {
	key, value []byte
	remove     bool
}

func (o op) size() int64 { return int64(len(o.key)+len(o.value)) + opOverhead }

// planned is what one mutation does to the database.
type planned struct {
	collection string
	added      int64 // change of the collection's count
	// record is the record's full key; nil where the ops are of none.
	record []byte
	// now is the record as it will stand; nil where it is removed.
	now  []byte
	ops  []op
	size int64
}

// begin is called by whoever has the turn.
func (c *Cache) begin() *batch {
	return &batch{cache: c, from: c.hold(), written: make(map[string][]byte), added: make(map[string]int64)}
}

func (b *batch) discard() { b.from.release() }

// stored is the record as it stands before the next mutation; nil where there is none.
func (b *batch) stored(full []byte) ([]byte, error) {
	if record, ok := b.written[string(full)]; ok {
		return record, nil
	}
	head, err := txnGet(b.from.txn, full)
	if err != nil || head == nil {
		return nil, err
	}
	return wholeRecord(b.from.txn, full, head)
}

// plan compares the mutation with what is stored, or stands in this batch, and
// finds the keys that really change.
func (b *batch) plan(m store.Mutation) (planned, error) {
	p := planned{collection: m.Collection}
	if err := checkMutation(m); err != nil {
		return p, err
	}
	p.record = recordKey(nil, m.Collection, m.Key)
	old, err := b.stored(p.record)
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
			p.ops = append(p.ops, op{key: p.record, remove: true})
			p.ops = appendPieceRemovals(p.ops, p.record, 0, piecesOf(len(old), recordPiece))
		}
	} else if framed := encodeRecord(m); !bytes.Equal(old, framed[1:]) {
		if old == nil {
			p.added = 1
		}
		p.now = framed[1:]
		p.ops = appendRecordOps(p.ops, p.record, framed, piecesOf(len(old), recordPiece))
	}
	if len(p.ops) > 0 {
		p.ops = appendIndexOps(p.ops, m, before)
	}
	return p, p.check()
}

// check refuses keys that Badger does not take.
func (p *planned) check() error {
	for _, o := range p.ops {
		if len(o.key) > MaxKey {
			return &store.TooLargeError{What: "key", Size: int64(len(o.key)), Limit: MaxKey, Unit: "bytes"}
		}
		p.size += o.size()
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

// fits tells whether the batch stays in one transaction with the ops.
func (b *batch) fits(p planned) bool {
	return b.size+p.size <= b.cache.db.MaxBatchSize()-reserve && int64(len(b.ops)+len(p.ops)) <= b.cache.db.MaxBatchCount()-reserveCount
}

// add takes the ops in, or refuses them all.
func (b *batch) add(p planned) error {
	if size := b.size + p.size; size > maxApply {
		return &store.TooLargeError{What: "batch", Size: size, Limit: maxApply, Unit: "bytes"}
	}
	if count := len(b.ops) + len(p.ops); count > maxApplyKeys {
		return &store.TooLargeError{What: "batch", Size: int64(count), Limit: maxApplyKeys, Unit: "keys"}
	}
	if len(p.ops) > 0 && p.record != nil {
		b.written[string(p.record)] = p.now
		b.records = true
	}
	b.ops = append(b.ops, p.ops...)
	b.size += p.size
	if p.added != 0 {
		b.added[p.collection] += p.added
	}
	return nil
}

// counts are the counts that the batch leaves, and what stores those that change.
func (b *batch) counts() (map[string]int64, []op) {
	shown := b.from.counts
	if len(b.added) == 0 {
		return shown, nil
	}
	counts := make(map[string]int64, len(shown)+len(b.added))
	maps.Copy(counts, shown)
	var ops []op
	for collection, n := range b.added {
		counts[collection] += n
		key := appendName([]byte{countTag}, collection)
		ops = append(ops, op{key: key, value: binary.BigEndian.AppendUint64(nil, uint64(counts[collection]))})
	}
	return counts, ops
}
