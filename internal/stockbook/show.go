package stockbook

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// Collection is the first part of the names of events.
const Collection = "inventoryEvents"

// Show makes the event of an entry as callers see it. instance is the name of
// the Odoo that it comes from.
func Show(entry store.Entry, instance string) (*inventoryv1.InventoryEvent, error) {
	_, event, err := open(entry)
	if err != nil {
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

// Seal makes the event of an entry for being sent only (see record.Seal): the bytes
// that the journal keeps, with what Show adds behind them. On the wire a message
// that comes in two parts is one.
func Seal(entry store.Entry, instance string) (*inventoryv1.InventoryEvent, error) {
	more, err := proto.Marshal(&inventoryv1.InventoryEvent{
		Name: resource.Name(Collection, int64(entry.Position)), RecordedTime: timestamppb.New(entry.Time),
		Provenance: &typesv1.Provenance{OdooInstance: instance, Revision: int64(entry.Position)},
	})
	if err != nil {
		return nil, err
	}
	kept, err := eventIn(entry)
	if err != nil {
		return nil, err
	}
	event := &inventoryv1.InventoryEvent{}
	event.ProtoReflect().SetUnknown(append(kept[:len(kept):len(kept)], more...))
	return event, nil
}

// eventIn is KeptEvent.event as it stands in an entry.
func eventIn(entry store.Entry) ([]byte, error) {
	for rest := entry.Payload; len(rest) > 0; {
		number, kind, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return nil, fmt.Errorf("reading event %d: %w", entry.Position, protowire.ParseError(n))
		}
		size := protowire.ConsumeFieldValue(number, kind, rest[n:])
		if size < 0 {
			return nil, fmt.Errorf("reading event %d: %w", entry.Position, protowire.ParseError(size))
		}
		if number == 1 && kind == protowire.BytesType {
			event, _ := protowire.ConsumeBytes(rest[n:])
			return event, nil
		}
		rest = rest[n+size:]
	}
	return nil, fmt.Errorf("entry %d holds no event", entry.Position)
}

// Feed is what streams of the events read from. instance is the name of the Odoo
// that they come from; a stream is quiet no longer than heartbeat, and ends when
// closing is closed.
func (b *Book) Feed(instance string, heartbeat time.Duration, closing <-chan struct{}) stream.FeedDeps[*inventoryv1.InventoryEvent] {
	return stream.FeedDeps[*inventoryv1.InventoryEvent]{
		Collection: Collection, Journal: b.Journal,
		Show:   func(e store.Entry) (*inventoryv1.InventoryEvent, error) { return Show(e, instance) },
		Seal:   func(e store.Entry) (*inventoryv1.InventoryEvent, error) { return Seal(e, instance) },
		Latest: Latest, Complete: b.Ready,
		Clock: b.Clock, Heartbeat: heartbeat, Closing: closing,
	}
}

// Latest is the latest source_time of the events up to an entry.
func Latest(entry store.Entry) (time.Time, error) {
	kept, err := opened(entry)
	return time.UnixMicro(kept.GetLatestMicros()).UTC(), err
}

func opened(entry store.Entry) (*internalv1.KeptEvent, error) {
	kept := &internalv1.KeptEvent{}
	if err := proto.Unmarshal(entry.Payload, kept); err != nil {
		return nil, fmt.Errorf("reading event %d: %w", entry.Position, err)
	}
	return kept, nil
}

func open(entry store.Entry) (*internalv1.KeptEvent, *inventoryv1.InventoryEvent, error) {
	kept, err := opened(entry)
	if err != nil {
		return nil, nil, err
	}
	event := &inventoryv1.InventoryEvent{}
	if err := proto.Unmarshal(kept.GetEvent(), event); err != nil {
		return nil, nil, fmt.Errorf("reading event %d: %w", entry.Position, err)
	}
	return kept, event, nil
}

// nameOf is a resource name; empty for no id.
func nameOf(collection string, id int64) string {
	if id == 0 {
		return ""
	}
	return resource.Name(collection, id)
}
