package export_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/export"
	"odoomesh/internal/fault"
)

// mesh is a stream of events that breaks where a test says. Its position is the
// number of the last event sent.
type mesh struct {
	inventoryv1.InventoryServiceClient
	head int
	// breaks are after how many messages each connection breaks; behind the last
	// one none does.
	breaks []int
	// grows is how many events come with each message.
	grows int
	// shows tells which events pass the filter; nil for all.
	shows func(int) bool
	// spoil changes a message.
	spoil func(*inventoryv1.StreamInventoryEventsResponse)
	// calls are the requests; with refuse they fail with it.
	calls  []*inventoryv1.StreamInventoryEventsRequest
	refuse error
}

func (m *mesh) StreamInventoryEvents(ctx context.Context, in *inventoryv1.StreamInventoryEventsRequest, _ ...grpc.CallOption) (inventoryv1.InventoryService_StreamInventoryEventsClient, error) {
	m.calls = append(m.calls, in)
	if m.refuse != nil {
		return nil, m.refuse
	}
	at, _ := strconv.Atoi(in.GetPosition())
	left := -1
	if len(m.breaks) > 0 {
		left, m.breaks = m.breaks[0], m.breaks[1:]
	}
	return &connection{mesh: m, ctx: ctx, at: at, left: left}, nil
}

type connection struct {
	inventoryv1.InventoryService_StreamInventoryEventsClient
	mesh     *mesh
	ctx      context.Context
	at, left int
}

var errLost = fault.Unavailable(errorsv1.Reason_REASON_SHUTTING_DOWN, "gone", 0)

func (c *connection) Recv() (*inventoryv1.StreamInventoryEventsResponse, error) {
	if c.ctx.Err() != nil {
		return nil, c.ctx.Err()
	}
	if c.left == 0 {
		return nil, errLost
	}
	c.left--
	out := &inventoryv1.StreamInventoryEventsResponse{}
	for range 7 {
		if c.at == c.mesh.head {
			break
		}
		c.at++
		if c.mesh.shows == nil || c.mesh.shows(c.at) {
			out.InventoryEvents = append(out.InventoryEvents, &inventoryv1.InventoryEvent{
				Name: fmt.Sprintf("inventoryEvents/%d", c.at), SourceTime: timestamppb.New(noon.Add(time.Duration(c.at) * time.Minute)),
			})
		}
	}
	out.Position, out.ReachedEvent, out.NewestEvent = strconv.Itoa(c.at), int64(c.at), int64(c.mesh.head)
	c.mesh.head += c.mesh.grows
	if c.mesh.spoil != nil {
		c.mesh.spoil(out)
	}
	return out, nil
}

func source(m *mesh) export.Source {
	return export.Source{
		Client: m, Clock: clock.Func(func() time.Time { return noon }), Pause: time.Nanosecond, Patience: time.Microsecond,
		Report: func(export.Progress) {}, Lost: func(error, time.Duration) {},
	}
}

// numbers runs and answers what was taken.
func numbers(s export.Source, r export.Request) ([]int, export.Result, error) {
	var all []int
	done, err := s.Run(context.Background(), r, func(events []*inventoryv1.InventoryEvent) error {
		for _, e := range events {
			var n int
			if _, err := fmt.Sscanf(e.GetName(), "inventoryEvents/%d", &n); err != nil {
				return err
			}
			all = append(all, n)
		}
		return nil
	})
	return all, done, err
}

// However often the connection breaks, and however the runs follow each other,
// each event is taken once and in order.
func TestEachEventOnceOverLostConnectionsAndRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &mesh{head: rapid.IntRange(0, 60).Draw(t, "head"), grows: rapid.IntRange(0, 3).Draw(t, "grows")}
		m.breaks = rapid.SliceOfN(rapid.IntRange(1, 4), 0, 12).Draw(t, "breaks")
		position, next := "", 1
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			before := m.head
			got, done, err := numbers(source(m), export.Request{Position: position})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range got {
				if n != next {
					t.Fatalf("event %d where %d belongs", n, next)
				}
				next++
			}
			if next <= before || next > before+7 {
				t.Fatalf("the run ended before event %d; the newest at its start was %d", next, before)
			}
			if int(done.Rows) != len(got) || done.Position == "" {
				t.Fatalf("%+v after %d events", done, len(got))
			}
			position = done.Position
		}
	})
}

func TestARunWithAFilterEndsAtTheHead(t *testing.T) {
	m := &mesh{head: 40, breaks: []int{2, 1, 1}, shows: func(n int) bool { return n == 3 || n == 25 }}
	got, done, err := numbers(source(m), export.Request{Filter: "type = SCRAP"})
	if err != nil || fmt.Sprint(got) != "[3 25]" || done.Position != "40" {
		t.Errorf("%v, %+v, %v", got, done, err)
	}
	for _, c := range m.calls {
		if c.GetFilter() != "type = SCRAP" {
			t.Errorf("asked with %q: the next run could not go on", c.GetFilter())
		}
	}
}

