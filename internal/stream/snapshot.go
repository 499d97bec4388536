package stream

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/record"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

const (
	// snapshotFor bounds for how long one reader holds a view of the cache open, which keeps
	// the disk from giving back what was replaced meanwhile.
	snapshotFor = 30 * time.Minute
	// partRecords and partBytes are where a message of a snapshot ends.
	partRecords = 500
	partBytes   = 512 << 10
)

// SnapshotDeps is what Snapshots reads from, beside what tells of changes.
type SnapshotDeps struct {
	RecordedDeps
	// Compute works out fields of a collection's records; nil: there are none.
	Compute func(collection string, m proto.Message, now time.Time) proto.Message
	// Loaded tells whether the first load of a collection is complete, and Verified until
	// when its copy is known to equal Odoo.
	Loaded   func(collection string) bool
	Verified func(collection string) time.Time
	Now      func() time.Time
	// Closing is closed when the server stops.
	Closing <-chan struct{}
}

// SnapshotStart is what is said before the records.
type SnapshotStart struct {
	Position string
	Taken    time.Time
	// At is the place in the log.
	At uint64
	// Hidden are the paths of hidden fields, by collection.
	Hidden map[string][]string
}

// SnapshotPart is some records of one collection.
type SnapshotPart struct {
	Collection string
	Records    []proto.Message
}

// ReadSnapshot tells what a snapshot of some collections is, which the caller may watch, and
// then its records, collection by collection and by id.
func ReadSnapshot(ctx context.Context, d SnapshotDeps, collections []string, begin func(SnapshotStart) error, take func(SnapshotPart) error) error {
	views, err := NewRecorded(d.RecordedDeps).views(ctx, collections)
	if err != nil {
		return err
	}
	if err := d.loaded(collections); err != nil {
		return err
	}
	r := &snapshotReader{SnapshotDeps: d, view: d.Cache.Snapshot(), began: d.Now(), take: take}
	defer r.view.Close()
	start := SnapshotStart{Taken: r.began, At: r.view.Position(), Hidden: map[string][]string{}}
	start.Position = d.Tokens.For(ctx).Position(&internalv1.StreamPosition{StoreId: d.Log.ID(), Position: start.At, CallHash: token.CallHash("changes")})
	for name, view := range views {
		start.Hidden[name] = view.Unseen()
	}
	if err := begin(start); err != nil {
		return err
	}
	for _, name := range collections {
		if err := r.collection(ctx, name, views[name]); err != nil {
			return err
		}
	}
	// A copy that was thrown away meanwhile has taken records out of the view.
	return d.loaded(collections)
}

func (d SnapshotDeps) loaded(collections []string) error {
	for _, name := range collections {
		if !d.Loaded(name) {
			return fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, name+" are being loaded for the first time: ask again later, or leave them out", fault.AskAgain)
		}
	}
	return nil
}

// snapshotReader is one snapshot that is being read.
type snapshotReader struct {
	SnapshotDeps
	view  store.Snapshot
	began time.Time
	take  func(SnapshotPart) error
}

func (r *snapshotReader) collection(ctx context.Context, name string, view *scope.View) error {
	kind, verified := r.Kinds[name], r.Verified(name)
	part, bytes := SnapshotPart{Collection: name}, 0
	send := func() error {
		if err := r.open(ctx); err != nil || len(part.Records) == 0 {
			return err
		}
		err := r.take(part)
		part, bytes = SnapshotPart{Collection: name}, 0
		return err
	}
	looked := 0
	for hit, err := range r.view.Records(name, store.Range{}) {
		if err != nil {
			return err
		}
		if looked++; looked%partRecords == 0 {
			if err := r.open(ctx); err != nil {
				return err
			}
		}
		m, err := r.record(kind, hit, view, verified)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		part.Records = append(part.Records, m)
		if bytes += len(hit.Value); len(part.Records) == partRecords || bytes >= partBytes {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

// record is what the caller meets of a record; nil where it does not meet it.
func (r *snapshotReader) record(kind *record.Kind, hit store.Hit, view *scope.View, verified time.Time) (proto.Message, error) {
	m, err := kind.Decode(hit.Value, verified)
	if err != nil {
		return nil, err
	}
	if m = met(view, m); m == nil || r.Compute == nil {
		return m, nil
	}
	return r.Compute(kind.Collection, m, r.began), nil
}

// open tells why the reader cannot go on, if it cannot.
func (r *snapshotReader) open(ctx context.Context) error {
	select {
	case <-r.Closing:
		return fault.Unavailable(errorsv1.Reason_REASON_SHUTTING_DOWN, "the server is stopping: read the snapshot again", time.Second)
	default:
	}
	if r.Now().Sub(r.began) > snapshotFor {
		return fault.New(errorsv1.Reason_REASON_SUBSCRIBER_TOO_SLOW, "the snapshot was read for longer than "+snapshotFor.String()+", which is as long as one is kept: read fewer collections at once")
	}
	return ctx.Err()
}
