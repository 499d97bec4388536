package capture

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// What points at a record that is gone is to be read again: Odoo empties such links by
// SQL, and stamps nothing. Deletions are followed in the change log and not told as
// they happen, so that one whose orphans were not read before a crash is followed
// once more after it.
type orphans struct {
	// mu is held by the one who follows.
	mu sync.Mutex
	// followed is the position of the log up to which the orphans of all deletions are
	// in the inboxes, or were.
	followed atomic.Uint64
}

// Removed implements reconcile.Observer.
func (e *Engine) Removed() {
	if err := e.followDeletions(context.Background()); err != nil {
		e.logger.LogAttrs(context.Background(), slog.LevelWarn, "what points at removed records is not read again yet", slog.Any("reason", err))
	}
}

// followDeletions suspects what points at the records that were deleted in the change
// log since the last time.
func (e *Engine) followDeletions(ctx context.Context) error {
	o := &e.orphans
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.followed.Load() >= e.log.Head() {
		return nil
	}
	snapshot := e.cache.Snapshot()
	defer snapshot.Close()
	for entry, err := range e.log.Read(ctx, max(o.followed.Load()+1, e.log.Oldest())) {
		if err != nil {
			return fmt.Errorf("following deletions behind %d: %w", o.followed.Load(), err)
		}
		var c internalv1.ChangeRecord
		// Of an entry that cannot be read the applier tells.
		if proto.Unmarshal(entry.Payload, &c) == nil && c.GetKind() == internalv1.ChangeKind_CHANGE_KIND_DELETED {
			if err := e.suspectOrphans(snapshot, resource.NameOf(entry.Collection, c.GetKey())); err != nil {
				return err
			}
		}
		o.followed.Store(entry.Position)
	}
	return nil
}

// suspectOrphans suspects the records that name another one.
func (e *Engine) suspectOrphans(snapshot store.Snapshot, name string) error {
	for _, c := range e.collections {
		for _, f := range c.TextFields() {
			var keys []string
			for hit, err := range snapshot.Index(c.Name, f.Path, store.Range{Prefix: f.Text(name), Exact: true, KeysOnly: true}) {
				if err != nil {
					return err
				}
				keys = append(keys, string(hit.Key))
			}
			if len(keys) > 0 {
				// A merge by SQL moves links in rows that records only look through, too.
				c.forgetReferences()
			}
			c.inbox.suspectKeys(CauseOrphan, keys)
		}
	}
	return nil
}

// resumeOrphans lets deletions be followed from where all collections had read the
// orphans of the run before this one.
func (e *Engine) resumeOrphans() error {
	o := &e.orphans
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.followed.Load() > 0 {
		return nil // the connection was made anew, and the inboxes are still there
	}
	least := e.log.Head()
	for _, c := range e.collections {
		marks, err := e.readMarks(c)
		if err != nil {
			return err
		}
		if c.loaded.Load() {
			least = min(least, marks.Deletions)
		}
	}
	o.followed.Store(least)
	return nil
}

// forgetReferences lets the rows that records share be read anew: no stamp tells what
// Odoo changes in them by SQL.
func (c *collection) forgetReferences() {
	for _, w := range c.records().Watches() {
		if w.Reference {
			c.records().Forget(w.Model)
		}
	}
}
