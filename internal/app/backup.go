package app

import (
	"context"
	"errors"
	"io"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/backup"
	"odoomesh/internal/fault"
	"odoomesh/internal/store"
)

// backedUp are the journals that hold what nothing brings back, in the order in which a
// backup looks at them. The ledger comes before the book of owned fields: what it calls
// done is then written there, while a write that it does not know of is found by its
// intent when the command is sent again. The audit's comes before the ledger, which it
// follows.
func (s *stores) backedUp() []backup.Part {
	return []backup.Part{{Name: "events", Journal: s.events}, {Name: "stock", Journal: s.stock}, {Name: "payloads", Journal: s.payloads}, {Name: "ledger", Journal: s.ledger}, {Name: "owned", Journal: s.owned}, {Name: "keys", Journal: s.keys}, {Name: "governance", Journal: s.governance}}
}

// Backup writes a backup, sealed where there is a key; it ends when the server stops.
func (o operated) Backup(ctx context.Context, to io.Writer, report func(done, total int64) error) error {
	a := o.app
	key, _ := a.config.Rest.BackupKeys()
	err := backup.Write(ctx, to, backup.Source{Time: a.clock.Now(), Instance: a.config.Instance, Parts: a.stores.backedUp(), Key: key}, func(done, total int64) error {
		select {
		case <-a.closing:
			return fault.Unavailable(errorsv1.Reason_REASON_SHUTTING_DOWN, "This process is about to end.", time.Second)
		default:
		}
		return report(done, total)
	})
	var truncated *store.TruncatedError
	if errors.As(err, &truncated) {
		return fault.Unavailable(errorsv1.Reason_REASON_CONTENTION, "Retention has dropped events while they were written.", fault.AskAgain, fault.Because(err))
	}
	return err
}
