package operations

import (
	"context"
	"time"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// Mesh is what the service asks of the mesh that it runs in. Its errors carry
// their reasons.
type Mesh interface {
	// Status tells how everything stands, without asking Odoo.
	Status() Status
	// Verify compares the record of a name with Odoo now.
	Verify(ctx context.Context, name string) (Verification, error)
	// FaultyRecords answers a page of the records that could not be read, or only in
	// part: of one collection or, where it is empty, of all.
	FaultyRecords(ctx context.Context, collection string, size int, pageToken string) ([]FaultyRecord, string, error)
	// Caller is the name of who makes a call; empty where nobody has to say it.
	Caller(context.Context) string
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
	Clock        Clock
	// Open and Acknowledged are how many exceptions there are.
	Open, Acknowledged int
}

// How the clock of Odoo's database stands.
const (
	ClockKnown     = operationsv1.ClockState_CLOCK_STATE_KNOWN
	ClockUnknown   = operationsv1.ClockState_CLOCK_STATE_UNKNOWN
	ClockDisagrees = operationsv1.ClockState_CLOCK_STATE_DISAGREES
)

// Clock is what is known of the clock of Odoo's database.
type Clock struct {
	// State is unspecified where nobody looks.
	State operationsv1.ClockState
	// Offset is by how much it is ahead; it counts unless the state is unknown.
	Offset time.Duration
	// Evidence says what shows it, for people.
	Evidence string
}

// Degradation is a part of a collection that cannot be read from Odoo at present.
type Degradation struct {
	// Model is Odoo's, Reason what is missing because of it, Cause what was answered.
	Model, Reason, Cause string
	Since                time.Time
}

// FaultyRecord is a record that could not be read, or only in part.
type FaultyRecord struct {
	Name   string
	Faults []*typesv1.MappingFault
	// Since is when it was last read so.
	Since time.Time
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
	// Degradations is what of it cannot be read at present.
	Degradations []Degradation
	// Faulty is how many of its records could not be read, or only in part.
	Faulty int64
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
