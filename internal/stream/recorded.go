package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/record"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// effort bounds what one call does of the log: an entry of a collection that was not asked
// for costs 1, and one that is taken apart costs entryEffort.
const (
	effort      = 200_000
	entryEffort = 10
)

// RecordedDeps is what Recorded reads from.
type RecordedDeps struct {
	// Kinds are those of all collections, by name.
	Kinds map[string]*record.Kind
	Log   store.Log
	Cache store.Cache
	// Tokens makes positions and the tokens of the next pages.
	Tokens *token.Maker
}

// Recorded lists what the log tells of the changes of all collections, to each caller as a
// watch would.
type Recorded struct{ RecordedDeps }

// NewRecorded makes the lists of what a log tells.
func NewRecorded(d RecordedDeps) *Recorded { return &Recorded{d} }

// RecordedChange is one change of one record, as the caller meets it.
type RecordedChange struct {
	Collection, Name string
	Type             typesv1.ChangeType
	Recorded         time.Time
	// Record is the newest state of the record that the caller meets.
	Record proto.Message
	// Paths are the changed fields of an UPDATED record.
	Paths []string
	// Previous and Current are what these fields were and are. Where the record is new,
	// Current is all of it, and where it is gone, Previous.
	Previous, Current *structpb.Struct
	// Size is how many bytes both have.
	Size int
}

// tell is what a change is to a caller with a view; nil where it is none.
func tell(view *scope.View, kind *record.Kind, c *change) (*RecordedChange, error) {
	before, after := met(view, c.before), met(view, c.after)
	told := &RecordedChange{Collection: kind.Collection, Recorded: c.recorded, Record: after}
	var shown []string
	switch {
	case before == nil && after == nil:
		return nil, nil
	case before == nil:
		told.Type = typesv1.ChangeType_CHANGE_TYPE_CREATED
	case after == nil:
		told.Type, told.Record = typesv1.ChangeType_CHANGE_TYPE_DELETED, before
	default:
		d := differenceOf(before, after)
		if len(d.paths) == 0 {
			return nil, nil
		}
		told.Type, told.Paths, shown = typesv1.ChangeType_CHANGE_TYPE_UPDATED, d.paths, d.shown
		before, after = d.before.Interface(), d.after.Interface()
	}
	told.Name = record.NameOf(told.Record)
	var err error
	if told.Previous, err = formOf(before, shown); err != nil {
		return nil, fmt.Errorf("showing what %s was: %w", told.Name, err)
	}
	if told.Current, err = formOf(after, shown); err != nil {
		return nil, fmt.Errorf("showing what %s is: %w", told.Name, err)
	}
	told.Size = proto.Size(told.Previous) + proto.Size(told.Current)
	return told, nil
}

// met is what a caller meets of a record; nil for one that it does not meet, and for none.
func met(view *scope.View, m proto.Message) proto.Message {
	if m == nil || view != nil && !view.Sees(record.CompanyOf(m), m.ProtoReflect()) {
		return nil
	}
	return view.Show(m)
}

// RecordedRequest is what a list of changes is asked with.
type RecordedRequest interface {
	GetCollections() []string
	GetStartTime() *timestamppb.Timestamp
	GetPosition() string
	GetEndTime() *timestamppb.Timestamp
	GetPageSize() int32
	GetPageToken() string
}

// RecordedPage is some changes: a list has the oldest first, a history the newest.
type RecordedPage struct {
	Changes []*RecordedChange
	// Next is the token of the next page; empty at the end.
	Next string
	// Position is where a list goes on behind the page.
	Position string
	// Dropped says that there may have been older changes, which the log does not keep.
	Dropped bool
}

// List answers a page of the changes of some collections, which the caller may watch.
func (l *Recorded) List(ctx context.Context, collections []string, r RecordedRequest) (*RecordedPage, error) {
	views, err := l.views(ctx, collections)
	if err != nil {
		return nil, err
	}
	tokens := l.Tokens.For(ctx)
	hash := token.CallHash(append([]string{"changes", moment(r.GetStartTime()), moment(r.GetEndTime()), r.GetPosition()}, r.GetCollections()...)...)
	position := func(at uint64) string {
		return tokens.Position(&internalv1.StreamPosition{StoreId: l.Log.ID(), Position: at, CallHash: token.CallHash("changes")})
	}
	at, err := l.behind(ctx, r, tokens, hash, position)
	if err != nil {
		return nil, err
	}
	page := &RecordedPage{}
	more, err := l.gather(ctx, views, r, &at, page)
	var truncated *store.TruncatedError
	if errors.As(err, &truncated) {
		return nil, fault.PositionTooOld(position(truncated.Oldest - 1))
	}
	if err != nil {
		return nil, err
	}
	page.Position = position(at)
	if more {
		page.Next = tokens.Page(&internalv1.PageToken{StoreId: l.Log.ID(), CallHash: hash, Position: at})
	}
	return page, nil
}

