package stream_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// A watch that shows none of what happens is quiet, however busy the log is: it
// has to prove that it lives, and its position has to move on with the log.
func TestAQuietWatchOfABusyLogSendsHeartbeats(t *testing.T) {
	log, w := stream.WatchProducts(t, 50*time.Millisecond)
	payload, err := proto.Marshal(&internalv1.ChangeRecord{Collection: "suppliers"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	busy := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if _, err := log.Append(ctx, time.Unix(1, 0), store.Drafts("suppliers", payload)); err != nil {
				busy <- err
				return
			}
		}
		busy <- ctx.Err()
	}()
	var positions []string
	enough := errors.New("enough")
	err = w.Watch(ctx, &productv1.WatchProductsRequest{}, func(m stream.Message[*productv1.Product]) error {
		if m.Type != typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT {
			t.Errorf("got %v, want heartbeats alone", m.Type)
		}
		if positions = append(positions, m.Position); len(positions) == 3 {
			return enough
		}
		return nil
	})
	cancel()
	if appended := <-busy; !errors.Is(appended, context.Canceled) {
		t.Fatalf("appending: %v", appended)
	}
	if !errors.Is(err, enough) {
		t.Fatalf("got %d heartbeats and then %v, want 3", len(positions), err)
	}
	if positions[0] == positions[2] {
		t.Error("the position stood still while the log grew")
	}
}
