package reconcile_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
)

// asked is an Odoo that answers nothing before it may, and keeps with which context it is
// asked.
type asked struct {
	by  chan context.Context
	may chan struct{}
}

func (*asked) MappingVersion() int { return 1 }

func (a *asked) Fetch(ctx context.Context, _ [][]byte) ([]*mapping.Record, error) {
	a.by <- ctx
	<-a.may
	return nil, nil
}

// isAs waits until what is asked under a context is of a priority.
func isAs(t *testing.T, ctx context.Context, want odoo.Priority) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); odoo.PriorityOf(ctx) != want; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("it is read as %v, want %v", odoo.PriorityOf(ctx), want)
		}
	}
}

// One reads a collection at a time. What is read for the copy meanwhile is as urgent as who
// waits for it, also who waits behind others.
func TestWhoIsWaitedForIsAsUrgent(t *testing.T) {
	h := newMixedHouse(t)
	a := &asked{by: make(chan context.Context), may: make(chan struct{})}
	ended := make(chan error, 3)
	records := func(ctx context.Context) {
		go func() {
			_, err := h.Records(ctx, a, []string{keyOf(1)})
			ended <- err
		}()
	}
	records(mapping.ForCensus(t.Context()))
	first := <-a.by
	isAs(t, first, odoo.PriorityCensus)
	records(mapping.ForCapture(t.Context()))
	isAs(t, first, odoo.PriorityCapture)
	records(odoo.WithPriority(t.Context(), odoo.PriorityUnsettled))
	isAs(t, first, odoo.PriorityUnsettled)
	a.may <- struct{}{}
	// Whoever is next, it is as urgent as the command, which is it or waits for it.
	isAs(t, <-a.by, odoo.PriorityUnsettled)
	a.may <- struct{}{}
	<-a.by
	a.may <- struct{}{}
	for range 3 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
