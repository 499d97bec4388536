package e2e

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	changev1 "odoomesh/gen/go/mesh/change/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/clock"
)

// currentFirst sends what there is, each record once, and then what changes.
func currentFirst(t *testing.T, s *stage) {
	c := perform(t, s.person)
	s.equalsOdoo(t, s.person)
	want := s.allProducts(t)
	for way, w := range map[string]*watcher{
		"gRPC": s.overGRPC(t, watch{collection: "products", current: true}),
		"SSE":  s.overSSE(t, watch{collection: "products", current: true}),
	} {
		seen := map[string]bool{}
		w.until(t, "the end of the current state", func(m message) bool {
			if m.kind == current && seen[m.record.GetName()] {
				t.Errorf("%s: %s came twice", way, m.record.GetName())
			}
			if m.kind == current {
				seen[m.record.GetName()] = true
			}
			return m.kind == heartbeat
		})
		if len(seen) != len(want) {
			t.Errorf("%s: %d came, and there are %d", way, len(seen), len(want))
		}
		s.write(t, "product.product", c.product, map[string]any{"standard_price": 5 + float64(len(way))})
		w.until(t, "a change", func(m message) bool { return m.kind == updated && m.record.GetName() == productName(c.product) })
	}
}

// leavesTheFilter watches the active products while one is archived and comes back.
func leavesTheFilter(t *testing.T, s *stage) {
	c := perform(t, s.person)
	s.equalsOdoo(t, s.person) // else a change made while performing may still come
	w := s.overGRPC(t, watch{collection: "products", filter: fmt.Sprintf("active = true AND sku = %q", "SAL-"+s.mark)}).begun(t)
	for _, step := range []struct {
		active bool
		want   fmt.Stringer
	}{{false, left}, {true, created}} {
		s.write(t, "product.product", c.product, map[string]any{"active": step.active})
		m := w.until(t, step.want.String(), func(m message) bool { return m.kind != heartbeat })
		if m.kind.String() != step.want.String() || m.record.GetName() != productName(c.product) {
			t.Errorf("active = %v: there came %v, want %v", step.active, m, step.want)
		}
	}
}

// A watch that goes on from any position sends what is behind it, each change
// once and in order, however often it breaks off.
func TestResumeFromAnyPosition(t *testing.T) {
	t.Parallel()
	p := simulated(t, 17, 60)
	m := start(t, settings(t, p))
	w := m.overGRPC(t, watch{collection: "products"})
	history := []message{w.until(t, "the beginning", func(m message) bool { return m.kind == heartbeat })}
	for range 60 {
		if err := p.sim.Step(); err != nil {
			t.Fatal(err)
		}
	}
	m.equalsOdoo(t, p)
	end := p.create(t, "product.product", map[string]any{"name": "The end"})
	for {
		next := w.until(t, "a change", func(m message) bool { return m.kind != heartbeat })
		history = append(history, next)
		if next.record.GetName() == productName(end) {
			break
		}
	}
	if len(history) < 20 {
		t.Fatalf("sixty steps gave %d changes: too few to try", len(history))
	}
	rapid.Check(t, func(r *rapid.T) {
		for at := rapid.IntRange(0, len(history)-2).Draw(r, "from"); at < len(history)-1; {
			open := m.overGRPC
			if rapid.Bool().Draw(r, "events") {
				open = m.overSSE
			}
			part := open(t, watch{collection: "products", position: history[at].position})
			for n := rapid.IntRange(1, 25).Draw(r, "messages"); n > 0 && at < len(history)-1; n-- {
				at++
				got := part.until(t, history[at].String(), func(m message) bool { return m.kind != heartbeat })
				if got.String() != history[at].String() || got.position != history[at].position {
					r.Fatalf("behind message %d came %v, and not %v", at-1, got, history[at])
				}
			}
			part.stop()
		}
	})
}

// What retention has dropped is not skipped in silence: the watch is refused.
func TestPositionThatRetentionHasPassed(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 20)
	c := settings(t, p)
	c.LogRetention = time.Hour
	m := start(t, c)
	old := m.overGRPC(t, watch{collection: "products"}).until(t, "a position", func(m message) bool { return m.position != "" }).position
	for range 3 {
		id := p.create(t, "product.product", map[string]any{"name": "Long ago"})
		eventually(t, func() (bool, any) {
			_, err := m.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: productName(id)})
			return err == nil, err
		})
	}
	m.stop()
	m = launch(t, c, clock.Func(func() time.Time { return clock.System{}.Now().Add(3 * time.Hour) }))
	m.await(t, "ready")
	eventually(t, func() (bool, any) {
		w := m.overGRPC(t, watch{collection: "products", position: old})
		defer w.stop()
		deadline := time.NewTimer(patience)
		defer deadline.Stop()
		_, err := w.next(deadline)
		r := refusalOf(err)
		return r.reason == "POSITION_TOO_OLD", r
	})
	changes := changev1.NewChangeServiceClient(m.conn)
	ask := func(r *changev1.ListChangesRequest) error {
		_, err := changes.ListChanges(t.Context(), r)
		return err
	}
	dropped := timestamppb.New(time.Now().Add(-24 * time.Hour))
	err := ask(&changev1.ListChangesRequest{StartTime: dropped})
	oldest, parseErr := time.Parse(time.RFC3339Nano, detailOf(err, "oldest_time"))
	if parseErr != nil || refusalOf(err).reason != "POSITION_TOO_OLD" {
		t.Fatalf("%v, %v", err, parseErr)
	}
	for _, r := range []*changev1.ListChangesRequest{{StartTime: timestamppb.New(oldest)}, {Position: detailOf(err, "oldest_position")}, {}} {
		if err := ask(r); err != nil {
			t.Errorf("%v: %v", r, err)
		}
	}
	watch, err := m.products.WatchProducts(t.Context(), &productv1.WatchProductsRequest{StartTime: dropped})
	if err == nil {
		_, err = watch.Recv()
	}
	if refusalOf(err).reason != "POSITION_TOO_OLD" {
		t.Errorf("%v", err)
	}
}

// detailOf is what a refusal says under a key.
func detailOf(err error, key string) string {
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info.GetMetadata()[key]
		}
	}
	return ""
}
