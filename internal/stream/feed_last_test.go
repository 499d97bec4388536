package stream_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// eventsOfHours is a feed of so many events, an hour apart; each fifth is of a day before.
func eventsOfHours(t *testing.T, count int) *stream.Feed[*inventoryv1.InventoryEvent] {
	t.Helper()
	log := stream.OpenLog(t)
	var payloads [][]byte
	at := func(i int) time.Time {
		if i%5 == 0 {
			i -= 24
		}
		return time.Unix(0, 0).Add(time.Duration(i) * time.Hour)
	}
	for i := range count {
		raw, err := proto.Marshal(&inventoryv1.InventoryEvent{Name: fmt.Sprint(i), Product: fmt.Sprintf("products/%d", i%2+1), SourceTime: timestamppb.New(at(i))})
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
		Time:     func(e *inventoryv1.InventoryEvent) time.Time { return e.GetSourceTime().AsTime() },
		Latest:   func(e store.Entry) (time.Time, error) { return at(int(e.Position) - 1).Add(48 * time.Hour), nil },
		Show: func(e store.Entry) (*inventoryv1.InventoryEvent, error) {
			out := &inventoryv1.InventoryEvent{}
			return out, proto.Unmarshal(e.Payload, out)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return feed
}

func TestTheLastEventsAndThoseBeforeATime(t *testing.T) {
	const count = 1200 // more than are read at once
	feed := eventsOfHours(t, count)
	hour := func(i int) *timestamppb.Timestamp {
		return timestamppb.New(time.Unix(0, 0).Add(time.Duration(i) * time.Hour))
	}
	for name, test := range map[string]struct {
		ask  *inventoryv1.ListInventoryEventsRequest
		want string
	}{
		"the last":              {&inventoryv1.ListInventoryEventsRequest{Last: 3}, "1199 1198 1197"},
		"the last of a filter":  {&inventoryv1.ListInventoryEventsRequest{Last: 3, Filter: `product = "products/2"`}, "1199 1197 1195"},
		"before a time":         {&inventoryv1.ListInventoryEventsRequest{EndTime: hour(4)}, "0 1 2 3 5 10 15 20 25"},
		"the last before it":    {&inventoryv1.ListInventoryEventsRequest{EndTime: hour(4), Last: 4}, "25 20 15 10"},
		"the last of very many": {&inventoryv1.ListInventoryEventsRequest{EndTime: hour(2), Last: 1000}, "25 20 15 10 5 1 0"},
		"from a time":           {&inventoryv1.ListInventoryEventsRequest{StartTime: hour(1247), Last: 1000}, "1199"},
		"none":                  {&inventoryv1.ListInventoryEventsRequest{EndTime: hour(-100), Last: 5}, ""},
	} {
		page, err := feed.List(t.Context(), test.ask)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, e := range page.Events {
			got = append(got, e.GetName())
		}
		if strings.Join(got, " ") != test.want || page.Next != "" {
			t.Errorf("%s: %v, token %q, want %s", name, got, page.Next, test.want)
		}
	}
	// A bound counts on every page.
	ask := &inventoryv1.ListInventoryEventsRequest{EndTime: hour(600), PageSize: 100}
	seen := 0
	for {
		page, err := feed.List(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		seen += len(page.Events)
		if ask.PageToken = page.Next; page.Next == "" {
			break
		}
	}
	if seen != 605 {
		t.Errorf("%d events before hour 600", seen)
	}
	first, err := feed.List(t.Context(), &inventoryv1.ListInventoryEventsRequest{EndTime: hour(600), PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := feed.List(t.Context(), &inventoryv1.ListInventoryEventsRequest{PageSize: 100, PageToken: first.Next}); err == nil {
		t.Error("a page without the bound of the page before it is answered")
	}
}
