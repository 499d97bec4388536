package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/odoosim"
)

// measureTail lets many follow the live tail while lines are edited in one
// transaction, and tells how fast all of them together get the events, and what a
// subscriber costs.
func measureTail(ctx context.Context, m *mesh, sim *odoosim.Sim, bareRate float64) ([]row, error) {
	lines, err := deliveredLines(ctx, m, edits)
	if err != nil {
		return nil, err
	}
	empty, err := m.live(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(signedIn(ctx), tailPatience)
	defer cancel()
	t := &tail{}
	t.begun.Add(subscribers)
	t.ended.Add(subscribers - sleepers)
	group, ctx := errgroup.WithContext(ctx)
	awake := subscribers - sleepers
	for range tailConnections {
		conn, err := grpc.NewClient(m.grpcAddr, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		for range subscribers / tailConnections {
			sleeps := awake <= 0
			awake--
			group.Go(func() error { return t.follow(ctx, conn, sleeps) })
		}
	}
	t.begun.Wait()
	full, err := m.live(ctx)
	if err != nil {
		return nil, err
	}
	if err := edit(sim, 1, lines...); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() { t.ended.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		return nil, fmt.Errorf("not everybody got %d events: %w", edits, context.Cause(ctx))
	}
	took := now().Sub(time.Unix(0, t.first.Load()))
	busy, err := m.live(ctx)
	if err != nil {
		return nil, err
	}
	cancel()
	_ = group.Wait() // all were cut off
	total := float64((subscribers-sleepers)*edits) / took.Seconds()
	slices.Sort(t.lags)
	kib := func(bytes float64) float64 { return max(bytes-empty, 1) / 1024 / subscribers }
	return []row{
		{fmt.Sprintf("event stream, live tail, %d subscribers, in total", subscribers), total, "events/s", bareRate, total / bareRate, atLeast(5)},
		within(fmt.Sprintf("lag of %d subscribers while %d do not read, p99", subscribers-sleepers, sleepers), float64(quantile(t.lags, 0.99).Microseconds())/1e3, 1000, "ms"),
		within("memory of a subscriber at the live tail, quiet", kib(full), 64, "KiB"),
		within("memory of a subscriber at the live tail, behind a burst", kib(busy), 64, "KiB"),
	}, nil
}

// live is how many bytes of memory meshd needs: what the last collection of garbage
// left, and the stacks. It waits for a collection that began after the call, so
// that what was there before does not count.
func (m *mesh) live(ctx context.Context) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, tailPatience)
	defer cancel()
	begun := -1.0
	for {
		values, err := m.metrics(ctx, "go_gc_duration_seconds_count", "go_memstats_next_gc_bytes", "go_memstats_stack_inuse_bytes")
		if err != nil {
			return 0, err
		}
		collections, next, stacks := values[0], values[1], values[2]
		if begun < 0 {
			begun = collections
		}
		if collections >= begun+2 {
			return next/1.5 + stacks, nil // the next collection comes when half as much again is there: meshd's GOGC is 50
		}
		// What is read makes garbage, without which a collection may be minutes away.
		if _, err := fetch(ctx, http.DefaultClient, "http://"+m.httpAddr+"/v1/inventoryEvents?page_size=1000", false); err != nil {
			return 0, fmt.Errorf("waiting for a collection of garbage: %w", err)
		}
	}
}

// tail is what the subscribers have seen together.
type tail struct {
	begun, ended sync.WaitGroup
	// first is when the first event came, in nanoseconds of Unix time.
	first atomic.Int64
	mu    sync.Mutex
	// lags are the times from the recording of an event to its coming, one for each
	// message.
	lags []time.Duration
}

