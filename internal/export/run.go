package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

const (
	// batch is how many events one message has: they are in memory at once.
	batch = 1000
	// longestPause bounds the pauses between two tries.
	longestPause = 30 * time.Second
)

// Source is where events come from.
type Source struct {
	Client inventoryv1.InventoryServiceClient
	Clock  clock.Clock
	// Pause is the first pause after a lost connection; each is twice the one
	// before. When they add up to Patience without a message, the run fails.
	Pause, Patience time.Duration
	// Report is told how far the run is after each message, and Lost that the
	// connection was lost and will be tried again.
	Report func(Progress)
	Lost   func(err error, pause time.Duration)
}

// Request says which events.
type Request struct {
	// Filter is as in AIP-160; empty for all.
	Filter string
	// From and To choose by source_time, From <= source_time < To; zero is open.
	// With To the mesh chooses, and there is no position to go on from.
	From, To time.Time
	// Position goes on behind an earlier run with the same filter.
	Position string
	// After passes over the events up to this number, which may come again behind Position,
	// and UpTo over those behind it, which may come with it; 0 is open.
	After, UpTo int64
}

// filter is what the mesh chooses by. Without To it is the caller's own, so that
// the next run can go on from the position with the same.
func (r Request) filter() string {
	if r.To.IsZero() {
		return r.Filter
	}
	text := fmt.Sprintf("source_time < %q", r.To.UTC().Format(time.RFC3339Nano))
	if r.Filter != "" {
		text = "(" + r.Filter + ") AND " + text
	}
	return text
}

// Progress is how far a run is.
type Progress struct {
	// Rows is how many events were taken.
	Rows int64
	// PerSecond is the pace so far.
	PerSecond float64
	// Left is an estimate; -1 where there is none.
	Left time.Duration
}

// Result is what a run has done.
type Result struct {
	Rows int64
	// Position is where the next run goes on; empty after a run with To. With UpTo it may
	// lie before some of the last events that were taken: those up to Last are to be passed
	// over.
	Position string
	// Last is the number of the last event that was looked at.
	Last int64
}

// Run takes the events up to the newest one that there is at the start, in
// batches and in order, each once. Those that arrive with it in one message are
// taken too, so that the position lies behind all that was taken.
func (s Source) Run(ctx context.Context, r Request, take func([]*inventoryv1.InventoryEvent) error) (Result, error) {
	run := &running{Source: s, request: r, filter: r.filter(), take: take, began: s.Clock.Now(), last: r.After, result: Result{Position: r.Position, Last: r.After}}
	waited, pause := time.Duration(0), s.Pause
	for {
		heard, err := run.follow(ctx)
		if err == nil {
			if !r.To.IsZero() {
				run.result.Position = ""
			}
			return run.result, nil
		}
		if heard {
			waited, pause = 0, s.Pause
		}
		// The first call says at once when the mesh cannot be reached.
		if !run.begun || !passes(ctx, err) || waited+pause > s.Patience {
			return run.result, err
		}
		s.Lost(err, pause)
		if err := sleep(ctx, pause); err != nil {
			return run.result, err
		}
		waited, pause = waited+pause, min(2*pause, longestPause)
	}
}

// running is one run, over all its connections.
type running struct {
	Source
	request Request
	filter  string
	take    func([]*inventoryv1.InventoryEvent) error
	began   time.Time
	// begun says that a first message came; bound is the event up to which the run
	// goes, first the one before it begins.
	begun        bool
	bound, first int64
	// last is the number of the last event taken.
	last   int64
	result Result
}

// stopError is an error that no further try mends.
type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }

func (e *stopError) Unwrap() error { return e.err }

// passes tells whether an error may be gone at the next try.
func passes(ctx context.Context, err error) bool {
	var stop *stopError
	if ctx.Err() != nil || errors.As(err, &stop) {
		return false
	}
	told, spoken := fault.Read(err)
	switch {
	case !spoken, told.Code == codes.Unavailable:
		return true
	case told.Reason != "":
		return told.Reason == "OVERLOADED" || told.Reason == "SUBSCRIBER_TOO_SLOW"
	}
	// Where the mesh did not speak, the connection broke.
	return told.Code == codes.Internal || told.Code == codes.Unknown || told.Code == codes.Canceled
}

func sleep(ctx context.Context, pause time.Duration) error {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// follow reads one stream, until the run is complete or the stream breaks. It
// tells whether a message came.
func (r *running) follow(ctx context.Context) (heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := r.Client.StreamInventoryEvents(ctx, r.ask())
	if err != nil {
		return false, err
	}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // a stream of events has no end
		}
		if err != nil {
			return heard, err
		}
		heard = true
		if err := r.message(m); err != nil {
			return true, &stopError{err}
		}
		if m.GetReachedEvent() >= r.bound {
			return true, nil
		}
	}
}

func (r *running) ask() *inventoryv1.StreamInventoryEventsRequest {
	in := &inventoryv1.StreamInventoryEventsRequest{Filter: r.filter, Position: r.result.Position, BatchSize: batch}
	if in.Position == "" && !r.request.From.IsZero() {
		in.StartTime = timestamppb.New(r.request.From)
	}
	return in
}

func (r *running) message(m *inventoryv1.StreamInventoryEventsResponse) error {
	events := m.GetInventoryEvents()
	upTo := r.request.UpTo
	if !r.begun {
		r.begun, r.bound, r.first = true, m.GetNewestEvent(), m.GetReachedEvent()
		if upTo > 0 {
			r.bound = min(r.bound, upTo)
		}
	}
	whole, chosen := true, events[:0:len(events)]
	for _, e := range events {
		n, err := Number(e)
		if err != nil {
			return err
		}
		if n <= r.request.After {
			continue
		}
		if upTo > 0 && n > upTo {
			whole = false
			break
		}
		// That nothing comes twice is promised; a file that is believed checks it.
		if n <= r.last {
			return fmt.Errorf("the mesh sent %s behind event %d", e.GetName(), r.last)
		}
		if r.filter == "" && r.last > 0 && n != r.last+1 {
			return fmt.Errorf("the mesh sent %s right behind event %d", e.GetName(), r.last)
		}
		r.last = n
		if r.within(e) {
			chosen = append(chosen, e)
		}
	}
	if err := r.take(chosen); err != nil {
		return err
	}
	r.result.Rows += int64(len(chosen))
	r.result.Last = r.last
	if whole {
		r.result.Position = m.GetPosition()
	}
	r.Report(r.progress(m.GetReachedEvent()))
	return nil
}

// Number is the number of an event: 42 of inventoryEvents/42.
func Number(e *inventoryv1.InventoryEvent) (int64, error) {
	v, err := id("name", (*event).GetName)(e)
	if err == nil && !v.Set {
		err = errors.New("the mesh sent an event without a name")
	}
	return v.Number, err
}

// within tells whether an event happened in the time asked for.
func (r *running) within(e *event) bool {
	if r.request.From.IsZero() {
		return true
	}
	return e.GetSourceTime() != nil && !e.GetSourceTime().AsTime().Before(r.request.From)
}

func (r *running) progress(reached int64) Progress {
	p := Progress{Rows: r.result.Rows, Left: -1}
	took := r.Clock.Now().Sub(r.began)
	if took <= 0 {
		return p
	}
	p.PerSecond = float64(p.Rows) / took.Seconds()
	if passed := reached - r.first; passed > 0 {
		p.Left = time.Duration(float64(took) / float64(passed) * float64(max(0, r.bound-reached)))
	}
	return p
}
