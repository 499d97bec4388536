package stockbook

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/stream"
)

// What retention drops is told to who wants it, with the oldest position that is
// left; the balances and what is known of each row stay.
func TestRetentionKeepsBalancesAndTellsReaders(t *testing.T) {
	w := newWorld(t, t.TempDir())
	t.Cleanup(w.Close)
	const moves = 1500
	for range moves {
		w.last++
		w.set(t, w.last, movementOf(w, "1"), true)
	}
	w.Loaded()
	w.catchUp(t)
	if w.Journal.Head() != moves {
		t.Fatalf("%d events, want %d", w.Journal.Head(), moves)
	}
	position := firstPosition(t, w, "")
	w.most = 20_000
	w.restart(t)
	running(t, w)
	for w.Journal.Oldest() == 1 {
		select {
		case <-t.Context().Done():
			t.Fatal("nothing was dropped")
		case <-time.After(time.Millisecond): // until the book has looked
		}
	}
	oldest := w.Journal.Oldest()
	if oldest < moves/2 || oldest > moves {
		t.Errorf("of %d events those from %d on are left", moves, oldest)
	}
	_, err := first(t, w, position)
	var refused *fault.Error
	if !errors.As(err, &refused) {
		t.Fatalf("a position that is gone: %v", err)
	}
	told, _ := fault.Read(refused.GRPCStatus().Err())
	if told.Reason != "POSITION_TOO_OLD" {
		t.Errorf("refused with %v", told)
	}
	facts := w.Journal.Facts()
	defer facts.Close()
	p := place{product: 1, location: 2}
	if raw, err := facts.Get(p.key()); err != nil || string(raw) != "1500" {
		t.Errorf("the balance is %s, %v", raw, err)
	}
	// The first event about the row is gone: what takes it back knows the places.
	w.set(t, 1, nil, true)
	for w.Journal.Head() == moves {
		select {
		case <-t.Context().Done():
			t.Fatal("no event took the first row back")
		case <-w.Journal.Grown(moves):
		}
	}
	got, err := first(t, w, "")
	if err != nil || got[len(got)-1].GetCorrects() != "inventoryEvents/1" || got[len(got)-1].GetQuantity().GetValue() != "-1" || got[len(got)-1].GetSourceLocation() != "locations/1" {
		t.Errorf("the last of %d events is %v, %v", len(got), got[len(got)-1], err)
	}
}

func movementOf(w *world, quantity string) *inventoryv1.Movement {
	return &inventoryv1.Movement{
		Product: "products/1", SourceLocation: "locations/1", DestinationLocation: "locations/2", MoveTime: w.Tick(),
		Quantity: &decimal.Decimal{Value: quantity}, BookedQuantity: &decimal.Decimal{Value: quantity},
	}
}

// running lets the book write by itself until the test ends.
func running(t *testing.T, w *world) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.book.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the book ended with %v", err)
		}
	})
}

var errEnough = errors.New("enough")

// first streams from a position on until the newest event.
func first(t *testing.T, w *world, position string) ([]*inventoryv1.InventoryEvent, error) {
	t.Helper()
	feed, err := stream.NewFeed(w.book.Feed("test", time.Hour, make(chan struct{})))
	if err != nil {
		t.Fatal(err)
	}
	var got []*inventoryv1.InventoryEvent
	err = feed.Stream(t.Context(), &inventoryv1.StreamInventoryEventsRequest{Position: position}, func(b stream.Batch[*inventoryv1.InventoryEvent]) error {
		for _, e := range b.Events {
			got = append(got, proto.CloneOf(e))
		}
		if b.Reached == w.Journal.Head() {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return got, err
}

// firstPosition is the position of the first message.
func firstPosition(t *testing.T, w *world, from string) (position string) {
	t.Helper()
	feed, err := stream.NewFeed(w.book.Feed("test", time.Hour, make(chan struct{})))
	if err != nil {
		t.Fatal(err)
	}
	err = feed.Stream(t.Context(), &inventoryv1.StreamInventoryEventsRequest{Position: from, BatchSize: 1}, func(b stream.Batch[*inventoryv1.InventoryEvent]) error {
		position = b.Position
		return errEnough
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	return position
}