// follow reads until all edits have come, and then goes on reading. Who sleeps reads
// that the stream has begun, and nothing behind that.
func (t *tail) follow(ctx context.Context, conn *grpc.ClientConn, sleeps bool) error {
	left, started := edits, false
	return readEvents(ctx, conn, inventoryv1.InventoryService_StreamInventoryEvents_FullMethodName,
		&inventoryv1.StreamInventoryEventsRequest{FromNow: true}, func(message []byte) (bool, error) {
			n, recorded, err := eventsIn(message)
			if !started {
				started = true
				t.begun.Done()
				if sleeps {
					<-ctx.Done()
					return false, nil
				}
			}
			if n == 0 || left <= 0 {
				return true, err
			}
			came := now()
			t.first.CompareAndSwap(0, came.UnixNano())
			t.mu.Lock()
			t.lags = append(t.lags, came.Sub(recorded))
			t.mu.Unlock()
			if left -= n; left <= 0 {
				t.ended.Done()
			}
			return true, err
		})
}

// hinted makes the secret with which Odoo's automation rules send hints, and the
// flags that let a meshd take them.
func (p *place) hinted() (secret string, more []string, err error) {
	secret = "bench-hint-secret-0123456789"
	return secret, []string{"--hint-secret-file=" + p.path("hint")}, os.WriteFile(p.path("hint"), []byte(secret), 0o600)
}

// measureEventAges tells how long after its commit an edit reaches a subscriber, by
// polling alone and with a hint as Odoo's automation rules send them, with an Odoo at a
// real one's speed.
func measureEventAges(ctx context.Context, p *place) ([]row, error) {
	m, err := p.startMoved(ctx, "event-ages")
	if err != nil {
		return nil, err
	}
	defer m.stop()
	m.sim.Faults().Costs(1)
	lines, err := deliveredLines(ctx, m.mesh, 2*changes)
	if err != nil {
		return nil, err
	}
	polled, err := eventAges(ctx, m.mesh, m.sim, lines[:changes], func() error { return nil })
	if err != nil {
		return nil, err
	}
	hinted, err := eventAges(ctx, m.mesh, m.sim, lines[changes:], func() error { return hint(ctx, m.mesh, m.secret) })
	if err != nil {
		return nil, err
	}
	millis := func(ages []time.Duration, q float64) float64 { return float64(quantile(ages, q).Microseconds()) / 1e3 }
	return []row{
		within("a movement in Odoo seen as an event, polling alone, p50", millis(polled, 0.5), 500, "ms"),
		within("a movement in Odoo seen as an event, polling alone, p99", millis(polled, 0.99), 600, "ms"),
		within("a movement in Odoo seen as an event, with hints, p99", millis(hinted, 0.99), 150, "ms"),
	}, nil
}

// eventAges edits one line after the other and waits for each to be seen.
func eventAges(ctx context.Context, m *mesh, sim *odoosim.Sim, lines []int64, tell func() error) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(signedIn(ctx), tailPatience)
	defer cancel()
	all, err := dial(m.grpcAddr)
	if err != nil {
		return nil, err
	}
	defer all.close()
	stream, err := inventoryv1.NewInventoryServiceClient(all[0]).StreamInventoryEvents(ctx, &inventoryv1.StreamInventoryEventsRequest{FromNow: true})
	if err != nil {
		return nil, err
	}
	if _, err := stream.Recv(); err != nil {
		return nil, err
	}
	var ages []time.Duration
	for _, line := range lines {
		time.Sleep(rand.N(pauseMost)) // at no particular point of the poll
		if err := edit(sim, 2, line); err != nil {
			return nil, err
		}
		committed := now()
		if err := tell(); err != nil {
			return nil, err
		}
		for seen := false; !seen; {
			message, err := stream.Recv()
			if err != nil {
				return nil, fmt.Errorf("after %d of %d edits: %w", len(ages), len(lines), err)
			}
			for _, e := range message.GetInventoryEvents() {
				seen = seen || e.GetOdooMoveLineId() == line
			}
		}
		ages = append(ages, now().Sub(committed))
	}
	slices.Sort(ages)
	return ages, nil
}

// hint sends what an automation rule sends.
func hint(ctx context.Context, m *mesh, secret string) error {
	body, err := json.Marshal(map[string]any{"_model": "stock.move.line", "_id": 1})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+m.httpAddr+"/hints/odoo/"+secret, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("a hint was answered with %s", response.Status)
	}
	return nil
}
