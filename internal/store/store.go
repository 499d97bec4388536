// Package store says what the mesh needs from its storage, and promises what
// each part keeps: the Log is the truth about every change that was captured,
// the Cache is a follower of it that answers reads. An implementation proves
// itself with the suite in package storetest.
package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// ErrNotFound says that the cache has no record under a key.
var ErrNotFound = errors.New("no such record")

// ErrLocked says that another process holds the data folder.
var ErrLocked = errors.New("data folder is in use by another process")

// ErrClosed says that a store, or a snapshot of it, was used after its Close.
var ErrClosed = errors.New("store is closed")

// TruncatedError says that a position lies before what the log still keeps.
type TruncatedError struct {
	// Asked is the position that the reader wanted to go on from.
	Asked uint64
	// Oldest is the first position that can still be read.
	Oldest uint64
}

func (e *TruncatedError) Error() string {
	return fmt.Sprintf("position %d is no longer kept: the oldest is %d", e.Asked, e.Oldest)
}

// Entry is one change in the log. Its position is its place in the log.
type Entry struct {
	// Position is given by Append: dense, ascending, never reused. The first is 1.
	Position uint64
	// Time is when the entry was appended, by the appender's clock.
	Time time.Time
	// Collection is what the entry is about, such as "products". It stands in the
	// entry's header, so that a follower of one collection decodes no payload of another.
	Collection string
	// Payload is opaque to the store.
	Payload []byte
}

// Draft is an entry before the log gives it a position and a time.
type Draft struct {
	// Collection is what the entry is about; it has 1 to 255 bytes.
	Collection string
	// Payload is opaque to the store.
	Payload []byte
}

// Drafts makes drafts of one collection.
func Drafts(collection string, payloads ...[]byte) []Draft {
	drafts := make([]Draft, len(payloads))
	for i, p := range payloads {
		drafts[i] = Draft{Collection: collection, Payload: p}
	}
	return drafts
}

// Log is an append-only sequence of entries.
//
// Promises: an entry whose Append returned survives a crash of the process or
// of the machine at any instant (it is synced to disk); positions are dense,
// ordered and never reused, also after a crash or a truncation of everything;
// a batch is appended whole or not at all; entries never change.
type Log interface {
	// ID names this log; it is made at creation and never changes, so that a
	// position of another log can be told from one of this.
	ID() string
	// Append adds entries in order, all or none, and returns the position of
	// the first. It returns after the batch is durable. An empty batch is an
	// error, a payload that is too large a *TooLargeError. After any other error
	// than the context's it is not known whether the batch will be there when
	// the log is opened again.
	Append(ctx context.Context, at time.Time, drafts []Draft) (first uint64, err error)
	// Head is the last position that is durable; 0 when nothing was ever appended.
	Head() uint64
	// Oldest is the first position that can be read; Head()+1 when none can.
	Oldest() uint64
	// Read yields entries from the given position up to the head as it was at
	// the call. A position before Oldest yields a *TruncatedError, one beyond
	// Head()+1 a *BeyondHeadError. The payload is valid for as long as the caller keeps it.
	Read(ctx context.Context, from uint64) iter.Seq2[Entry, error]
	// Grown is closed when an entry beyond the given position is durable; at
	// once when there already is one. Many waiters share one channel: no
	// goroutine and no timer stands behind a call.
	Grown(after uint64) <-chan struct{}
	// Truncate drops the entries before the given position, at most up to Head()+1.
	Truncate(ctx context.Context, before uint64) error
}

// At reads one entry.
func At(ctx context.Context, l Log, position uint64) (Entry, error) {
	for entry, err := range l.Read(ctx, position) {
		return entry, err
	}
	return Entry{}, &BeyondHeadError{Asked: position, Head: l.Head()}
}

// Fact is a small thing that a journal remembers beside its entries.
type Fact struct {
	Key []byte
	// Value is nil where the fact is to be forgotten.
	Value []byte
}

// Facts is an unchanging view of a journal's facts. It must be closed.
type Facts interface {
	// Position is the head of the journal whose facts these are.
	Position() uint64
	// Get returns a fact's value; nil where there is none.
	Get(key []byte) ([]byte, error)
	// Scan yields the facts whose keys start with a prefix, ascending.
	Scan(prefix []byte) iter.Seq2[Fact, error]
	// ScanFrom is Scan without the facts whose keys lie before one.
	ScanFrom(prefix, key []byte) iter.Seq2[Fact, error]
	Close()
}

