package stockbook

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// Collection is the first part of the names of events.
const Collection = "inventoryEvents"

// Show makes the event of an entry as callers see it. instance is the name of
// the Odoo that it comes from.
func Show(entry store.Entry, instance string) (*inventoryv1.InventoryEvent, error) {
	event := &inventoryv1.InventoryEvent{}
	if err := journal.Open(entry, event); err != nil {
		return nil, err
	}
	event.Name = resource.Name(Collection, int64(entry.Position))
	event.RecordedTime = timestamppb.New(entry.Time)
	if event.Provenance == nil {
		event.Provenance = &typesv1.Provenance{}
	}
	event.Provenance.OdooInstance, event.Provenance.Revision = instance, int64(entry.Position)
	return event, nil
}

// wire makes the bytes of what Show makes: those that the journal keeps, with what Show
// adds behind them. On the wire a message that comes in two parts is one.
func wire(entry store.Entry, instance string) ([]byte, error) {
	more, err := proto.Marshal(&inventoryv1.InventoryEvent{
		Name: resource.Name(Collection, int64(entry.Position)), RecordedTime: timestamppb.New(entry.Time),
		Provenance: &typesv1.Provenance{OdooInstance: instance, Revision: int64(entry.Position)},
	})
	if err != nil {
		return nil, err
	}
	kept, err := journal.Kept(entry)
	return append(kept[:len(kept):len(kept)], more...), err
}

// Feed is what streams of the events read from. instance is the name of the Odoo
// that they come from; a stream is quiet no longer than heartbeat, and ends when
// closing is closed.
func (b *Book) Feed(instance string, heartbeat time.Duration, closing <-chan struct{}) stream.FeedDeps[*inventoryv1.InventoryEvent] {
	return stream.FeedDeps[*inventoryv1.InventoryEvent]{
		Collection: Collection, Journal: b.Journal,
		Show:   func(e store.Entry) (*inventoryv1.InventoryEvent, error) { return Show(e, instance) },
		Wire:   func(e store.Entry) ([]byte, error) { return wire(e, instance) },
		Time:   func(e *inventoryv1.InventoryEvent) time.Time { return e.GetSourceTime().AsTime() },
		Latest: journal.Latest, Complete: b.Ready,
		Clock: b.Clock, Heartbeat: heartbeat, Closing: closing,
	}
}

// nameOf is a resource name; empty for no id.
func nameOf(collection string, id int64) string {
	if id == 0 {
		return ""
	}
	return resource.Name(collection, id)
}