func TestFromAndToChooseByTheTimeItHappened(t *testing.T) {
	m := &mesh{head: 20}
	from := noon.Add(5 * time.Minute)
	got, done, err := numbers(source(m), export.Request{From: from})
	if err != nil || got[0] != 5 || len(got) != 16 || done.Position != "20" {
		t.Errorf("%v, %+v, %v", got, done, err)
	}
	if c := m.calls[0]; !c.GetStartTime().AsTime().Equal(from) || c.GetFilter() != "" {
		t.Errorf("asked with %v", c)
	}
	_, done, err = numbers(source(m), export.Request{Filter: "lot = \"lots/1\" OR lot = \"lots/2\"", From: from, To: from.Add(time.Minute)})
	if err != nil || done.Position != "" {
		t.Errorf("%+v, %v", done, err)
	}
	if got, want := m.calls[1].GetFilter(), `(lot = "lots/1" OR lot = "lots/2") AND source_time < "2026-11-23T12:06:00.123456789Z"`; got != want {
		t.Errorf("asked with %s, want %s", got, want)
	}
}

func TestWhatNoFurtherTryMendsEndsTheRun(t *testing.T) {
	full := errors.New("no space left on device")
	for name, tt := range map[string]struct {
		mesh *mesh
		take error
		want string
		// calls is how often the mesh is asked; 0: more than once.
		calls int
	}{
		"the mesh cannot be reached at the start": {mesh: &mesh{refuse: errLost}, want: "gone", calls: 1},
		"the writer fails":                        {mesh: &mesh{head: 10}, take: full, want: full.Error(), calls: 1},
		"a position is too old":                   {mesh: &mesh{head: 10, refuse: fault.PositionTooOld("x")}, want: "", calls: 1},
		"the mesh stays away":                     {mesh: &mesh{head: 99, breaks: append([]int{1}, make([]int, 99)...)}, want: "gone"},
		"an event is sent twice": {mesh: &mesh{head: 99, spoil: func(m *inventoryv1.StreamInventoryEventsResponse) {
			m.InventoryEvents = append(m.InventoryEvents, m.InventoryEvents[0])
		}}, want: "the mesh sent inventoryEvents/1 behind event 7", calls: 1},
		"an event is left out": {mesh: &mesh{head: 99, spoil: func(m *inventoryv1.StreamInventoryEventsResponse) {
			m.InventoryEvents = append(m.InventoryEvents[:2], m.InventoryEvents[3:]...)
		}}, want: "the mesh sent inventoryEvents/4 right behind event 2", calls: 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := source(tt.mesh).Run(t.Context(), export.Request{}, func([]*inventoryv1.InventoryEvent) error { return tt.take })
			if err == nil || tt.want != "" && err.Error() != tt.want && !errors.Is(err, errLost) {
				t.Errorf("ended with %v, want %s", err, tt.want)
			}
			if n := len(tt.mesh.calls); tt.calls > 0 && n != tt.calls || tt.calls == 0 && n < 3 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func TestAnInterruptedRunStops(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	m := &mesh{head: 1000}
	_, err := source(m).Run(ctx, export.Request{}, func([]*inventoryv1.InventoryEvent) error { interrupt(); return nil })
	if !errors.Is(err, context.Canceled) || len(m.calls) != 1 {
		t.Errorf("%v after %d calls", err, len(m.calls))
	}
}

func TestProgressTellsRowsPaceAndTimeLeft(t *testing.T) {
	s, now := source(&mesh{head: 28}), noon
	s.Clock = clock.Func(func() time.Time { now = now.Add(time.Second); return now })
	var last export.Progress
	left := []time.Duration{}
	s.Report = func(p export.Progress) { last, left = p, append(left, p.Left) }
	if _, _, err := numbers(s, export.Request{}); err != nil {
		t.Fatal(err)
	}
	if last.Rows != 28 || last.PerSecond != 7 || last.Left != 0 {
		t.Errorf("at the end: %+v", last)
	}
	if left[0] != -1 || left[1] != 4*time.Second {
		t.Errorf("time left: %v", left)
	}
}

func TestAFileHasItsNameWhenItIsComplete(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.csv")
	if err := export.WriteFile(path, "old"); err != nil {
		t.Fatal(err)
	}
	broken, err := export.CreateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(broken, "half"); err != nil {
		t.Fatal(err)
	}
	broken.Abandon()
	if text, err := export.ReadFile(path); text != "old" || err != nil {
		t.Errorf("a broken run left %q, %v", text, err)
	}
	if err := export.WriteFile(path, "new"); err != nil {
		t.Fatal(err)
	}
	if text, _ := export.ReadFile(path); text != "new" {
		t.Errorf("the file holds %q", text)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if _, err := export.CreateFile(filepath.Dir(path)); err == nil {
		t.Error("a folder is taken for a file")
	}
	if text, err := export.ReadFile(path + ".none"); text != "" || err != nil {
		t.Errorf("no file: %q, %v", text, err)
	}
}
