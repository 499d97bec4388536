package change

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
	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

const (
	// recordsAtOnce is how many records are read and stored together. A caller
	// who reads live waits for at most one such batch.
	recordsAtOnce = 200
	// A mass deletion is more often a lost access right than the truth: when more
	// than deletionsAtLeast records and more than one in deletionsShare of the
	// collection would go at once, they stay until an operator lets them go.
	deletionsAtLeast = 100
	deletionsShare   = 4
)

// HeldError says that a mass deletion was not carried out.
type HeldError struct {
	Collection string
	Count      int
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("%d %s seem to be gone from Odoo at once: they are kept until an operator confirms the deletion", e.Count, e.Collection)
}

// refresh reads records from Odoo, writes those that differ into the log and
// lets the cache follow. It returns how many differed.
func (e *Engine) refresh(ctx context.Context, d *domain, keys []string) (int, error) {
	changed := 0
	var gone []string
	for chunk := range slices.Chunk(keys, recordsAtOnce) {
		n, missing, err := e.refreshChunk(ctx, d, chunk)
		if err != nil {
			return changed, err
		}
		changed += n
		gone = append(gone, missing...)
	}
	n, err := e.remove(ctx, d, gone, false)
	return changed + n, err
}

// refreshChunk stores what differs among a few records, and lists the ones that
// the cache has and Odoo does not.
func (e *Engine) refreshChunk(ctx context.Context, d *domain, keys []string) (int, []string, error) {
	d.writing.Lock()
	defer d.writing.Unlock()
	observed := e.clock.Now()
	records, err := fetch(ctx, d.source(), keys)
	if err != nil {
		return 0, nil, err
	}
	var payloads [][]byte
	found := make(map[string]bool, len(records))
	var silent []store.Mutation
	var arrived []string
	for _, r := range records {
		found[string(r.Key)] = true
		after, err := e.cacheRecord(d, r, observed)
		if err != nil {
			return 0, nil, err
		}
		before, err := e.cached(d, string(r.Key))
		if err != nil {
			return 0, nil, err
		}
		if before != nil && bytes.Equal(before.GetContentHash(), after.GetContentHash()) {
			if !sameRows(before, after) {
				after.Revision = before.GetRevision()
				m, err := d.mutation(r.Key, after, r.Message)
				if err != nil {
					return 0, nil, err
				}
				silent = append(silent, m)
				arrived = append(arrived, string(r.Key))
				e.meetRows(d, r.Key, after)
			}
			continue
		}
		kind := internalv1.ChangeKind_CHANGE_KIND_CREATED
		if before != nil {
			kind = internalv1.ChangeKind_CHANGE_KIND_UPDATED
		}
		payload, err := changeRecord(d, r.Key, kind, before, after)
		if err != nil {
			return 0, nil, err
		}
		payloads = append(payloads, payload)
		if before == nil || !sameRows(before, after) {
			arrived = append(arrived, string(r.Key))
			e.meetRows(d, r.Key, after)
		}
	}
	if err := e.record(ctx, d, payloads); err != nil {
		return 0, nil, err
	}
	if len(silent) > 0 {
		// What a record shows is unchanged, but not the rows that it is made of:
		// the next deletion among them has to find it.
		if err := e.cache.Fill(ctx, silent); err != nil {
			return 0, nil, fmt.Errorf("noting the rows of %s: %w", d.Name, err)
		}
	}
	if d.loaded.Load() {
		// Before that, the first comparison of all ids is still to come.
		d.arrivals.note(arrived, e.clock.Now())
	}
	var missing []string
	for _, key := range keys {
		if _, err := e.cache.Get(d.Name, []byte(key)); !found[key] && err == nil {
			missing = append(missing, key)
		}
	}
	return len(payloads), missing, nil
}

// remove writes tombstones for records that Odoo no longer has. Unless accepted, a
// mass deletion is held back. What is held already stays so, and does not count:
// a record that goes later is judged by what goes with it.
func (e *Engine) remove(ctx context.Context, d *domain, gone []string, accepted bool) (int, error) {
	if !accepted {
		gone = d.standing.notHeld(gone)
		if len(gone) > deletionsAtLeast && int64(len(gone))*deletionsShare > e.cache.Count(d.Name) {
			e.holdAlso(d, gone)
			return 0, &HeldError{Collection: d.Name, Count: len(gone)}
		}
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	var payloads [][]byte
	for _, key := range gone {
		before, err := e.cached(d, key)
		if err != nil {
			return 0, err
		}
		if before == nil {
			continue
		}
		payload, err := changeRecord(d, []byte(key), internalv1.ChangeKind_CHANGE_KIND_DELETED, before, nil)
		if err != nil {
			return 0, err
		}
		payloads = append(payloads, payload)
	}
	if err := e.record(ctx, d, payloads); err != nil {
		return 0, err
	}
	for _, key := range gone {
		e.forsaken(d, []byte(key))
	}
	return len(payloads), nil
}

// record appends to the log and then brings the cache up to it.
func (e *Engine) record(ctx context.Context, d *domain, payloads [][]byte) error {
	if len(payloads) == 0 {
		return nil
	}
	if _, err := e.log.Append(ctx, e.clock.Now(), store.Drafts(d.Name, payloads...)); err != nil {
		return fmt.Errorf("writing %d changes of %s to the log: %w", len(payloads), d.Name, err)
	}
	e.metrics.changes.WithLabelValues(d.Name).Add(float64(len(payloads)))
	e.logger.LogAttrs(ctx, slog.LevelDebug, "changes captured", slog.String("collection", d.Name), slog.Int("count", len(payloads)))
	return e.follower.CatchUp(ctx)
}

// cached is the record as the cache has it; nil where it has none.
func (e *Engine) cached(d *domain, key string) (*internalv1.CacheRecord, error) {
	raw, err := e.cache.Get(d.Name, []byte(key))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	record := &internalv1.CacheRecord{}
	if err := proto.Unmarshal(raw, record); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", resource.NameOf(d.Name, []byte(key)), err)
	}
	return record, nil
}

func (e *Engine) cacheRecord(d *domain, r *mapping.Record, observed time.Time) (*internalv1.CacheRecord, error) {
	body, err := proto.Marshal(r.Message)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", resource.NameOf(d.Name, r.Key), err)
	}
	record := &internalv1.CacheRecord{
		Body: body, ContentHash: r.Hash, ObservedTime: timestamppb.New(observed),
		MappingVersion: int32(d.source().MappingVersion()),
		CompanyId:      r.CompanyID, Company: r.Company, Faults: r.Faults,
	}
	if !r.SourceTime.IsZero() {
		record.SourceTime = timestamppb.New(r.SourceTime)
	}
	for _, model := range slices.Sorted(maps.Keys(r.Rows)) {
		record.Rows = append(record.Rows, &internalv1.SourceRow{Model: model, Ids: r.Rows[model]})
	}
	return record, nil
}

func changeRecord(d *domain, key []byte, kind internalv1.ChangeKind, before, after *internalv1.CacheRecord) ([]byte, error) {
	c := &internalv1.ChangeRecord{Collection: d.Name, Key: key, Name: resource.NameOf(d.Name, key), Kind: kind}
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
