// Package read answers reads: a chain of small wrappers from the caller's
// request to the cache, and to Odoo only when the caller asks for it.
//
//	loaded → mode → cache
//
// A record that could not be mapped in full is shown with its faults; none is
// ever left out of a list.
package read

import (
	"context"
	"time"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/record"
)

// Records answers records by key. A record that does not exist is nil. Each of
// the wrappers of this package is one.
type Records interface {
	Get(ctx context.Context, keys [][]byte, how how) ([]*record.Shown, error)
}

// how is the way in which records are wanted.
type how struct {
	mode *typesv1.ReadMode
	// verified is a time at which these records were known to equal Odoo, beside
	// what their source knows of the whole collection; zero: none.
	verified time.Time
	// namer finds what people call the records that these name; nil: that is not wanted, or
	// not the same for all callers.
	namer record.Namer
}

// Status is how the copy of a collection stands.
type Status struct {
	// Loaded says that the first load is complete: before that, what is not
	// there may still come.
	Loaded bool
	// Indexed says that all records are indexed as searches need it.
	Indexed bool
	// Done and Total count the rows of the first load; Left is how long it will take.
	Done, Total int64
	Left        time.Duration
	// Verified is the last time at which the copy was known to equal Odoo.
	Verified time.Time
	// Reachable says whether Odoo answered at the last look.
	Reachable bool
}

// Freshness is what the reads of one collection need to know about Odoo.
type Freshness interface {
	// Status tells how the copy stands now.
	Status() Status
	// Refresh brings the copy of some records up to Odoo now.
	Refresh(ctx context.Context, keys [][]byte) error
}
