package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

type watchStream = grpc.ServerStreamingServer[productv1.WatchProductsResponse]

func change(kind typesv1.ChangeType, position string) *productv1.WatchProductsResponse {
	m := &productv1.WatchProductsResponse{ChangeType: kind, Position: position}
	if kind != typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT {
		m.Product = &productv1.Product{Name: "products/42"}
	}
	return m
}

// sending sends changes and then ends with err.
func sending(err error, changes ...*productv1.WatchProductsResponse) *products {
	return &products{watch: func(_ *productv1.WatchProductsRequest, s watchStream) error {
		for _, c := range changes {
			if err := s.Send(c); err != nil {
				return err
			}
		}
		return err
	}}
}

func TestAWatchAsLines(t *testing.T) {
	server := newServer(t, sending(nil,
		change(typesv1.ChangeType_CHANGE_TYPE_CREATED, "p1"), change(typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT, "p2")))
	for _, accept := range []string{"", "*/*", "application/json", "application/x-ndjson"} {
		got := send(t, server, "GET", "/v1/products:watch", "Accept", accept)
		if got.StatusCode != 200 || got.Header.Get("Content-Type") != "application/x-ndjson" || got.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%q: got %d %v", accept, got.StatusCode, got.Header)
		}
		lines := strings.Split(strings.TrimSuffix(got.body, "\n"), "\n")
		if len(lines) != 2 {
			t.Fatalf("%q: got %d lines: %q", accept, len(lines), got.body)
		}
		for i, want := range []string{"p1", "p2"} {
			var m struct{ Position string }
			if err := json.Unmarshal([]byte(lines[i]), &m); err != nil || m.Position != want {
				t.Errorf("%q: line %d: %v %q", accept, i, err, lines[i])
			}
		}
	}
}

// event is one Server-Sent Event as a client sees it.
type event struct{ id, name, data, comment, retry string }

func parseEvents(t testing.TB, text string) []event {
	t.Helper()
	var events []event
	for block := range strings.SplitSeq(strings.TrimSuffix(text, "\n\n"), "\n\n") {
		var e event
		for line := range strings.SplitSeq(block, "\n") {
			name, value, ok := strings.Cut(line, ":")
			if !ok {
				t.Fatalf("line without a field: %q", line)
			}
			value = strings.TrimPrefix(value, " ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data += value
			case "":
				e.comment = value
			case "retry":
				e.retry = value
			default:
				t.Fatalf("unknown field in %q", line)
			}
		}
		events = append(events, e)
	}
	return events
}

func TestAWatchAsServerSentEvents(t *testing.T) {
	kinds := []typesv1.ChangeType{
		typesv1.ChangeType_CHANGE_TYPE_CURRENT, typesv1.ChangeType_CHANGE_TYPE_CREATED, typesv1.ChangeType_CHANGE_TYPE_UPDATED,
		typesv1.ChangeType_CHANGE_TYPE_DELETED, typesv1.ChangeType_CHANGE_TYPE_LEFT_FILTER, typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT,
	}
	var changes []*productv1.WatchProductsResponse
	for i, kind := range kinds {
		changes = append(changes, change(kind, fmt.Sprintf("p%d", i)))
	}
	server := newServer(t, sending(nil, changes...))
	for _, accept := range []string{"text/event-stream", "text/event-stream, */*;q=0.1", "application/json, text/event-stream;q=0.9"} {
		got := send(t, server, "GET", "/v1/products:watch", "Accept", accept)
		if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatalf("%q: got %d %v", accept, got.StatusCode, got.Header)
		}
		events := parseEvents(t, got.body)
		if len(events) != len(kinds) {
			t.Fatalf("got %d events: %q", len(events), got.body)
		}
		for i, name := range []string{"current", "created", "updated", "deleted", "left_filter", "heartbeat"} {
			e := events[i]
			if e.name != name || e.id != fmt.Sprintf("p%d", i) || !json.Valid([]byte(e.data)) {
				t.Errorf("event %d: got %+v", i, e)
			}
			if (e.retry == "1000") != (i == 0) || (e.comment == "hb") != (name == "heartbeat") {
				t.Errorf("event %d: retry %q, comment %q", i, e.retry, e.comment)
			}
		}
	}
}

func TestAWatchThatIsRefusedHasAStatusOfItsOwn(t *testing.T) {
	server := newServer(t, sending(status.Error(codes.OutOfRange, "Too old.")))
	for _, accept := range []string{"*/*", "text/event-stream"} {
		got := send(t, server, "GET", "/v1/products:watch", "Accept", accept)
		if got.StatusCode != 400 || got.failure(t).Error.Status != "OUT_OF_RANGE" || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: got %d %v %s", accept, got.StatusCode, got.Header, got.body)
		}
	}
	if got := send(t, server, "GET", "/v1/products:watch?filtre=x"); got.StatusCode != 400 || !strings.Contains(got.body, "filtre") {
		t.Errorf("unknown parameter: got %d %s", got.StatusCode, got.body)
	}
}

