package stream

import (
	"context"
	"time"

	"odoomesh/internal/record"
	"odoomesh/internal/token"
)

// listHash is what has to stay the same from page to page.
func (f *Feed[T]) listHash(r PageRequest) []byte {
	switch {
	case r.GetLast() == 0 && r.GetEndTime() == nil:
		return f.hashOf(r.GetFilter())
	case r.GetLast() == 0:
		return token.CallHash("events until", f.Collection, r.GetFilter(), r.GetEndTime().AsTime().Format(time.RFC3339Nano))
	case r.GetEndTime() == nil:
		return token.CallHash("events last", f.Collection, r.GetFilter())
	}
	return token.CallHash("events last until", f.Collection, r.GetFilter(), r.GetEndTime().AsTime().Format(time.RFC3339Nano))
}

// bounded leaves the events to a reader that happened before a time.
func (s *selection[T]) bounded(r PageRequest, timeOf func(T) time.Time) {
	if r.GetEndTime() == nil {
		return
	}
	end := r.GetEndTime().AsTime()
	s.whole, s.early = false, func(event T) bool { return timeOf(event).Before(end) }
}

// newest fills a page with events before a position, which it moves, the newest first,
// down to the one behind floor. It tells whether there is more where a page is full of
// bytes, or the filter has passed over too many.
func (f *Feed[T]) newest(ctx context.Context, s *selection[T], at *uint64, floor uint64, size int, page *Page[T]) (more bool, err error) {
	limit, bytes := s.roomFor(record.PageLimit(ctx)), 0
	for passed := 0; *at > floor+1; {
		from := floor + 1
		if *at > from+pageLength {
			from = *at - pageLength
		}
		events, err := f.read(ctx, nil, from, *at-1, f.shown)
		if err != nil {
			return false, err
		}
		for i := len(events) - 1; i >= 0; i-- {
			before := len(page.Events)
			page.Events = s.pick(page.Events, events[i:i+1])
			if len(page.Events) > before {
				if bytes += events[i].size; before > 0 && bytes > limit {
					page.Events = page.Events[:before]
					return true, nil
				}
			}
			*at = events[i].Position
			if len(page.Events) == size {
				return false, nil
			}
			if passed++; passed == passAtMost {
				return *at > floor+1, nil
			}
		}
		*at = from
	}
	return false, nil
}
