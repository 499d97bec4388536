package stream

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/names"
	"odoomesh/internal/record"
	"odoomesh/internal/store"
)

const (
	defaultPage = 50
	maxPage     = 1000
	// passAtMost is how many events one call passes over in search of those that
	// its filter lets through: then it answers what it has, and a token.
	passAtMost = 100_000
)

// PageRequest is what a list of events is asked with.
type PageRequest interface {
	GetPageSize() int32
	GetPageToken() string
	GetFilter() string
	GetStartTime() *timestamppb.Timestamp
	GetEndTime() *timestamppb.Timestamp
	GetLast() int32
	GetReadMask() *fieldmaskpb.FieldMask
}

// Page is some events in the order of their positions; of the last ones the newest first.
type Page[T proto.Message] struct {
	Events []T
	// Next is the token of the next page; empty where the newest event was reached.
	Next string
	// Position is where a stream with the same filter goes on behind the page.
	Position string
}

// List answers a page. Before history is complete it is refused: a last page would
// not be the last one.
func (f *Feed[T]) List(ctx context.Context, r PageRequest) (*Page[T], error) {
	if !f.Complete() {
		return nil, f.incomplete()
	}
	at, asked, err := f.pageAt(ctx, r)
	if err != nil {
		return nil, err
	}
	s, err := f.selectBy(ctx, r.GetFilter(), r.GetReadMask(), asked)
	if err != nil {
		return nil, err
	}
	s.bounded(r, f.Time)
	floor, err := f.behind(ctx, r.GetStartTime(), false)
	if err != nil {
		return nil, err
	}
	head := f.Journal.Head()
	if r.GetPageToken() == "" {
		if at = floor; r.GetLast() > 0 {
			at = head + 1
		}
	}
	size := min(int(r.GetPageSize()), maxPage)
	if size <= 0 {
		size = defaultPage
	}
	page := &Page[T]{}
	var more bool
	behind := head
	if r.GetLast() > 0 {
		more, err = f.newest(ctx, s, &at, floor, int(r.GetLast()), page)
	} else {
		more, err = f.gather(ctx, s, &at, size, page)
		behind = at
	}
	if err != nil {
		return nil, err
	}
	if err := s.named.Err(); err != nil {
		return nil, err
	}
	s.show(page.Events, record.PageLimit(ctx)/2)
	page.Position = f.positionAt(behind, s.hash, s.tokens)
	if more {
		page.Next = s.tokens.Page(&internalv1.PageToken{StoreId: f.Journal.ID(), CallHash: f.listHash(r), Position: at, AskedMicros: uint64(asked.UnixMicro())})
	}
	return page, nil
}

// gather fills a page behind a position, which it moves, and tells whether there
// is more.
func (f *Feed[T]) gather(ctx context.Context, s *selection[T], at *uint64, size int, page *Page[T]) (more bool, err error) {
	limit, bytes := s.roomFor(record.PageLimit(ctx)), 0
	for passed := 0; ; {
		events, err := f.page(ctx, *at+1)
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			return false, f.tooOld(truncated.Oldest, s)
		}
		if err != nil {
			return false, err
		}
		if len(events) == 0 {
			return false, nil
		}
		for i := range events {
			before := len(page.Events)
			page.Events = s.pick(page.Events, events[i:i+1])
			if len(page.Events) > before {
				if bytes += events[i].size; before > 0 && bytes > limit {
					page.Events = page.Events[:before]
					return true, nil
				}
			}
			*at = events[i].Position
			if passed++; len(page.Events) == size || passed == passAtMost {
				return *at < f.Journal.Head(), nil
			}
		}
	}
}

// pageAt is where a page goes on, and when the first one was asked for.
func (f *Feed[T]) pageAt(ctx context.Context, r PageRequest) (at uint64, asked time.Time, err error) {
	if r.GetPageToken() == "" {
		return 0, f.Clock.Now(), nil
	}
	p, err := f.Tokens.For(ctx).ReadPage(r.GetPageToken(), f.Journal.ID(), f.listHash(r))
	if err != nil {
		return 0, asked, fault.Token("page_token", err)
	}
	if p.GetPosition() > f.Journal.Head() {
		return 0, asked, errFuture()
	}
	if micros := p.GetAskedMicros(); micros != 0 {
		return p.GetPosition(), time.UnixMicro(int64(micros)).UTC(), nil
	}
	return p.GetPosition(), f.Clock.Now(), nil
}

// Get answers one event by its position; false where it is not, or no longer, there.
func (f *Feed[T]) Get(ctx context.Context, position uint64, mask *fieldmaskpb.FieldMask) (event T, found bool, err error) {
	s, err := f.selectBy(ctx, "", mask, time.Time{})
	if err != nil || position < f.Journal.Oldest() || position > f.Journal.Head() {
		return event, false, err
	}
	entry, err := store.At(ctx, f.Journal, position)
	if err != nil {
		return event, false, err
	}
	if event, err = f.Show(entry); err != nil {
		return event, false, err
	}
	if event, found = s.meet(event); !found {
		return event, false, nil
	}
	return names.Beside(s.sight, s.mask, event), true, nil
}
