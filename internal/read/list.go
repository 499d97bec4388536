package read

import (
	"context"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/filter"
	"odoomesh/internal/names"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

const (
	defaultPage = 50
	maxPage     = 1000
	// aroundContent is about what provenance and etag add to what the cache keeps.
	aroundContent = 128
)

// ListRequest is what every List asks with.
type ListRequest interface {
	GetPageSize() int32
	GetPageToken() string
	GetFilter() string
	GetOrderBy() string
	GetReadMask() *fieldmaskpb.FieldMask
	GetReadMode() *typesv1.ReadMode
	GetIncludeTotalSize() bool
}

// Page is the answer to a List.
type Page[T proto.Message] struct {
	Records   []T
	NextToken string
	Freshness *typesv1.Freshness
	// Total is how many records pass on all pages, where that was asked for. Capped says
	// that there are more.
	Total  *int32
	Capped *bool
}

// List answers the records that pass the filter, in the order asked for or else
// by id. The token of a page holds the place of its last record, not a number of
// records: what comes or goes meanwhile moves no other record over a page's edge.
func (c *Collection[T]) List(ctx context.Context, r ListRequest) (*Page[T], error) {
	if err := notLoaded(c.kind.Collection, c.freshness.Status()); err != nil {
		return nil, err
	}
	l, err := c.look(ctx, r.GetReadMask())
	if err != nil {
		return nil, err
	}
	q, err := c.query(ctx, r, l)
	if err != nil {
		return nil, err
	}
	q.show, q.limit = l.leave, record.PageLimit(ctx)
	q.verified = c.freshness.Status().Verified
	q.masked, q.how = l.masked, l.how(r.GetReadMode())
	q.shared = l.view == nil && !l.masked && !l.sight.Narrowed()
	if err := c.listFresh(r); err != nil {
		return nil, err
	}
	snapshot := c.cache.Snapshot()
	defer snapshot.Close()
	q.named.At(snapshot)
	hits, err := c.run(ctx, snapshot, q)
	if err != nil {
		return nil, err
	}
	for i := range hits {
		if hits[i], err = l.name(hits[i], q); err != nil {
			return nil, err
		}
	}
	page := &Page[T]{Freshness: c.Freshness()}
	if r.GetIncludeTotalSize() {
		total, capped, err := c.count(ctx, snapshot, q)
		if err != nil {
			return nil, err
		}
		page.Total, page.Capped = &total, &capped
	}
	if err := q.named.Err(); err != nil {
		return nil, err
	}
	if n := q.fit(hits); n < len(hits) {
		hits = hits[:n]
		page.NextToken = q.tokenAfter(hits[len(hits)-1], c.storeID, snapshot.Position())
	}
	for _, h := range hits {
		page.Records = append(page.Records, h.record.(T))
	}
	render(ctx, hits)
	if len(page.Records) == 1 {
		// A page of one record can be larger than a client takes.
		if err := c.fits(ctx, resource.NameOf(c.kind.Collection, hits[0].key), page.Records[0]); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// listFresh serves the read modes of a list: Odoo is not asked for a whole list,
// so that a bound which the copy misses is refused.
func (c *Collection[T]) listFresh(r ListRequest) error {
	mode := r.GetReadMode()
	switch {
	case mode.GetLive():
		return fault.InvalidField(errorsv1.Reason_REASON_NOT_SUPPORTED, "read_mode.live",
			"a list is answered from the mesh's copy: set read_mode.max_staleness to bound its age, or read single records live")
	case mode.GetMaxStaleness() != nil && !young(c.freshness.Status(), c.clock.Now(), mode):
		return stale(c.freshness.Status(), c.clock.Now(), mode, nil)
	}
	return nil
}

// query is a List made ready.
type query struct {
	size   int
	filter *filter.Filter
	order  *order
	after  *internalv1.PageToken
	hash   []byte
	// show leaves what was asked for of a record; masked says that it is not all.
	show   func(proto.Message) proto.Message
	masked bool
	// shared says that whole records are shown, as all callers are who meet everything; how
	// says with which names.
	shared bool
	how    how
	// verified is up to when the copy is known to equal Odoo, as all records of the page say.
	verified time.Time
	// limit is how many bytes of records the page has.
	limit int
	// view is what the caller meets; nil for everything.
	view *scope.View
	// named are the records that others name, as the caller meets them, and joined the names
	// of those that a condition finds, once it was looked for them.
	named  *names.Records
	joined *joined
	// asked is when the first page was asked for: what now() means on all of them.
	asked time.Time
	// tokens are those that the caller gets.
	tokens token.Tokens
}

// passes tells whether a record belongs into the list.
func (q *query) passes(h hit) bool { return h.record != nil && q.filter.Match(h.record.ProtoReflect()) }

func (c *Collection[T]) query(ctx context.Context, r ListRequest, l *look[T]) (*query, error) {
	fields := l.view.Indexes(c.fields)
	q := &query{view: l.view, named: l.caller.Records(), tokens: c.tokens.For(ctx), size: min(int(r.GetPageSize()), maxPage), hash: token.CallHash("list", c.kind.Collection, r.GetFilter(), r.GetOrderBy(), strings.Join(r.GetReadMask().GetPaths(), ","))}
	if q.size <= 0 {
		q.size = defaultPage
	}
	var err error
	if r.GetPageToken() != "" {
		if q.after, err = q.tokens.ReadPage(r.GetPageToken(), c.storeID, q.hash); err != nil {
			return nil, fault.Token("page_token", err)
		}
	}
	q.asked = c.askedAt(q.after)
	if q.filter, err = filter.Parse(r.GetFilter(), c.kind.Descriptor(), fields, filter.At(q.asked, c.location()), filter.Through(q.named)); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter", err.Error())
	}
	if q.order, err = parseOrder(r.GetOrderBy(), c.kind.Descriptor(), fields, l.view); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ORDER_BY, "order_by", err.Error())
	}
	if q.after != nil && len(q.after.GetOrderValues()) != len(q.order.fields) {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, "page_token", "the token does not fit the order")
	}
	return q, nil
}

