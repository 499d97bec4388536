package stream_test

import (
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// A reader has to know that it has seen everything up to now, at once and not with
// the next heartbeat, also when its filter lets none of the newest events through.
func TestAStreamSaysHowFarItIsAndWhenItHasComeToTheNewestEvent(t *testing.T) {
	log := stream.OpenLog(t)
	const events = 40
	var payloads [][]byte
	for i := range events {
		kind := inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT
		if i == 6 {
			kind = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_SCRAP // event 7
		}
		raw, err := proto.Marshal(&inventoryv1.InventoryEvent{Type: kind})
		if err != nil {
			t.Fatal(err)
		}
		payloads = append(payloads, raw)
	}
	if _, err := log.Append(t.Context(), time.Unix(0, 0), store.Drafts("events", payloads...)); err != nil {
		t.Fatal(err)
	}
	feed, err := stream.NewFeed(stream.FeedDeps[*inventoryv1.InventoryEvent]{
		Collection: "inventoryEvents", Journal: log, Clock: clock.System{}, Heartbeat: time.Hour, Closing: make(chan struct{}),
		Complete: func() bool { return true },
		Show: func(e store.Entry) (*inventoryv1.InventoryEvent, error) {
			out := &inventoryv1.InventoryEvent{}
			return out, proto.Unmarshal(e.Payload, out)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	type told struct {
		events          int
		reached, newest uint64
	}
	// until reads until a message says that nothing is left.
	until := func(r *inventoryv1.StreamInventoryEventsRequest) (all []told, position string) {
		t.Helper()
		end := errors.New("nothing is left")
		err := feed.Stream(t.Context(), r, func(b stream.Batch[*inventoryv1.InventoryEvent]) error {
			all, position = append(all, told{len(b.Events), b.Reached, b.Newest}), b.Position
			if b.Reached == b.Newest {
				return end
			}
			return nil
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
		return all, position
	}
	for _, tt := range []struct {
		name string
		ask  *inventoryv1.StreamInventoryEventsRequest
		want []told
	}{
		{"everything", &inventoryv1.StreamInventoryEventsRequest{BatchSize: 16}, []told{{16, 16, events}, {16, 32, events}, {8, 40, events}}},
		{"one that passes", &inventoryv1.StreamInventoryEventsRequest{Filter: "type = SCRAP", BatchSize: 16}, []told{{1, 16, events}, {0, 40, events}}},
		{"none that passes", &inventoryv1.StreamInventoryEventsRequest{Filter: "type = DELIVERY"}, []told{{0, 40, events}}},
		{"from now", &inventoryv1.StreamInventoryEventsRequest{FromNow: true}, []told{{0, 40, events}}},
	} {
		got, position := until(tt.ask)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
		if again, _ := until(&inventoryv1.StreamInventoryEventsRequest{Filter: tt.ask.Filter, Position: position}); len(again) != 1 || again[0] != (told{0, events, events}) {
			t.Errorf("%s, gone on with: %v", tt.name, again)
		}
	}
}
