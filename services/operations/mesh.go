package operations

import (
	"context"
	"time"
)

// Mesh is what the service asks of the mesh that it runs in. Its errors carry
// their reasons.
type Mesh interface {
	// Status tells how everything stands, without asking Odoo.
	Status() Status
	// Verify compares the record of a name with Odoo now.
	Verify(ctx context.Context, name string) (Verification, error)
	// Resync reads a collection again. It ends with the error of report, if any.
	Resync(ctx context.Context, collection string, acceptDeletions bool, report func(Step) error) (Totals, error)
}

// Status is how the mesh stands.
type Status struct {
	// State is "loading", "degraded" or "ready".
	State string
	// Instance is the configured name of Odoo, Version its release; empty before
	// it was reached.
	Instance, Version string
	Reachable         bool
	// Head and Oldest are places in the log.
	Head, Oldest uint64
	Collections  []Collection
}

// Collection is how one collection stands.
type Collection struct {
	Name           string
	Loaded         bool
	Records        int64
	Verified       time.Time
	Progress       Progress
	Held           int64
	MappingVersion int
	// Compared is when all ids were compared last; zero before the first time.
	Compared               time.Time
	Gone, Missed, GoneRows int64
}

// Progress is how far something is, in rows. Left is 0 where nobody can tell.
type Progress struct {
	Done, Total int64
	Left        time.Duration
}

// Step is how far a resync is.
type Step struct {
	Progress
	Changed int64
}

// Totals is what a resync did, in records.
type Totals struct{ Checked, Changed, Deleted, Held int64 }

// Verification is how a record compares.
type Verification struct {
	InMesh, InOdoo, Pending bool
	Differences             []Difference
	Compared                time.Time
	Revision                uint64
}

// Difference is one value that differs; the values are JSON, or empty.
type Difference struct{ Field, Mesh, Odoo string }
