package stockbook

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/store"
)

// emit gives an event its quantity and its balances, and notes what is known of
// the row now; id 0 is for what an event alone knows.
func (w *writer) emit(id int64, event *inventoryv1.InventoryEvent, now *internalv1.KnownRow, quantity string, by journal.Cause) error {
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
	here, err := w.Get(from.shelf())
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
func (w *writer) keep(event *inventoryv1.InventoryEvent, by journal.Cause) error {
	w.author.shown = append(w.author.shown, event)
	return w.Keep(event, event.GetSourceTime().AsTime(), by)
}

// stated is the latest event that told all of a row, without its balances. Where
// retention has taken it, only what the book itself knows is left.
func (w *writer) stated(ctx context.Context, was *internalv1.KnownRow) (*inventoryv1.InventoryEvent, error) {
	if i := int64(was.GetStatedEvent()) - int64(w.Base()) - 1; i >= 0 && i < int64(len(w.author.shown)) {
		return proto.CloneOf(w.author.shown[i]), nil
	}
	for entry, err := range w.author.Journal.Read(ctx, was.GetStatedEvent()) {
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			break
		}
		if err != nil {
			return nil, err
		}
		event := &inventoryv1.InventoryEvent{}
		return event, journal.Open(entry, event)
	}
	return bare(was), nil
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
