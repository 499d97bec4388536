package eventbook

import (
	"net/url"
	"strconv"
	"time"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
	"odoomesh/services/event/rules"
)

// Source is the source of the events of an Odoo, by its configured name.
func Source(instance string) string { return (&url.URL{Path: "/odoo/" + instance}).EscapedPath() }

// Feed is what streams of the events read from. instance is the name of the Odoo that
// they come from; a stream is quiet no longer than heartbeat, and ends when closing is
// closed.
func (b *Book) Feed(instance string, heartbeat time.Duration, closing <-chan struct{}) stream.FeedDeps[*eventv1.CloudEvent] {
	source := Source(instance)
	// A type that there is not would be waited for without end.
	var types []string
	for _, t := range rules.Types() {
		types = append(types, t.GetType())
	}
	return stream.FeedDeps[*eventv1.CloudEvent]{
		Collection: "events", Journal: b.Journal,
		Show: func(entry store.Entry) (*eventv1.CloudEvent, error) {
			event := &eventv1.CloudEvent{}
			if err := journal.Open(entry, event); err != nil {
				return nil, err
			}
			sequence := strconv.FormatUint(entry.Position, 10)
			event.Source, event.Sequence = source, &sequence
			if instance != "" { // an attribute is no empty text
				event.Odooinstance = &instance
			}
			return event, nil
		},
		Time:   func(e *eventv1.CloudEvent) time.Time { return e.GetTime().AsTime() },
		Latest: journal.Latest, Complete: b.Ready,
		Closed: map[string][]string{"type": types}, Open: []string{"subject"},
		Clock: b.Clock, Heartbeat: heartbeat, Closing: closing,
	}
}
