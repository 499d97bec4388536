package read

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/index"
	"odoomesh/internal/names"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// Collection reads the records of one domain.
type Collection[T proto.Message] struct {
	kind      *record.Kind
	cache     store.Cache
	storeID   string
	tokens    *token.Maker
	freshness Freshness
	clock     clock.Clock
	zone      func() *time.Location
	compute   Compute
	fields    []*index.Field
	searched  *index.Searched
	records   Records
	recent    *record.Renderings
	names     *names.Finder
}

// Deps is what a Collection reads from.
type Deps struct {
	Kind  *record.Kind
	Cache store.Cache
	// StoreID names the log that the cache follows: page tokens are bound to it.
	StoreID string
	// Tokens makes the tokens of the next pages.
	Tokens    *token.Maker
	Freshness Freshness
	Clock     clock.Clock
	// Zone is whose days today() and dates without a time mean; nil: UTC's.
	Zone func() *time.Location
	// Compute works out fields when a record is answered; nil: there are none.
	Compute Compute
	// Recent keeps what was read lately; all collections share one. nil: nothing is kept.
	Recent *record.Renderings
	// Names knows what people call the records that others name; nil: nobody does.
	Names *names.Finder
}

// NewCollection puts the chain of reads together.
func NewCollection[T proto.Message](d Deps) (*Collection[T], error) {
	fields, err := index.Fields(d.Kind.Descriptor())
	if err != nil {
		return nil, err
	}
	searched, err := index.SearchedFields(d.Kind.Descriptor())
	if err != nil {
		return nil, err
	}
	c := &Collection[T]{kind: d.Kind, cache: d.Cache, storeID: d.StoreID, tokens: d.Tokens, freshness: d.Freshness, clock: d.Clock, zone: d.Zone, compute: d.Compute, fields: fields, searched: searched, recent: d.Recent, names: d.Names}
	c.records = newCached(d)
	c.records = &fresh{next: c.records, freshness: d.Freshness, clock: d.Clock}
	c.records = &loaded{next: c.records, freshness: d.Freshness, collection: d.Kind.Collection}
	return c, nil
}

// Get answers one record by name, or NOT_FOUND. The record is shared with other
// callers and must not be changed.
func (c *Collection[T]) Get(ctx context.Context, name string, mode *typesv1.ReadMode, mask *fieldmaskpb.FieldMask) (T, error) {
	var none T
	l, err := c.look(ctx, mask)
	if err != nil {
		return none, err
	}
	key, err := resource.KeyOf(c.kind.Collection, name)
	if err != nil {
		return none, fault.InvalidField(errorsv1.Reason_REASON_INVALID_NAME, "name", err.Error())
	}
	found, err := c.records.Get(ctx, [][]byte{key}, l.how(mode))
	if err != nil {
		return none, err
	}
	shown, met := l.answer(ctx, found[0])
	if !met {
		return none, fault.NotFound(name)
	}
	if err := c.fits(ctx, name, shown); err != nil {
		return none, err
	}
	return shown, nil
}

// Lookup answers one record by name as the copy has it; an empty one where the copy does not
// have it, or where there is no collection, as it is not served.
func (c *Collection[T]) Lookup(ctx context.Context, name string) (found T, err error) {
	if c == nil {
		return found, nil
	}
	if found, err = c.Get(ctx, name, nil, nil); fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
		err = nil
	}
	return found, err
}

// fits refuses what a client of gRPC would refuse without a word of what to do.
func (c *Collection[T]) fits(ctx context.Context, what string, records ...T) error {
	limit := record.MessageLimit(ctx)
	if limit == 0 {
		return nil
	}
	size := 0
	for _, r := range records {
		size += record.ReplyOf(ctx).SizeOf(r)
	}
	if size > limit {
		return tooLarge(what, size, limit)
	}
	return nil
}

func tooLarge(what string, size, limit int) error {
	return fault.New(errorsv1.Reason_REASON_TOO_LARGE,
		fmt.Sprintf("%s has %d bytes, and clients of gRPC take %d unless they are told otherwise.", what, size, limit),
		fault.With("size_bytes", strconv.Itoa(size)))
}

// Batch is the answer to a BatchGet. Its records are as Get's.
type Batch[T proto.Message] struct {
	Found     []T
	Missing   []string
	Freshness *typesv1.Freshness
}

// BatchGet answers records by name, in the order of the names, as of one moment.
func (c *Collection[T]) BatchGet(ctx context.Context, names []string, mode *typesv1.ReadMode, mask *fieldmaskpb.FieldMask) (*Batch[T], error) {
	l, err := c.look(ctx, mask)
	if err != nil {
		return nil, err
	}
	keys := make([][]byte, len(names))
	for i, name := range names {
		key, err := resource.KeyOf(c.kind.Collection, name)
		if err != nil {
			return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_NAME, "names", err.Error())
		}
		keys[i] = key
	}
	records, err := c.records.Get(ctx, keys, l.how(mode))
	if err != nil {
		return nil, err
	}
	b := &Batch[T]{Freshness: c.Freshness()}
	for i, s := range records {
		if answer, met := l.answer(ctx, s); met {
			b.Found = append(b.Found, answer)
		} else {
			b.Missing = append(b.Missing, names[i])
		}
	}
	if err := c.fits(ctx, fmt.Sprintf("The answer with these %d %s", len(b.Found), c.kind.Collection), b.Found...); err != nil {
		return nil, err
	}
	return b, nil
}

// Freshness says how old the copy is.
func (c *Collection[T]) Freshness() *typesv1.Freshness {
	s := c.freshness.Status()
	return FreshnessOf(s.Verified, s.Reachable)
}

// FreshnessOf is the freshness of an answer that was last known to equal Odoo at a
// time; zero where that is not known.
func FreshnessOf(verified time.Time, reachable bool) *typesv1.Freshness {
	f := &typesv1.Freshness{OdooReachable: reachable}
	if !verified.IsZero() {
		f.VerifiedTime = timestamppb.New(verified)
	}
	return f
}