func TestAWatchThatBreaksOffSaysWhy(t *testing.T) {
	p := sending(status.Error(codes.Unavailable, "Going down."), change(typesv1.ChangeType_CHANGE_TYPE_CREATED, "p1"))
	server := newServer(t, p)
	lines := strings.Split(strings.TrimSpace(send(t, server, "GET", "/v1/products:watch").body), "\n")
	if len(lines) != 2 {
		t.Fatalf("got %q", lines)
	}
	events := parseEvents(t, send(t, server, "GET", "/v1/products:watch", "Accept", "text/event-stream").body)
	if len(events) != 2 || events[1].name != "error" || events[1].id != "" {
		t.Fatalf("got %+v", events)
	}
	for _, text := range []string{lines[1], events[1].data} {
		e := parseFailure(t, text)
		if e.Error.Code != 503 || e.Error.Status != "UNAVAILABLE" || e.reason(t) != "SHUTTING_DOWN" || e.Error.Message != "Going down." {
			t.Errorf("got %q", text)
		}
	}
}

func TestAWatchGoesOnFromTheLastEvent(t *testing.T) {
	asked := make(chan string, 1)
	p := &products{watch: func(req *productv1.WatchProductsRequest, _ watchStream) error {
		asked <- req.GetPosition()
		return nil
	}}
	server := newServer(t, p)
	tests := []struct{ path, lastEventID, want string }{
		{"/v1/products:watch", "p7", "p7"},
		{"/v1/products:watch?position=p3", "p7", "p3"},
		{"/v1/products:watch", "", ""},
	}
	for _, tt := range tests {
		var headers []string
		if tt.lastEventID != "" {
			headers = []string{"Last-Event-ID", tt.lastEventID}
		}
		send(t, server, "GET", tt.path, headers...)
		if got := <-asked; got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
	}
}

// TestEachMessageArrivesAtOnce sends the next message only when the one before
// it has arrived.
func TestEachMessageArrivesAtOnce(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("http2=%v", http2), func(t *testing.T) {
			next, ended := make(chan struct{}), make(chan error, 1)
			p := &products{watch: func(_ *productv1.WatchProductsRequest, s watchStream) error {
				defer func() { ended <- s.Context().Err() }()
				for i := 0; ; i++ {
					if err := s.Send(change(typesv1.ChangeType_CHANGE_TYPE_UPDATED, fmt.Sprint(i))); err != nil {
						return err
					}
					select {
					case <-next:
					case <-s.Context().Done():
						return s.Context().Err()
					}
				}
			}}
			server := httptest.NewUnstartedServer(newHandler(t, p, gateway.Options{}, interceptors{}))
			server.EnableHTTP2 = http2
			server.StartTLS()
			defer server.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/products:watch", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if (resp.ProtoMajor == 2) != http2 {
				t.Fatalf("got %s", resp.Proto)
			}
			lines := bufio.NewScanner(resp.Body)
			for i := range 10 {
				if !lines.Scan() {
					t.Fatalf("the watch ended at message %d: %v", i, lines.Err())
				}
				if want := fmt.Sprintf(`"position":"%d"`, i); !strings.Contains(strings.ReplaceAll(lines.Text(), " ", ""), want) {
					t.Fatalf("got %s, want %s", lines.Text(), want)
				}
				next <- struct{}{}
			}
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("the service saw %v", err)
			}
		})
	}
}

// deadlines is a writer that notes which time limits are set.
type deadlines struct {
	httptest.ResponseRecorder
	read, write []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error  { d.read = append(d.read, t); return nil }
func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = append(d.write, t); return nil }

func TestTheServersTimeLimitsDoNotCutAWatch(t *testing.T) {
	p := answering(realistic("products/42"))
	p.watch = sending(nil, change(typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT, "p")).watch
	handler := newHandler(t, p, gateway.Options{}, interceptors{})
	for path, want := range map[string]int{"/v1/products:watch": 1, "/v1/products/42": 0} {
		w := &deadlines{ResponseRecorder: *httptest.NewRecorder()}
		handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if len(w.read) != want || len(w.write) != want {
			t.Errorf("%s: set %v and %v", path, w.read, w.write)
		}
		for _, limit := range append(w.read, w.write...) {
			if !limit.IsZero() {
				t.Errorf("%s: a limit is set, not lifted: %v", path, limit)
			}
		}
	}
}

// TestASlowReaderHoldsBackItsOwnWatch lets a client read nothing: what the
// service can send is bounded by the buffers on the way.
func TestASlowReaderHoldsBackItsOwnWatch(t *testing.T) {
	const bound = 64 << 20
	m := change(typesv1.ChangeType_CHANGE_TYPE_UPDATED, "p")
	m.Product.Description = strings.Repeat("x", 256<<10)
	var sent atomic.Int64
	p := &products{watch: func(_ *productv1.WatchProductsRequest, s watchStream) error {
		for {
			if err := s.Send(m); err != nil {
				return err
			}
			sent.Add(int64(len(m.Product.Description)))
		}
	}}
	server := newServer(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/products:watch", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	// The service stands still when its count stays the same for a while.
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for same, last := 0, int64(-1); same < 20; <-poll.C {
		now := sent.Load()
		if now >= bound {
			t.Fatalf("%d bytes went out to a client that reads nothing", now)
		}
		if now == last {
			same++
		} else {
			same, last = 0, now
		}
	}
}

func TestAWatchWithoutMessagesEndsEmpty(t *testing.T) {
	got := send(t, newServer(t, sending(nil)), "GET", "/v1/products:watch")
	if got.StatusCode != 200 || got.body != "" {
		t.Errorf("got %d %q", got.StatusCode, got.body)
	}
}
