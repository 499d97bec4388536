package reconcile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// AtOnce is how many records are read and stored together. A caller who reads live
// waits for at most one such batch.
const AtOnce = 200

// surelyFits is a size, in bytes, below which every record can be kept with all its
// index entries.
const surelyFits = 32 << 10

// Reader reads one collection's records from Odoo; *mapping.Reader is one.
type Reader interface {
	// Fetch reads the records of the keys that belong to the collection.
	Fetch(ctx context.Context, keys [][]byte) ([]*mapping.Record, error)
	// MappingVersion is the version that the records name.
	MappingVersion() int
}

// Stores are what all reconcilers of a mesh share.
type Stores struct {
	Log           store.Log
	Cache         store.Cache
	CacheFollower *CacheFollower
	Clock         clock.Clock
	Logger        *slog.Logger
	// Owned keeps what Odoo does not own; nil keeps nothing.
	Owned Owned
	// Appended counts the changes that went into the log; nil counts none.
	Appended func(collection string, n int)
}

// Observer hears what has come into the cache and what has gone. It is called while
// the collection is written, and must not reconcile.
type Observer interface {
	// Stored names a record that is new in the cache, or made of other rows than before.
	Stored(collection string, key []byte, record *internalv1.CacheRecord)
	// Removed says that the log tells of records that were removed.
	Removed()
}

// Reconciler reconciles one collection. It is safe for concurrent use: one reads it from
// Odoo at a time, so that the later of two writes has the later content, and one stores.
type Reconciler struct {
	*Collection
	Stores
	observer Observer
	// reading is had by the one who asks Odoo and stores what it answers, storing by the
	// one who stores: whoever needs no answer of Odoo waits for none. A caller who waits
	// for either can give up.
	reading *turn
	storing chan struct{}
	held    held
}

// store takes the right to store; each success needs one stored. The cache is where the
// log is then: a write before may have been broken off between the two, and what is
// compared with an older state would be told from there once more.
func (r *Reconciler) store(ctx context.Context) error {
	if err := take(ctx, r.storing); err != nil {
		return err
	}
	err := r.CacheFollower.CatchUp(ctx)
	if err != nil {
		r.stored()
	}
	return err
}

func (r *Reconciler) stored() { <-r.storing }

