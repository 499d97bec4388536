package stockbook

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/store"
)

// next is the position that the next event will have: nobody else appends.
func (w *writer) next() uint64 { return w.base + uint64(len(w.events)) + 1 }

// emit gives an event its quantity and its balances, and notes what is known of
// the row now; id 0 is for what an event alone knows.
func (w *writer) emit(id int64, event *inventoryv1.InventoryEvent, now *internalv1.KnownRow, quantity string, by cause) error {
	q, err := number(quantity)
	if err != nil {
		return err
	}
	from, to := source(now), destination(now)
	if _, err := w.over.add(from, negated(q)); err != nil {
		return err
	}
	there, err := w.over.add(to, q)
	if err != nil {
		return err
	}
	here, err := w.over.get(from.shelf())
	if err != nil {
		return err
	}
	left, err := number(string(here))
	if err != nil {
		return err
	}
	event.Quantity = decimalOf(q)
	event.SourceBalance, event.DestinationBalance = decimalOf(left), decimalOf(there)
	if id != 0 {
		if err := w.over.setRow(id, now); err != nil {
			return err
		}
	}
	return w.keep(event, by)
}

// keep puts an event behind those that wait to be recorded.
func (w *writer) keep(event *inventoryv1.InventoryEvent, by cause) error {
	if err := w.readTail(); err != nil {
		return err
	}
	raw, err := proto.Marshal(event)
	if err != nil {
		return err
	}
	w.tail.LatestMicros = max(w.tail.GetLatestMicros(), event.GetSourceTime().AsTime().UnixMicro())
	w.events = append(w.events, &internalv1.KeptEvent{
		Event: raw, Change: by.change, LatestMicros: w.tail.GetLatestMicros(), BytesBefore: w.tail.GetBytes(),
	})
	w.shown = append(w.shown, event)
	w.tail.Bytes += uint64(len(raw))
	return nil
}

// stated is the latest event that told all of a row, without its balances. Where
// retention has taken it, only what the book itself knows is left.
func (w *writer) stated(ctx context.Context, was *internalv1.KnownRow) (*inventoryv1.InventoryEvent, error) {
	if i := int64(was.GetStatedEvent()) - int64(w.base) - 1; i >= 0 && i < int64(len(w.shown)) {
		return proto.CloneOf(w.shown[i]), nil
	}
	for entry, err := range w.book.Journal.Read(ctx, was.GetStatedEvent()) {
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			break
		}
		if err != nil {
			return nil, err
		}
		_, event, err := open(entry)
		return event, err
	}
	return bare(was), nil
}

// finish records what waits, or at least how far the book has come where many
// changes have made no event.
func (w *writer) finish(ctx context.Context) error {
	if len(w.events) == 0 && len(w.over.set) == 0 && w.quiet < markEvery {
		w.book.advance(w.mark.GetPosition())
		return nil
	}
	return w.flush(ctx)
}

func (w *writer) close() { w.over.below.Close() }

// flush makes the events durable together with the facts.
func (w *writer) flush(ctx context.Context) error {
	defer func() {
		w.close()
		w.begin()
	}()
	payloads := make([][]byte, len(w.events))
	for i, e := range w.events {
		raw, err := proto.Marshal(e)
		if err != nil {
			return err
		}
		payloads[i] = raw
	}
	if err := w.putMessage(tailKey, w.tail); err != nil {
		return err
	}
	if err := w.putMessage(markKey, w.mark); err != nil {
		return err
	}
	facts := w.over.facts()
	if len(payloads) == 0 && len(facts) == 0 {
		return nil
	}
	first, err := w.book.Journal.Record(ctx, w.book.Clock.Now(), payloads, facts)
	if err != nil {
		return fmt.Errorf("recording %d events: %w", len(payloads), err)
	}
	if len(payloads) > 0 && first != w.base+1 {
		return fmt.Errorf("events of the book stand at %d, not at %d: somebody else appends to its journal", first, w.base+1)
	}
	w.book.metrics.count(w.shown)
	w.quiet = 0
	w.book.advance(w.mark.GetPosition())
	return nil
}

// putMessage sets a fact; a nil message leaves it as it is.
func (w *writer) putMessage(key []byte, m proto.Message) error {
	if !m.ProtoReflect().IsValid() {
		return nil
	}
	raw, err := proto.Marshal(m)
	if err == nil {
		w.over.put(key, raw)
	}
	return err
}

func (b *Book) advance(position uint64) {
	if position > b.followed.Load() {
		b.followed.Store(position)
	}
}

// subtract takes one decimal text from another.
func subtract(from, what string) (string, error) {
	a, err := number(from)
	if err != nil {
		return "", err
	}
	b, err := number(what)
	if err != nil {
		return "", err
	}
	d, err := less(a, b)
	return written(d), err
}

// bare is an event of what the book knows of a row.
func bare(k *internalv1.KnownRow) *inventoryv1.InventoryEvent {
	return &inventoryv1.InventoryEvent{
		Product: nameOf("products", k.GetProduct()), Lot: nameOf("lots", k.GetLot()),
		SourceLocation: nameOf("locations", k.GetSourceLocation()), DestinationLocation: nameOf("locations", k.GetDestinationLocation()),
		Owner: nameOf("partners", k.GetOwner()), SourcePackage: nameOf("packages", k.GetSourcePackage()),
		DestinationPackage: nameOf("packages", k.GetDestinationPackage()), BookedQuantity: &decimal.Decimal{},
	}
}
