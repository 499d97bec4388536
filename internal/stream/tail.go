package stream

import (
	"context"
	"sync"

	"google.golang.org/protobuf/proto"

	"odoomesh/internal/record"
	"odoomesh/internal/store"
)

const (
	// tailLength is how many of the newest entries all readers share: whoever is
	// not further behind costs no reading of the journal, or of the change log.
	tailLength = 1024
	// pageLength is how many entries a reader takes at once.
	pageLength = 512
)

// tail is the newest events, read once for all who follow.
type tail[T proto.Message] struct {
	mu sync.Mutex
	// events have positions without a gap. The slice only grows until it is
	// replaced, so that parts of it can be given away.
	events []Event[T]
	// pages are the messages that were put together for the newest events, by the
	// first and the last of them.
	pages map[pageKey]*sharedPage
}

// pageKey is what readers who are sent the same message have in common.
type pageKey struct {
	first, last uint64
	names       record.NamesState
}

// pagesAtMost bounds how many of them are kept: readers who follow at the same pace
// are sent the same ones.
const pagesAtMost = 16

// shared is where the message of some events is kept. Of what is not at the tail
// nothing is kept: its readers go their own ways.
func (t *tail[T]) shared(key pageKey) *sharedPage {
	t.mu.Lock()
	defer t.mu.Unlock()
	if key.last > t.end() || len(t.events) == 0 || key.first < t.events[0].Position {
		return &sharedPage{}
	}
	page := t.pages[key]
	if page == nil {
		if page = new(sharedPage); t.pages == nil || len(t.pages) >= pagesAtMost {
			t.pages = map[pageKey]*sharedPage{}
		}
		t.pages[key] = page
	}
	return page
}

// page answers events from a position on, at most a page; none at the end.
func (f *Feed[T]) page(ctx context.Context, from uint64) ([]Event[T], error) {
	head := f.Journal.Head()
	if from > head {
		return nil, nil
	}
	if f.lags(from) {
		return f.read(ctx, nil, from, from+pageLength-1, f.shown)
	}
	f.tail.mu.Lock()
	defer f.tail.mu.Unlock()
	if f.tail.end() < from {
		if err := f.extend(ctx, from, head); err != nil {
			return nil, err
		}
	}
	if page := f.tail.from(from); page != nil {
		return page, nil
	}
	return f.read(ctx, nil, from, from+pageLength-1, f.shown)
}

// lags tells whether a reader is too far behind to share what others read.
func (f *Feed[T]) lags(from uint64) bool { return from+tailLength <= f.Journal.Head() }

// extend lets the tail reach up to the head. Whoever calls it holds the tail.
func (f *Feed[T]) extend(ctx context.Context, from, head uint64) error {
	if next := f.tail.end() + 1; next <= from && next+tailLength > head {
		from = next
	} else {
		f.tail.events = nil // nobody has followed for a while
	}
	grown, err := f.read(ctx, f.tail.events, from, head, f.shown)
	if err != nil {
		return err
	}
	if len(grown) > 2*tailLength {
		grown = append(make([]Event[T], 0, 2*tailLength+pageLength), grown[len(grown)-tailLength:]...)
	}
	f.tail.events, f.tail.pages = grown, nil
	return nil
}

// read appends the events of the journal from one position to another.
func (f *Feed[T]) read(ctx context.Context, to []Event[T], from, last uint64, show func(store.Entry) (Event[T], error)) ([]Event[T], error) {
	for entry, err := range f.Journal.Read(ctx, from) {
		if err != nil {
			return nil, err
		}
		if entry.Position > last {
			break
		}
		event, err := show(entry)
		if err != nil {
			return nil, err
		}
		event.Position, event.size = entry.Position, len(entry.Payload)
		to = append(to, event)
		if entry.Position == last {
			break
		}
	}
	return to, nil
}

func (f *Feed[T]) shown(e store.Entry) (Event[T], error) {
	event, err := f.Show(e)
	return Event[T]{Event: event}, err
}

func (f *Feed[T]) onTheWire(e store.Entry) (Event[T], error) {
	wire, err := f.Wire(e)
	return Event[T]{wire: wire}, err
}

// end is the position of the newest event; 0 for none.
func (t *tail[T]) end() uint64 {
	if len(t.events) == 0 {
		return 0
	}
	return t.events[len(t.events)-1].Position
}

// from is a page of the tail from a position on; nil where it does not reach back
// so far.
func (t *tail[T]) from(position uint64) []Event[T] {
	if len(t.events) == 0 || position < t.events[0].Position || position > t.end() {
		return nil
	}
	i := int(position - t.events[0].Position)
	j := min(i+pageLength, len(t.events))
	return t.events[i:j:j]
}
