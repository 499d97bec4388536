package stockbook

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
)

// author tells what movements and lots mean.
type author struct {
	*Book
	// shown are the events that wait to be recorded.
	shown []*inventoryv1.InventoryEvent
}

// Begin implements journal.Author.
func (a *author) Begin() { a.shown = nil }

// Recorded implements journal.Author.
func (a *author) Recorded() { a.metrics.count(a.shown) }

// Records implements journal.Author.
func (a *author) Records() int64 { return a.Cache.Count(movements) }

// writer writes events behind those that an author has told.
type writer struct {
	*journal.Writer
	author *author
	over   overlay
}

func (a *author) writer(w *journal.Writer) *writer {
	return &writer{Writer: w, author: a, over: overlay{w}}
}

// Change takes an entry of the change log over.
func (a *author) Change(ctx context.Context, j *journal.Writer, c *internalv1.ChangeRecord, by journal.Cause) error {
	w := a.writer(j)
	switch gone := c.GetKind() == internalv1.ChangeKind_CHANGE_KIND_DELETED; {
	case c.GetCollection() == movements && gone:
		return w.undone(ctx, resource.KeyID(c.GetKey()), by)
	case c.GetCollection() == movements:
		return w.movement(ctx, resource.KeyID(c.GetKey()), c.GetAfter(), by)
	case c.GetCollection() == lots && !gone:
		return w.lot(resource.KeyID(c.GetKey()), c.GetAfter(), by)
	}
	return nil
}

// movement tells what differs between a row as it is now and as it was told.
func (w *writer) movement(ctx context.Context, id int64, raw []byte, by journal.Cause) error {
	kept, m := &internalv1.CacheRecord{}, &inventoryv1.Movement{}
	if err := unpack(raw, kept, m); err != nil {
		return err
	}
	now := knownOf(m)
	for _, quantity := range []string{now.GetQuantity(), now.GetBookedQuantity()} {
		// What cannot be read tells nothing: not even that what was told is no more.
		if _, err := number(quantity); err != nil {
			return err
		}
	}
	was, err := w.over.row(id)
	if err != nil {
		return err
	}
	event := eventOf(m, kept)
	if was == nil {
		return w.first(id, event, now, by)
	}
	now.FirstEvent, now.StatedEvent = was.GetFirstEvent(), was.GetStatedEvent()
	event.Corrects = resource.Name(Collection, int64(was.GetFirstEvent()))
	event.SourceTime = m.GetUpdateTime()
	switch {
	case was.GetUndone(), nought(was.GetQuantity()):
	case samePlaces(was, now):
		return w.differ(id, event, was, now, by)
	default:
		if err := w.takeBack(ctx, was, event.GetSourceTime(), by); err != nil {
			return err
		}
	}
	if nought(now.GetQuantity()) {
		return w.over.setRow(id, now)
	}
	return w.tell(id, event, now, now.GetQuantity(), by)
}

// first tells a row that the book does not know. One that moved nothing is no event,
// and known from when it moves something; but a count that found what was known is one.
func (w *writer) first(id int64, event *inventoryv1.InventoryEvent, now *internalv1.KnownRow, by journal.Cause) error {
	if nought(now.GetQuantity()) {
		if !counts(event) {
			return nil
		}
		event.Type = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_COUNT_CONFIRMED
	}
	return w.tell(id, event, now, now.GetQuantity(), by)
}

// differ tells the difference of two quantities at the same places.
func (w *writer) differ(id int64, event *inventoryv1.InventoryEvent, was, now *internalv1.KnownRow, by journal.Cause) error {
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

// tell makes an event of all that a row says: nothing of it is told as it stands.
func (w *writer) tell(id int64, event *inventoryv1.InventoryEvent, now *internalv1.KnownRow, quantity string, by journal.Cause) error {
	now.StatedEvent = w.Next()
	if now.GetFirstEvent() == 0 {
		now.FirstEvent = now.GetStatedEvent()
	}
	return w.emit(id, event, now, quantity, by)
}

// undone takes back what was told of a row that is no longer done, or gone.
func (w *writer) undone(ctx context.Context, id int64, by journal.Cause) error {
	was, err := w.over.row(id)
	if err != nil || was == nil || was.GetUndone() {
		return err
	}
	if !nought(was.GetQuantity()) {
		if err := w.takeBack(ctx, was, timestamppb.New(by.At), by); err != nil {
			return err
		}
	}
	was = proto.CloneOf(was)
	was.Undone = true
	return w.over.setRow(id, was)
}

// takeBack tells the opposite of what a row's events add up to.
func (w *writer) takeBack(ctx context.Context, was *internalv1.KnownRow, at *timestamppb.Timestamp, by journal.Cause) error {
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
func (w *writer) lot(id int64, raw []byte, by journal.Cause) error {
	kept, lot := &internalv1.CacheRecord{}, &inventoryv1.Lot{}
	if err := unpack(raw, kept, lot); err != nil {
		return err
	}
	was, err := w.Get(holdKey(id))
	if err != nil || held(lot) == (was != nil) {
		return err
	}
	if held(lot) {
		w.Put(holdKey(id), []byte{1})
	} else {
		w.Put(holdKey(id), nil)
	}
	return w.keep(holdOf(lot, kept, timestamppb.New(by.At)), by)
}

func unpack(raw []byte, kept *internalv1.CacheRecord, into proto.Message) error {
	if err := proto.Unmarshal(raw, kept); err != nil {
		return err
	}
	return proto.Unmarshal(kept.GetBody(), into)
}