func take(ctx context.Context, turn chan struct{}) error {
	select {
	case turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// New makes a reconciler; it starts nothing.
func New(s Stores, c *Collection, o Observer) *Reconciler {
	return &Reconciler{
		Collection: c, Stores: s, observer: o, reading: newTurn(), storing: make(chan struct{}, 1), held: held{keys: map[string]bool{}},
	}
}

// Outcome is what a reconciliation did.
type Outcome struct {
	// Changed is how many records differed.
	Changed int
	// Missing are the keys of records that the cache has and Odoo does not.
	Missing []string
}

// Records brings records up to date, however many, and removes those that Odoo does
// not have any more. It returns how many differed.
func (r *Reconciler) Records(ctx context.Context, s Reader, keys []string) (int, error) {
	changed := 0
	var missing []string
	for chunk := range slices.Chunk(keys, AtOnce) {
		out, err := r.Some(ctx, s, chunk)
		if err != nil {
			return changed, err
		}
		changed += out.Changed
		missing = append(missing, out.Missing...)
	}
	n, err := r.Remove(ctx, missing, false)
	return changed + n, err
}

// Some stores what differs among a few records, at most AtOnce, and lists the ones
// that the cache has and Odoo does not.
func (r *Reconciler) Some(ctx context.Context, s Reader, keys []string) (Outcome, error) {
	ctx, err := r.reading.take(ctx)
	if err != nil {
		return Outcome{}, err
	}
	defer r.reading.leave()
	observed := r.Clock.Now()
	records, err := s.Fetch(ctx, raw(keys))
	if err != nil {
		return Outcome{}, err
	}
	if err := r.store(ctx); err != nil {
		return Outcome{}, err
	}
	defer r.stored()
	w := writes{found: make(map[string]bool, len(records))}
	for _, record := range records {
		after, err := r.Kept(record, s.MappingVersion(), observed)
		if err != nil {
			return Outcome{}, err
		}
		if err := r.compare(&w, record, after); err != nil {
			return Outcome{}, err
		}
	}
	if err := r.append(ctx, w.payloads); err != nil {
		return Outcome{}, err
	}
	if len(w.silent) > 0 {
		// What a record shows is unchanged, but not the rows that it is made of:
		// the next deletion among them has to find it.
		if err := r.Cache.Fill(ctx, w.silent); err != nil {
			return Outcome{}, fmt.Errorf("noting the rows of %s: %w", r.Name, err)
		}
	}
	for _, stored := range w.stored {
		stored()
	}
	out := Outcome{Changed: len(w.payloads)}
	for _, key := range keys {
		if _, err := r.Cache.Get(r.Name, []byte(key)); !w.found[key] && err == nil {
			out.Missing = append(out.Missing, key)
		}
	}
	return out, nil
}

// writes is what a reconciliation has to do.
type writes struct {
	found    map[string]bool
	payloads [][]byte
	silent   []store.Mutation
	stored   []func()
}

// compare notes what has to be written for a record.
func (r *Reconciler) compare(w *writes, record *mapping.Record, after *internalv1.CacheRecord) error {
	w.found[string(record.Key)] = true
	before, err := r.Cached(string(record.Key))
	if err != nil {
		return err
	}
	sameRows := before != nil && sameRows(before, after)
	if !sameRows {
		w.stored = append(w.stored, func() { r.observer.Stored(r.Name, record.Key, after) })
	}
	same := before != nil && bytes.Equal(before.GetContentHash(), after.GetContentHash())
	if same {
		mixed, err := r.mixed(before, after)
		if err != nil {
			return err
		}
		same = !mixed
	}
	if !same {
		kind := internalv1.ChangeKind_CHANGE_KIND_UPDATED
		if before == nil {
			kind = internalv1.ChangeKind_CHANGE_KIND_CREATED
		}
		payload, err := r.change(record.Key, kind, before, after)
		if err != nil {
			return err
		}
		w.payloads = append(w.payloads, payload)
		return nil
	}
	if sameRows {
		return nil
	}
	after.Revision = before.GetRevision()
	m, err := r.mutation(record.Key, after, nil)
	if err != nil {
		return err
	}
	w.silent = append(w.silent, m)
	return nil
}

// Fill stores a page of new records in bulk. The log does not hear of them: who
// watches from the beginning asks for the current state first.
func (r *Reconciler) Fill(ctx context.Context, records []*mapping.Record, mappingVersion int, observed time.Time) error {
	if err := r.store(ctx); err != nil {
		return err
	}
	defer r.stored()
	mutations := make([]store.Mutation, 0, len(records))
	for _, record := range records {
		kept, err := r.Kept(record, mappingVersion, observed)
		if err != nil {
			return err
		}
		m, err := r.mutation(record.Key, kept, nil)
		if err != nil {
			return err
		}
		mutations = append(mutations, m)
	}
	return r.Cache.Fill(ctx, mutations)
}

// append adds changes to the log and then brings the cache up to it.
func (r *Reconciler) append(ctx context.Context, payloads [][]byte) error {
	if len(payloads) == 0 {
		return nil
	}
	if _, err := r.Log.Append(ctx, r.Clock.Now(), store.Drafts(r.Name, payloads...)); err != nil {
		return fmt.Errorf("writing %d changes of %s to the log: %w", len(payloads), r.Name, err)
	}
	if r.Appended != nil {
		r.Appended(r.Name, len(payloads))
	}
	r.Logger.LogAttrs(ctx, slog.LevelDebug, "changes captured", slog.String("collection", r.Name), slog.Int("count", len(payloads)))
	return r.CacheFollower.CatchUp(ctx)
}

// Cached is the record as the cache has it; nil where it has none.
func (r *Reconciler) Cached(key string) (*internalv1.CacheRecord, error) {
	raw, err := r.Cache.Get(r.Name, []byte(key))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	record := &internalv1.CacheRecord{}
	if err := proto.Unmarshal(raw, record); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", resource.NameOf(r.Name, []byte(key)), err)
	}
	return record, nil
}

// Kept is a record as the stores keep it, with what Odoo does not own. One that is
// greater than they can hold is kept by its header, with a fault.
func (r *Reconciler) Kept(m *mapping.Record, mappingVersion int, observed time.Time) (*internalv1.CacheRecord, error) {
	content, odoo, err := r.merge(m.Key, m.Message, m.Hash)
	if err != nil {
		return nil, err
	}
	body, err := proto.Marshal(m.Message)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", resource.NameOf(r.Name, m.Key), err)
	}
	record := &internalv1.CacheRecord{
		Body: body, ContentHash: content, OdooHash: odoo, ObservedTime: timestamppb.New(observed),
		MappingVersion: int32(mappingVersion),
		CompanyId:      m.CompanyID, Company: m.Company, Faults: m.Faults,
	}
	if !m.SourceTime.IsZero() {
		record.SourceTime = timestamppb.New(m.SourceTime)
	}
	for _, model := range slices.Sorted(maps.Keys(m.Rows)) {
		record.Rows = append(record.Rows, &internalv1.SourceRow{Model: model, Ids: m.Rows[model]})
	}
	return r.fitting(m.Key, record, m.Message)
}

func (r *Reconciler) change(key []byte, kind internalv1.ChangeKind, before, after *internalv1.CacheRecord) ([]byte, error) {
	c := &internalv1.ChangeRecord{Collection: r.Name, Key: key, Name: resource.NameOf(r.Name, key), Kind: kind}
	var err error
	if before != nil {
		if c.Before, err = proto.Marshal(before); err != nil {
			return nil, fmt.Errorf("encoding %s: %w", c.Name, err)
		}
	}
	if after != nil {
		if c.After, err = proto.Marshal(after); err != nil {
			return nil, fmt.Errorf("encoding %s: %w", c.Name, err)
		}
	}
	return proto.Marshal(c)
}

func sameRows(a, b *internalv1.CacheRecord) bool {
	return slices.EqualFunc(a.GetRows(), b.GetRows(), func(x, y *internalv1.SourceRow) bool { return proto.Equal(x, y) })
}

func raw(keys []string) [][]byte {
	out := make([][]byte, len(keys))
	for i, key := range keys {
		out[i] = []byte(key)
	}
	return out
}
