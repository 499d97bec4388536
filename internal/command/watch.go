package command

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// Feed is what watches of intents read from: the entries of the ledger, of which each is
// an intent as it was after one of its changes. A watch is quiet no longer than heartbeat,
// and ends when closing is closed.
func (d *Desk) Feed(heartbeat time.Duration, closing <-chan struct{}) stream.FeedDeps[*commandv1.Intent] {
	return stream.FeedDeps[*commandv1.Intent]{
		Collection: collection, Journal: d.Ledger, Tokens: d.Tokens,
		Show: func(entry store.Entry) (*commandv1.Intent, error) {
			i := &commandv1.Intent{}
			if entry.Collection != collection {
				return i, nil // that Odoo was put back, say: Met lets none without a principal pass
			}
			if err := proto.Unmarshal(entry.Payload, i); err != nil {
				return nil, fmt.Errorf("decoding entry %d of the ledger: %w", entry.Position, err)
			}
			return i, nil
		},
		Latest:   func(entry store.Entry) (time.Time, error) { return entry.Time, nil },
		Complete: func() bool { return true },
		Clock:    d.Clock, Heartbeat: heartbeat, Closing: closing,
	}
}

// Met narrows a filter of intents to those that the caller meets.
func Met(ctx context.Context, filter string) string {
	met := `principal != ""`
	if !access.From(ctx).Operates(domain) {
		met = "principal = " + strconv.Quote(callerOf(ctx))
	}
	if filter == "" {
		return met
	}
	return "(" + filter + ") AND " + met
}
