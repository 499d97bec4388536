package reconcile

import (
	"context"
	"fmt"
	"time"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
)

// Verification is how the cache's copy of a record compares with Odoo.
type Verification struct {
	// InCache and InOdoo say where the record is.
	InCache, InOdoo bool
	// Differences is empty where only one of the two has the record.
	Differences []Difference
	// Pending says that Odoo wrote the record later than the copy says, so that
	// the next look at the stamps will bring it.
	Pending bool
	// Compared is when Odoo was asked.
	Compared time.Time
	// Revision is the place in the log of the copy's last change.
	Revision uint64
}

// Equal says that both have the record, with the same content.
func (v Verification) Equal() bool { return v.InCache && v.InOdoo && len(v.Differences) == 0 }

// Verify compares a record with Odoo as it is now, and changes nothing; what Odoo does not
// own is left aside. Whoever else reads the collection waits meanwhile, so that the copy is
// the one that stood there when Odoo was asked. seen tells whether a look will find what
// was written at a time, by the stamp and that of the copy.
func (r *Reconciler) Verify(ctx context.Context, s Reader, key []byte, seen func(written, kept time.Time) bool) (Verification, error) {
	ctx, err := r.reading.take(ctx)
	if err != nil {
		return Verification{}, err
	}
	defer r.reading.leave()
	if err := r.CacheFollower.CatchUp(ctx); err != nil {
		return Verification{}, err
	}
	v := Verification{Compared: r.Clock.Now()}
	records, err := s.Fetch(ctx, [][]byte{key})
	if err != nil {
		return Verification{}, fmt.Errorf("reading %s to compare it: %w", resource.NameOf(r.Name, key), err)
	}
	kept, err := r.Cached(string(key))
	if err != nil {
		return Verification{}, err
	}
	v.InCache, v.InOdoo, v.Revision = kept != nil, len(records) > 0, kept.GetRevision()
	if !v.InOdoo {
		return v, nil
	}
	if v.InCache {
		if v.Differences, err = r.differences(kept, records[0]); err != nil {
			return Verification{}, err
		}
	}
	v.Pending = !v.Equal() && seen(records[0].SourceTime, kept.GetSourceTime().AsTime())
	return v, nil
}

// differences lists what differs between a kept record and one just read.
func (r *Reconciler) differences(kept *internalv1.CacheRecord, now *mapping.Record) ([]Difference, error) {
	message, err := r.open(kept)
	if err != nil {
		return nil, err
	}
	if r.Owned != nil {
		r.Owned.Clear(r.Name, message)
	}
	differences := Differences(message.ProtoReflect(), now.Message.ProtoReflect())
	shown := &typesv1.Provenance{Faults: kept.GetFaults()}
	for _, f := range Differences(shown.ProtoReflect(), (&typesv1.Provenance{Faults: now.Faults}).ProtoReflect()) {
		differences = append(differences, Difference{Field: "provenance." + f.Field, Mesh: f.Mesh, Odoo: f.Odoo})
	}
	return differences, nil
}
