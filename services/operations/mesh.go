package operations

import (
	"context"
	"io"
	"time"

	"odoomesh/internal/access"
	"odoomesh/internal/capture"
	"odoomesh/internal/command"
	"odoomesh/internal/read"
	"odoomesh/internal/reconcile"
	"odoomesh/services/inventory/stockbook"
)

// Mesh is what the service asks of the mesh that it runs in.
type Mesh interface {
	// Standing tells how the whole stands, without asking Odoo.
	Standing() Standing
	// Statuses tell how each collection stands.
	Statuses() []capture.Status
	// Clock is what is known of the clock of Odoo's database.
	Clock() capture.ClockState
	// Verify compares a record with Odoo now.
	Verify(ctx context.Context, collection string, key []byte) (reconcile.Verification, error)
	// FaultyRecords answers a page of the records of some collections that could not be
	// read, or only in part.
	FaultyRecords(ctx context.Context, collections []string, size int, pageToken string) ([]read.FaultyRecord, string, error)
	// CompareLedger looks up in Odoo what the ledger says is done.
	CompareLedger(ctx context.Context) (command.Comparison, error)
	// AcceptOdoo lets commands go on, by the word of a caller.
	AcceptOdoo(ctx context.Context, by, reason, etag string) (command.Comparison, error)
	// Changed tells that Odoo is not the one that it was.
	Changed() (command.Change, bool)
	// Resync reads a collection again. It ends with the error of report, if any.
	Resync(ctx context.Context, collection string, acceptDeletions bool, report func(capture.ResyncProgress) error) (capture.ResyncResult, error)
	// Backup writes what the mesh alone has. It ends with the error of report, if any.
	Backup(ctx context.Context, to io.Writer, report func(done, total int64) error) error
}

// Standing is how the mesh stands.
type Standing struct {
	// State is "loading", "degraded" or "ready"; Mesh is the version of the mesh.
	State, Mesh string
	// Instance is the configured name of Odoo, Version its release; empty before
	// it was reached.
	Instance, Version string
	Reachable         bool
	// Head and Oldest are places in the log.
	Head, Oldest uint64
	// Open and Acknowledged are how many exceptions there are.
	Open, Acknowledged int
	// Proof is the newest proof of the stock; nil before the first one.
	Proof *stockbook.Proof
	// Deferred is how the queue of deferred commands stands.
	Deferred Deferred
	// Audit is how the audit stands.
	Audit Audit
	// Purchasing is what orders are held to.
	Purchasing Purchasing
	// Access is how the access file stands, Broken who has more than usually.
	Access access.Standing
	Broken []access.BrokenGlass
}

// Purchasing is what orders are held to, in the words of the settings.
type Purchasing struct {
	Approved, Price string
	ByTwo           bool
	Tolerance       float64
}

// Audit is how the audit stands.
type Audit struct {
	// Key is the public key of its log.
	Key     string
	Records uint64
	// Failure is why it cannot be written; nil while it can.
	Failure error
}

// Deferred is how the queue of deferred commands stands.
type Deferred struct {
	Waiting, Limit int
	// Oldest is when the oldest was taken on; zero where none waits.
	Oldest time.Time
}
