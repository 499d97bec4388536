package capture

import (
	"context"
	"time"

	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
)

// Tables is what Odoo's tables answer, whatever is made of their rows. odoo.Tables
// is one.
type Tables interface {
	// Stamps lists rows written at or after a time, by ascending id.
	Stamps(ctx context.Context, model string, from time.Time, after int64, limit int) ([]odoo.Stamp, error)
	// Newest lists rows by descending id.
	Newest(ctx context.Context, model string, limit int) ([]odoo.Stamp, error)
	// Contents tells what rows hold in some fields, as texts to be compared.
	Contents(ctx context.Context, model string, fields []string, ids []int64) (map[int64]string, error)
	// RowIDs lists ids of a model, ascending.
	RowIDs(ctx context.Context, model string, after int64, limit int) ([]int64, error)
	// LastID is the greatest id of a model; 0 where it has no rows.
	LastID(ctx context.Context, model string) (int64, error)
	// Count is the number of a model's rows above an id and up to another.
	Count(ctx context.Context, model string, after, upTo int64) (int64, error)
}

// Records is what a mapping makes of Odoo's rows for one collection. *mapping.Reader
// is one.
type Records interface {
	// Model is the root model: one row of it is one record, or a part of one.
	Model() string
	// Watches lists the models whose rows show in the collection's records.
	Watches() []mapping.WatchedModel
	// Fingerprint changes whenever the same rows would map to other records.
	Fingerprint() string
	// MappingVersion is the version that the records name.
	MappingVersion() int
	// HasMembers tells whether not all root rows belong to the collection.
	HasMembers() bool
	// CountMembers is a number that changes when rows above an id and up to another
	// join or leave the collection without being written.
	CountMembers(ctx context.Context, after, upTo int64) (int64, error)
	// Members lists which root ids belong to the collection.
	Members(ctx context.Context, among []int64) ([]int64, error)
	// Touched lists the root ids whose records show any of the changed rows.
	Touched(ctx context.Context, w mapping.WatchedModel, ids []int64) ([]int64, error)
	// Shown lists the fields of a model that records are made from.
	Shown(model string) []string
	// Renew lists which rows of a model, whose stamps have moved, may show otherwise
	// than before.
	Renew(ctx context.Context, model string, ids []int64) ([]int64, error)
	// Forget drops what is remembered of a model whose rows have changed.
	Forget(model string)
	// Grouped tells whether several root rows make one record.
	Grouped() bool
	// Keys are the keys of the records that root rows belong to.
	Keys(ctx context.Context, ids []int64) ([][]byte, error)
	// Fetch reads the records of the keys that belong to the collection.
	Fetch(ctx context.Context, keys [][]byte) ([]*mapping.Record, error)
}

// Evidence is what a sign-in tells of the time of Odoo's database, which writes the
// sign-in down.
type Evidence struct {
	// Before and After are the mesh's time around the sign-in.
	Before, After time.Time
	// Database is the database's time that was written down, in whole seconds: it has
	// passed by After.
	Database time.Time
}

// Connection is one Odoo, signed in to, with the mappings fitted to it.
type Connection struct {
	Tables Tables
	// Records holds one for each collection.
	Records map[string]Records
	// Evidence is what the sign-in of this connection shows; nil where it shows nothing.
	Evidence *Evidence
	// SignIn signs in anew and tells what that shows. It may be nil.
	SignIn func(ctx context.Context) (*Evidence, error)
	// Header is the time in the header of Odoo's latest answer, which whatever stands
	// before Odoo may have written; zero where there is none. It may be nil.
	Header func() time.Time
}
