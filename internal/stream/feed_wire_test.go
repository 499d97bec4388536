package stream_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/record"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// A reader over gRPC is sent bytes, one who is far behind those of the journal, and
// gets every event once and in order, as one from inside does.
func TestAReaderOverGRPCIsSentBytes(t *testing.T) {
	log := stream.OpenLog(t)
	const events = 1500
	var payloads [][]byte
	for i := range int64(events) {
		raw, err := proto.Marshal(&inventoryv1.InventoryEvent{OdooMoveLineId: i + 1})
		if err != nil {
			t.Fatal(err)
		}
		payloads = append(payloads, raw)
	}
	if _, err := log.Append(t.Context(), time.Unix(0, 0), store.Drafts("events", payloads...)); err != nil {
		t.Fatal(err)
	}
	shown, sent := 0, 0
	feed, err := stream.NewFeed(stream.FeedDeps[*inventoryv1.InventoryEvent]{
		Collection: "inventoryEvents", Journal: log, Clock: clock.System{}, Heartbeat: time.Hour, Closing: make(chan struct{}),
		Complete: func() bool { return true },
		Show: func(e store.Entry) (*inventoryv1.InventoryEvent, error) {
			shown++
			out := &inventoryv1.InventoryEvent{}
			return out, proto.Unmarshal(e.Payload, out)
		},
		Wire: func(e store.Entry) ([]byte, error) { sent++; return e.Payload, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func(ctx context.Context) (got []int64) {
		t.Helper()
		end := errors.New("nothing is left")
		err := feed.Stream(ctx, &inventoryv1.StreamInventoryEventsRequest{}, func(b stream.Batch[*inventoryv1.InventoryEvent]) error {
			m, err := stream.Together(b, func(b stream.Batch[*inventoryv1.InventoryEvent]) *inventoryv1.StreamInventoryEventsResponse {
				return &inventoryv1.StreamInventoryEventsResponse{InventoryEvents: b.Events, ReachedEvent: int64(b.Reached), NewestEvent: int64(b.Newest)}
			})
			if err != nil {
				return err
			}
			message, ok := m.(*inventoryv1.StreamInventoryEventsResponse)
			if !ok {
				pieces, err := m.(interface{ Wire() ([][]byte, error) }).Wire()
				if err != nil {
					return err
				}
				message = &inventoryv1.StreamInventoryEventsResponse{}
				if err := proto.Unmarshal(bytes.Join(pieces, nil), message); err != nil {
					return err
				}
			}
			for _, e := range message.GetInventoryEvents() {
				got = append(got, e.GetOdooMoveLineId())
			}
			if message.GetReachedEvent() == message.GetNewestEvent() {
				return end
			}
			return nil
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
		return got
	}
	for name, ctx := range map[string]context.Context{"inside": t.Context(), "over gRPC": record.WithReply(t.Context(), &record.Reply{})} {
		shown, sent = 0, 0
		got := read(ctx)
		for i, id := range got {
			if id != int64(i+1) {
				t.Fatalf("%s: event %d is that of line %d", name, i, id)
			}
		}
		if len(got) != events {
			t.Errorf("%s: %d events", name, len(got))
		}
		if over := record.OverGRPC(ctx); over != (sent > 0) || over && shown >= events {
			t.Errorf("%s: %d were taken apart, %d sent as they are", name, shown, sent)
		}
	}
}
