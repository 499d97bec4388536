package app

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/internal/stream"
)

// rooms gives each collection's service what it reads from and what it watches.
type rooms struct {
	app   *App
	kinds map[string]*record.Kind
	// computes work out fields when records are answered.
	computes map[string]read.Compute
	// recent is one for the reads of all collections.
	recent *record.Renderings
}

// namesBytes bounds what is kept of the names of records: of some fifty thousand.
const namesBytes = 32 << 20

// recentBytes bounds what is kept ready of the records that were read last: some eight
// thousand of usual size.
const recentBytes = 64 << 20

// Read is what a collection's reads need.
func (r *rooms) Read(collection string) read.Deps {
	return read.Deps{
		Kind: r.kinds[collection], Cache: r.app.stores.cache, StoreID: r.app.stores.log.ID(), Tokens: r.app.tokens,
		Freshness: captured{r.app.engine, collection, &r.app.servers.patience}, Clock: r.app.clock, Zone: r.app.zone, Compute: r.computes[collection], Recent: r.recent, Names: r.app.names,
	}
}

// Watch is what a collection's watches need.
func (r *rooms) Watch(collection string) stream.Deps {
	return stream.Deps{
		Kind: r.kinds[collection], Log: r.app.stores.log, Cache: r.app.stores.cache, Tokens: r.app.tokens, Clock: r.app.clock, Zone: r.app.zone,
		Compute: r.computes[collection], Names: r.app.names,
		Loaded:    func() bool { return r.app.engine.Copy(collection).Loaded },
		Heartbeat: r.app.config.StreamHeartbeat, Closing: r.app.closing,
	}
}

// Recorded is what lists of changes need.
func (r *rooms) Recorded() stream.RecordedDeps {
	return stream.RecordedDeps{Kinds: r.kinds, Log: r.app.stores.log, Cache: r.app.stores.cache, Tokens: r.app.tokens}
}

// Snapshots is what all records at one position are read from.
func (r *rooms) Snapshots() stream.SnapshotDeps {
	return stream.SnapshotDeps{
		RecordedDeps: r.Recorded(),
		Compute: func(collection string, m proto.Message, now time.Time) proto.Message {
			if by := r.computes[collection]; by != nil {
				return by(m, now, r.app.zone())
			}
			return m
		},
		Loaded:   func(collection string) bool { return r.app.engine.Copy(collection).Loaded },
		Verified: func(collection string) time.Time { return r.app.engine.Copy(collection).Verified },
		Now:      r.app.clock.Now, Closing: r.app.closing,
	}
}

// StockAsOf is the last inventory event that a place in the log tells of.
func (r *rooms) StockAsOf(ctx context.Context, position uint64) (event uint64, known bool, err error) {
	return r.app.book.AsOf(ctx, position)
}

// Instance is the configured name of Odoo.
func (r *rooms) Instance() string { return r.app.config.Instance }

// Statuses tell how each collection stands.
func (r *rooms) Statuses() []capture.Status { return r.app.engine.Statuses() }

// captured is a collection's capture as its reads see it.
type captured struct {
	engine     *capture.Engine
	collection string
	patience   *patience
}

func (c captured) Status() read.Status {
	s := c.engine.Copy(c.collection)
	return read.Status{
		Loaded: s.Loaded, Indexed: s.Indexed, Done: s.Progress.Done, Total: s.Progress.Total, Left: s.Progress.Left,
		Verified: s.Verified, Reachable: s.Reachable,
	}
}

func (c captured) Refresh(ctx context.Context, keys [][]byte) error {
	return c.patience.ask(ctx, func(ctx context.Context) error { return refreshed(c.engine.Refresh(ctx, c.collection, keys)) })
}

// refreshed is the refusal of what needs Odoo before Odoo was reached.
func refreshed(err error) error {
	if errors.Is(err, capture.ErrNotConnected) {
		return fault.Unavailable(errorsv1.Reason_REASON_ODOO_UNAVAILABLE, "Odoo has not been reached since this process started.", fault.AskAgain, fault.Because(err))
	}
	return err
}