func (q *query) tokenAfter(h hit, storeID string, position uint64) string {
	return q.tokens.Page(&internalv1.PageToken{
		StoreId: storeID, CallHash: q.hash, Position: position, AfterKey: h.key, OrderValues: h.values,
		AskedMicros: uint64(q.asked.UnixMicro()),
	})
}

// askedAt is when the first page of a list was asked for.
func (c *Collection[T]) askedAt(after *internalv1.PageToken) time.Time {
	return token.AskedAt(after, c.clock.Now())
}

// location is whose days the days of people are.
func (c *Collection[T]) location() *time.Location {
	if c.zone == nil {
		return time.UTC
	}
	return c.zone()
}

// run finds the page's records and one more, by the cheapest way: an index that
// the filter names, the index that gives the order, or all records by id.
func (c *Collection[T]) run(ctx context.Context, s store.Snapshot, q *query) ([]hit, error) {
	if equal := q.filter.Equalities(); len(equal) > 0 {
		return c.byEquality(ctx, s, q, equal[0])
	}
	if scan, found, err := c.byJoin(ctx, s, q); found || err != nil {
		if err != nil {
			return nil, err
		}
		return c.sorted(ctx, scan, q)
	}
	switch {
	case len(q.order.fields) == 0:
		return c.inOrder(ctx, s.Records(c.kind.Collection, store.Range{AfterKey: q.after.GetAfterKey()}), q)
	case len(q.order.fields) == 1 && q.order.fields[0].indexed:
		f := q.order.fields[0]
		r := store.Range{Descending: f.descending}
		if q.after != nil {
			r.AfterKey, r.AfterValue = q.after.GetAfterKey(), q.after.GetOrderValues()[0]
		}
		return c.inOrder(ctx, s.Index(c.kind.Collection, f.Path, r), q)
	default:
		return c.sorted(ctx, s.Records(c.kind.Collection, store.Range{}), q)
	}
}

// byEquality meets few records: those that pass are sorted where they are.
func (c *Collection[T]) byEquality(ctx context.Context, s store.Snapshot, q *query, e filter.Equality) ([]hit, error) {
	r := store.Range{Prefix: e.Value, Exact: true}
	scan := s.Index(c.kind.Collection, e.Field.Path, r)
	if len(q.order.fields) == 0 {
		// Equal values sort by key: the scan has the order already.
		if q.after != nil {
			r.AfterValue, r.AfterKey = e.Value, q.after.GetAfterKey()
		}
		return c.inOrder(ctx, s.Index(c.kind.Collection, e.Field.Path, r), q)
	}
	return c.sorted(ctx, scan, q)
}
