package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
)

const (
	current   = typesv1.ChangeType_CHANGE_TYPE_CURRENT
	created   = typesv1.ChangeType_CHANGE_TYPE_CREATED
	updated   = typesv1.ChangeType_CHANGE_TYPE_UPDATED
	deleted   = typesv1.ChangeType_CHANGE_TYPE_DELETED
	left      = typesv1.ChangeType_CHANGE_TYPE_LEFT_FILTER
	heartbeat = typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT
)

// message is a message of any watch.
type message struct {
	kind     typesv1.ChangeType
	record   record // nil in a heartbeat
	position string
	seen     time.Time
}

func (m message) String() string {
	if m.record == nil {
		return m.kind.String()
	}
	return fmt.Sprintf("%s %s revision %d", m.kind, m.record.GetName(), m.record.GetProvenance().GetRevision())
}

func ofProduct(r *productv1.WatchProductsResponse) message {
	m := message{kind: r.GetChangeType(), position: r.GetPosition(), seen: clock.System{}.Now()}
	if r.GetProduct() != nil {
		m.record = r.GetProduct()
	}
	return m
}

func ofSupplier(r *supplierv1.WatchSuppliersResponse) message {
	m := message{kind: r.GetChangeType(), position: r.GetPosition(), seen: clock.System{}.Now()}
	if r.GetSupplier() != nil {
		m.record = r.GetSupplier()
	}
	return m
}

// watch is what to watch.
type watch struct {
	collection string
	filter     string
	position   string
	current    bool
}

// watcher receives messages until its test ends or it is stopped.
type watcher struct {
	stop   func()
	mu     sync.Mutex
	all    []message
	taken  int
	failed error
	ended  bool
	grown  chan struct{}
}

// follow runs a receiver that gives one message after the other.
func follow(t testing.TB, open func(ctx context.Context) (func() (message, error), error)) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &watcher{grown: make(chan struct{}, 1)}
	receive, err := open(ctx)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			m, err := receive()
			w.mu.Lock()
			if err != nil {
				w.failed, w.ended = err, true
			} else {
				w.all = append(w.all, m)
			}
			w.mu.Unlock()
			select {
			case w.grown <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	w.stop = onlyOnce(func() {
		cancel()
		<-done
	})
	t.Cleanup(w.stop)
	return w
}

// overGRPC watches over gRPC. Nothing that happens after it returned is missed:
// it waits for the watch's first message, a heartbeat where nothing happens.
func (m *mesh) overGRPC(t testing.TB, q watch) *watcher {
	t.Helper()
	return follow(t, func(ctx context.Context) (func() (message, error), error) {
		if q.collection == "suppliers" {
			s, err := m.suppliers.WatchSuppliers(ctx, &supplierv1.WatchSuppliersRequest{Filter: q.filter, Position: q.position, IncludeCurrent: q.current})
			if err != nil {
				return nil, err
			}
			return func() (message, error) { return received(s.Recv, ofSupplier) }, nil
		}
		s, err := m.products.WatchProducts(ctx, &productv1.WatchProductsRequest{Filter: q.filter, Position: q.position, IncludeCurrent: q.current})
		if err != nil {
			return nil, err
		}
		return func() (message, error) { return received(s.Recv, ofProduct) }, nil
	})
}

func received[T any](recv func() (T, error), convert func(T) message) (message, error) {
	r, err := recv()
	if err != nil {
		return message{}, err
	}
	return convert(r), nil
}

// overSSE watches over HTTP as a browser does.
func (m *mesh) overSSE(t testing.TB, q watch) *watcher {
	t.Helper()
	return follow(t, func(ctx context.Context) (func() (message, error), error) {
		values := url.Values{"filter": {q.filter}, "position": {q.position}, "include_current": {fmt.Sprint(q.current)}}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.rest+"/v1/"+q.collection+":watch?"+values.Encode(), nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Accept", "text/event-stream")
		response, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		if response.StatusCode != http.StatusOK {
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			return nil, fmt.Errorf("watch: %s: %s", response.Status, body)
		}
		lines := bufio.NewReader(response.Body)
		return func() (message, error) {
			event, err := nextEvent(lines, q.collection)
			if err != nil {
				response.Body.Close()
			}
			return event, err
		}, nil
	})
}

// nextEvent reads one Server-Sent Event and checks that its name and id are what
// the message says.
func nextEvent(lines *bufio.Reader, collection string) (message, error) {
	var name, id, data string
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return message{}, err
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case field == "event":
			name = value
		case field == "id":
			id = value
		case field == "data":
			data += value
		case field == "" && value == "" && data != "":
			return eventMessage(collection, name, id, data)
		}
	}
}

func eventMessage(collection, name, id, data string) (message, error) {
	var m message
	var r proto.Message
	if collection == "suppliers" {
		r = &supplierv1.WatchSuppliersResponse{}
	} else {
		r = &productv1.WatchProductsResponse{}
	}
	if err := protojson.Unmarshal([]byte(data), r); err != nil {
		return m, fmt.Errorf("event %s: %w in %s", name, err, data)
	}
	switch r := r.(type) {
	case *supplierv1.WatchSuppliersResponse:
		m = ofSupplier(r)
	case *productv1.WatchProductsResponse:
		m = ofProduct(r)
	}
	if want := strings.ToLower(strings.TrimPrefix(m.kind.String(), "CHANGE_TYPE_")); name != want || id != m.position {
		return m, fmt.Errorf("event %q with id %q holds %v with position %q", name, id, m, m.position)
	}
	return m, nil
}

var errQuiet = errors.New("nothing came")

// next takes the next message; heartbeats count.
func (w *watcher) next(deadline *time.Timer) (message, error) {
	for {
		select {
		case <-deadline.C:
			return message{}, errQuiet
		default:
		}
		w.mu.Lock()
		if w.taken < len(w.all) {
			m := w.all[w.taken]
			w.taken++
			w.mu.Unlock()
			return m, nil
		}
		ended, failed := w.ended, w.failed
		w.mu.Unlock()
		if ended {
			return message{}, failed
		}
		select {
		case <-w.grown:
		case <-deadline.C:
			return message{}, errQuiet
		}
	}
}

// until takes messages up to the first that fits.
func (w *watcher) until(t testing.TB, what string, fits func(message) bool) message {
	t.Helper()
	// A quiet watch goes on sending heartbeats: the time is for all messages together.
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	var met []message
	for {
		m, err := w.next(deadline)
		if err != nil {
			t.Fatalf("waiting for %s: %v; there came %v", what, err, met)
		}
		if fits(m) {
			return m
		}
		if m.kind != heartbeat {
			met = append(met, m)
		}
	}
}

// begun waits until the watch stands: what happens from then on is seen.
func (w *watcher) begun(t testing.TB) *watcher {
	t.Helper()
	w.until(t, "a heartbeat", func(m message) bool { return m.kind == heartbeat })
	return w
}

// refusedWith waits for the end of a watch that must not send anything.
func (w *watcher) refusedWith(t testing.TB) error {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	m, err := w.next(deadline)
	if err == nil {
		t.Errorf("the watch was to be refused, and there came %v", m)
	}
	return err
}
