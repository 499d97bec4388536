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
	q.masked = l.masked
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
		hits[i] = l.name(hits[i])
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
	if err := c.render(ctx, q, hits); err != nil {
		return nil, err
	}
	if len(page.Records) == 1 {
		// A page of one record can be larger than a client takes.
		if err := c.fits(ctx, resource.NameOf(c.kind.Collection, hits[0].key), page.Records[0]); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// render tells the transport of a page of whole records how to make JSON of them.
func (c *Collection[T]) render(ctx context.Context, q *query, hits []hit) error {
	reply := record.ReplyOf(ctx)
	if reply == nil || !reply.JSON || q.masked || q.view.Hides() {
		return nil
	}
	for _, h := range hits {
		if h.computed {
			continue
		}
		r, err := c.recent.Of(c.kind, h.key, h.raw, record.UnknownState)
		if err != nil {
			return err
		}
		reply.Add(r.As(h.record, h.names))
	}
	return nil
}

// fit tells how many of the hits are on the page: as many as were asked for, of as
// many bytes as a page has, and at least one.
func (q *query) fit(hits []hit) int {
	bytes := 0
	for i, h := range hits {
		if bytes += h.size; i == q.size || i > 0 && bytes > q.limit {
			return i
		}
	}
	return len(hits)
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

// hit is a record that a query found, with its place in the order.
type hit struct {
	key    []byte
	values [][]byte
	record proto.Message
	// names are those that the record was given.
	names record.Names
	// computed says that the record has more than the cache keeps of it.
	computed bool
	// raw is what the cache keeps of it.
	raw []byte
	// size is about how many bytes the record has on the wire, as it is shown.
	size int
}

// keep makes of a hit that passes what the page has of it.
func (q *query) keep(h hit) hit {
	h.record = q.show(h.record)
	if q.masked {
		h.size = proto.Size(h.record)
	}
	return h
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

// show decodes a record that a scan met, with its place in the order. Its record is
// nil where the caller does not meet it.
func (c *Collection[T]) show(h store.Hit, q *query) (hit, error) {
	m, err := c.kind.Decode(h.Value, c.freshness.Status().Verified)
	if err != nil {
		return hit{}, err
	}
	if m = meet(q.view, m); m == nil {
		return hit{}, nil
	}
	plain := m
	m = c.computed(m, q.asked)
	return hit{key: h.Key, values: q.order.values(m.ProtoReflect()), record: m, computed: m != plain, raw: h.Value, size: len(h.Value) + aroundContent}, nil
}
