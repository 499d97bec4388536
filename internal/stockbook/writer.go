package stockbook

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// eventsAtOnce is how many events become durable together: each brings some five
// facts, and a journal takes a few thousand at once.
const eventsAtOnce = 500

// writer gathers events and the facts that go with them, and records both together.
type writer struct {
	book *Book
	// mark is recorded with the events; nil where they are no whole step.
	mark *internalv1.BookMark
	tail *internalv1.BookTail
	over *overlay
	// base is the head that the events will stand behind.
	base   uint64
	events []*internalv1.KeptEvent
	shown  []*inventoryv1.InventoryEvent
	// quiet counts the changes that made no event since the mark was recorded.
	quiet int
}

// writer begins to write behind a mark, which may be nil.
func (b *Book) writer(mark *internalv1.BookMark) *writer {
	w := &writer{book: b, mark: proto.CloneOf(mark)}
	w.begin()
	return w
}

func (w *writer) begin() {
	facts := w.book.Journal.Facts()
	w.over, w.base = newOverlay(facts), facts.Position()
	w.events, w.shown = nil, nil
}

// tailKey is the fact that holds what the next entry goes on from.
var tailKey = []byte("tail")

func (w *writer) readTail() error {
	if w.tail != nil {
		return nil
	}
	w.tail = &internalv1.BookTail{}
	raw, err := w.over.get(tailKey)
	if err != nil {
		return err
	}
	return proto.Unmarshal(raw, w.tail)
}

// cause is what makes events: a place in the change log, and when it came.
type cause struct {
	change uint64
	at     time.Time
}

// change takes an entry of the change log over.
func (w *writer) change(ctx context.Context, entry store.Entry) error {
	var c internalv1.ChangeRecord
	if err := proto.Unmarshal(entry.Payload, &c); err != nil {
		return err
	}
	by := cause{entry.Position, entry.Time}
	var err error
	switch gone := c.GetKind() == internalv1.ChangeKind_CHANGE_KIND_DELETED; {
	case c.GetDomain() == movements && gone:
		err = w.undone(ctx, resource.KeyID(c.GetKey()), by)
	case c.GetDomain() == movements:
		err = w.movement(ctx, resource.KeyID(c.GetKey()), c.GetAfter(), by)
	case c.GetDomain() == lots && !gone:
		err = w.lot(resource.KeyID(c.GetKey()), c.GetAfter(), by)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.GetName(), err)
	}
	w.mark.Position = entry.Position
	w.quiet++
	if len(w.events) >= eventsAtOnce {
		return w.flush(ctx)
	}
	return nil
}

// movement tells what differs between a row as it is now and as it was told.
func (w *writer) movement(ctx context.Context, id int64, raw []byte, by cause) error {
	kept, m := &internalv1.CacheRecord{}, &inventoryv1.Movement{}
	if err := unpack(raw, kept, m); err != nil {
		return err
	}
	now := knownOf(m)
	was, err := w.over.row(id)
	if err != nil {
		return err
	}
	event := eventOf(m, kept)
	if was == nil {
		return w.tell(id, event, now, now.GetQuantity(), by)
	}
	now.FirstEvent, now.StatedEvent = was.GetFirstEvent(), was.GetStatedEvent()
	event.Corrects = resource.Name(Collection, int64(was.GetFirstEvent()))
	event.SourceTime = m.GetUpdateTime()
	if was.GetUndone() {
		return w.tell(id, event, now, now.GetQuantity(), by)
	}
	if samePlaces(was, now) {
		return w.differ(id, event, was, now, by)
	}
	if err := w.takeBack(ctx, was, event.GetSourceTime(), by); err != nil {
		return err
	}
	return w.tell(id, event, now, now.GetQuantity(), by)
}

// differ tells the difference of two quantities at the same places.
func (w *writer) differ(id int64, event *inventoryv1.InventoryEvent, was, now *internalv1.KnownRow, by cause) error {
	difference, err := subtract(now.GetQuantity(), was.GetQuantity())
	if err != nil || difference == "0" {
		return err
	}
	booked, err := subtract(now.GetBookedQuantity(), was.GetBookedQuantity())
	if err != nil {
		return err
	}
	event.BookedQuantity.Value = booked
	return w.emit(id, event, now, difference, by)
}

// tell tells all of a row.
func (w *writer) tell(id int64, event *inventoryv1.InventoryEvent, now *internalv1.KnownRow, quantity string, by cause) error {
	now.StatedEvent = w.next()
	if now.GetFirstEvent() == 0 {
		now.FirstEvent = now.GetStatedEvent()
	}
	return w.emit(id, event, now, quantity, by)
}

// undone takes back what was told of a row that is no longer done, or gone.
func (w *writer) undone(ctx context.Context, id int64, by cause) error {
	was, err := w.over.row(id)
	if err != nil || was == nil || was.GetUndone() {
		return err
	}
	if err := w.takeBack(ctx, was, timestamppb.New(by.at), by); err != nil {
		return err
	}
	was = proto.CloneOf(was)
	was.Undone = true
	return w.over.setRow(id, was)
}

// takeBack tells the opposite of what a row's events add up to.
func (w *writer) takeBack(ctx context.Context, was *internalv1.KnownRow, at *timestamppb.Timestamp, by cause) error {
	event, err := w.stated(ctx, was)
	if err != nil {
		return err
	}
	event.Corrects, event.SourceTime = resource.Name(Collection, int64(was.GetFirstEvent())), at
	quantity, err := subtract("", was.GetQuantity())
	if err != nil {
		return err
	}
	booked, err := subtract("", was.GetBookedQuantity())
	if err != nil {
		return err
	}
	if event.BookedQuantity != nil {
		event.BookedQuantity.Value = booked
	}
	return w.emit(0, event, was, quantity, by)
}

// lot tells that a lot's hold was placed or released.
func (w *writer) lot(id int64, raw []byte, by cause) error {
	kept, lot := &internalv1.CacheRecord{}, &inventoryv1.Lot{}
	if err := unpack(raw, kept, lot); err != nil {
		return err
	}
	was, err := w.over.get(holdKey(id))
	if err != nil || held(lot) == (was != nil) {
		return err
	}
	if held(lot) {
		w.over.put(holdKey(id), []byte{1})
	} else {
		w.over.put(holdKey(id), nil)
	}
	return w.keep(holdOf(lot, kept, timestamppb.New(by.at)), by)
}

func unpack(raw []byte, kept *internalv1.CacheRecord, into proto.Message) error {
	if err := proto.Unmarshal(raw, kept); err != nil {
		return err
	}
	return proto.Unmarshal(kept.GetBody(), into)
}
