package change

import (
	"context"
	"time"

	"odoomesh/internal/mapping"
)

// Source is one domain as an Odoo shows it. *mapping.Source is one.
type Source interface {
	// Model is the root model: one row of it is one record, or a part of one.
	Model() string
	// Watches lists the models whose rows show in the domain's records.
	Watches() []mapping.WatchedModel
	// Fingerprint changes whenever the same rows would map to other records.
	Fingerprint() string
	// MappingVersion is the version that the records name.
	MappingVersion() int
	// Stamps lists rows written at or after a time, by ascending id.
	Stamps(ctx context.Context, model string, from time.Time, after int64, limit int) ([]mapping.Stamp, error)
	// Newest is the latest stamp in a model.
	Newest(ctx context.Context, model string) (time.Time, error)
	// RowIDs lists ids of a model, ascending.
	RowIDs(ctx context.Context, model string, after int64, limit int) ([]int64, error)
	// LastID is the greatest id of a model; 0 where it has no rows.
	LastID(ctx context.Context, model string) (int64, error)
	// Count is the number of a model's rows above an id and up to another.
	Count(ctx context.Context, model string, after, upTo int64) (int64, error)
	// HasMembers tells whether not all root rows belong to the domain.
	HasMembers() bool
	// CountMembers is a number that changes when rows above an id and up to another
	// join or leave the domain without being written.
	CountMembers(ctx context.Context, after, upTo int64) (int64, error)
	// Members lists which root ids belong to the domain.
	Members(ctx context.Context, among []int64) ([]int64, error)
	// Touched lists the root ids whose records show any of the changed rows.
	Touched(ctx context.Context, w mapping.WatchedModel, ids []int64) ([]int64, error)
	// Shown lists the fields of a model that records are made from.
	Shown(model string) []string
	// Contents tells what rows hold in some fields, as texts to be compared.
	Contents(ctx context.Context, model string, fields []string, ids []int64) (map[int64]string, error)
	// Renew lists which rows of a model, whose stamps have moved, may show otherwise
	// than before.
	Renew(ctx context.Context, model string, ids []int64) ([]int64, error)
	// Forget drops what is remembered of a model whose rows have changed.
	Forget(model string)
	// Grouped tells whether several root rows make one record.
	Grouped() bool
	// Keys are the keys of the records that root rows belong to.
	Keys(ctx context.Context, ids []int64) ([][]byte, error)
	// Fetch reads the records of the keys that belong to the domain.
	Fetch(ctx context.Context, keys [][]byte) ([]*mapping.Record, error)
	// Clock is the time that Odoo told with its last answer; zero when it told none.
	Clock() time.Time
}