// behind is the place in the log that a page begins behind.
func (l *Recorded) behind(ctx context.Context, r RecordedRequest, tokens token.Tokens, hash []byte, position func(uint64) string) (uint64, error) {
	var at uint64
	switch {
	case r.GetPageToken() != "":
		p, err := tokens.ReadPage(r.GetPageToken(), l.Log.ID(), hash)
		if err != nil {
			return 0, fault.Token("page_token", err)
		}
		at = p.GetPosition()
	case r.GetPosition() != "":
		p, err := tokens.ReadPosition(r.GetPosition(), l.Log.ID(), nil)
		if err != nil {
			return 0, fault.Token("position", err)
		}
		at = p.GetPosition()
	case r.GetStartTime() != nil:
		first, err := since(ctx, l.Log, r.GetStartTime().AsTime(), position)
		return first - 1, err
	default:
		return l.Log.Oldest() - 1, nil
	}
	if at > l.Log.Head() {
		return 0, errFuture()
	}
	return at, nil
}

// views are what the caller meets of some collections.
func (l *Recorded) views(ctx context.Context, collections []string) (map[string]*scope.View, error) {
	views := make(map[string]*scope.View, len(collections))
	for _, name := range collections {
		kind := l.Kinds[name]
		if kind == nil {
			return nil, fmt.Errorf("there is no collection %q", name)
		}
		view, err := viewOf(ctx, name, kind.Descriptor())
		if err != nil {
			return nil, err
		}
		views[name] = view
	}
	return views, nil
}

// Meets tells whether the caller meets anything of a collection at all.
func (l *Recorded) Meets(ctx context.Context, collection string) (bool, error) {
	view, err := scope.From(ctx).View(collection, l.Kinds[collection].Descriptor())
	return err == nil && !view.Refused(), err
}

// gather fills a page behind a place in the log, which it moves, and tells whether there is
// more.
func (l *Recorded) gather(ctx context.Context, views map[string]*scope.View, r RecordedRequest, at *uint64, page *RecordedPage) (more bool, err error) {
	size, limit, bytes, done := sizeOf(r.GetPageSize()), record.PageLimit(ctx), 0, 0
	for entry, err := range l.Log.Read(ctx, *at+1) {
		if err != nil {
			return false, err
		}
		if r.GetEndTime() != nil && !entry.Time.Before(r.GetEndTime().AsTime()) {
			return false, nil
		}
		told, cost, err := l.told(views, entry)
		if err != nil {
			return false, err
		}
		if told != nil {
			if bytes += told.Size; len(page.Changes) > 0 && bytes > limit {
				return true, nil
			}
			page.Changes = append(page.Changes, told)
		}
		*at = entry.Position
		if done += cost; len(page.Changes) == size || done >= effort {
			return *at < l.Log.Head(), nil
		}
	}
	return false, nil
}

// told is what an entry tells a caller, and what it cost; nil for nothing. An entry that
// cannot be read is passed over: capture tells of it.
func (l *Recorded) told(views map[string]*scope.View, entry store.Entry) (*RecordedChange, int, error) {
	view, wanted := views[entry.Collection]
	if !wanted {
		return nil, 1, nil
	}
	kind := l.Kinds[entry.Collection]
	one, err := decoded(kind, entry)
	if errors.Is(err, proto.Error) {
		return nil, entryEffort, nil
	}
	if err != nil {
		return nil, 0, err
	}
	told, err := tell(view, kind, one)
	return told, entryEffort, err
}

func sizeOf(asked int32) int {
	if asked <= 0 {
		return defaultPage
	}
	return min(int(asked), maxPage)
}

// Collections are all that there are, by name.
func (l *Recorded) Collections() []string {
	names := make([]string, 0, len(l.Kinds))
	for name := range l.Kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// moment is a time as a token is bound to it; empty for none.
func moment(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().Format(time.RFC3339Nano)
}