// Journal is a log that keeps facts beside its entries: what was derived from
// them so far, which would be lost with the entries that retention takes away.
//
// Promises, beside those of a log: entries and facts of one Record are durable
// together or not at all; facts stay when entries are truncated.
type Journal interface {
	Log
	// Record appends entries, which may be none, and sets facts. It returns the
	// position of the first entry, or the head where there is none. More facts
	// than the store can keep at once are a *TooLargeError: nothing changes.
	Record(ctx context.Context, at time.Time, drafts []Draft, facts []Fact) (first uint64, err error)
	// RecordAfter is Record where the head is still the expected one, and else a
	// *HeadMovedError: nothing changes. So only one who knows all that was written
	// before writes, also where several could.
	RecordAfter(ctx context.Context, head uint64, at time.Time, drafts []Draft, facts []Fact) (first uint64, err error)
	// Facts opens a view.
	Facts() Facts
}

// IndexEntry makes a record findable under a value of one of its fields.
// Values sort bytewise within their index; equal values sort by record key.
type IndexEntry struct {
	Index string
	Value []byte
	// Carried is what the index keeps of the record, so that a scan answers it
	// without reading the record. Of several entries of a record under one value
	// the first counts.
	Carried []byte
}

// Mutation puts a record into the cache (with its index entries, replacing all
// that it had before) or, with a nil Value, takes it out. The key is not empty;
// names have 1 to 255 bytes. Of two mutations of one record the later counts.
type Mutation struct {
	Collection string
	Key        []byte
	Value      []byte
	Indexes    []IndexEntry
}

// Hit is one record met by a scan.
type Hit struct {
	Key   []byte
	Value []byte
	// IndexValue is the value under which an index scan met the record.
	IndexValue []byte
	// Carried is what the index carries for the record there, always as of the
	// record's own state; empty where it carries nothing.
	Carried []byte
}

// Range bounds a scan. The zero Range is everything in ascending order.
type Range struct {
	// Prefix keeps to index values (or, in a record scan, keys) that start with
	// it. With Exact it has to be the whole index value.
	Prefix []byte
	Exact  bool
	// AfterValue and AfterKey leave out everything up to and including this
	// place in the direction of the scan. A record scan uses AfterKey alone. In
	// an index scan an empty AfterKey stands for all records of AfterValue, and
	// with Exact an empty AfterValue stands for the exact value. No key is
	// empty, so both empty leave out nothing.
	AfterValue []byte
	AfterKey   []byte
	Descending bool
	// KeysOnly leaves Hit.Value nil and spares reading it. What an index carries
	// comes all the same.
	KeysOnly bool
}

// Snapshot is an unchanging view of the cache: what is applied later is not
// seen (across a Clear, records may be missing). It must be closed, and may be while one of its
// scans runs; what is begun after that gets ErrClosed. Slices that it returns
// stay valid and are not shared. It is safe for concurrent use.
type Snapshot interface {
	// Position is the log position that the cache had reached.
	Position() uint64
	// Get returns a record's value, or ErrNotFound.
	Get(collection string, key []byte) ([]byte, error)
	// Records yields a collection's records ordered by key.
	Records(collection string, r Range) iter.Seq2[Hit, error]
	// Index yields a collection's records ordered by (index value, key). A
	// record with several values in one index is met once under each.
	Index(collection, index string, r Range) iter.Seq2[Hit, error]
	Close()
}

// Cache keeps the newest state of every record, with its indexes.
//
// Promises: Apply is atomic, its mutations together with the position that it
// reaches; after a crash the cache is at some position that Apply or Fill had
// reached, with exactly the state of that position; nothing needs to be synced,
// because what was lost is read again from the log.
type Cache interface {
	// Position is the log position that the cache has reached; 0 for a new one.
	Position() uint64
	// Get is a Snapshot's Get at the newest position, without the snapshot's cost.
	Get(collection string, key []byte) ([]byte, error)
	// Snapshot opens a view.
	Snapshot() Snapshot
	// Apply makes the mutations and moves the position. A position that does
	// not lie beyond the present one is refused with a *NotAheadError, more
	// mutations than the store can make at once with a *TooLargeError: nothing
	// changes, and the caller splits them between two log positions.
	Apply(ctx context.Context, position uint64, mutations []Mutation) error
	// Fill puts many records in bulk without moving the position; it need not
	// be atomic. Whoever fills marks its end with SetMeta, and fills again
	// where the mark is missing.
	Fill(ctx context.Context, mutations []Mutation) error
	// Count is the number of records in a collection; it costs no scan.
	Count(collection string) int64
	// Meta and SetMeta keep small facts of the cache's user (a fill's mark, a
	// capture's stamps). SetMeta is ordered after every earlier Fill and Apply.
	// Meta of an unknown key is nil.
	Meta(key string) ([]byte, error)
	SetMeta(ctx context.Context, key string, value []byte) error
	// Clear drops everything, position and meta too.
	Clear(ctx context.Context) error
}
