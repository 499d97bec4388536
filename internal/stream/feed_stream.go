package stream

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/names"
	"odoomesh/internal/record"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// Stream sends events until the caller goes away or sending fails. A position
// that retention has passed is refused with POSITION_TOO_OLD.
func (f *Feed[T]) Stream(ctx context.Context, r FeedRequest, send func(Batch[T]) error) error {
	s := &reader[T]{Feed: f, send: send, size: int(r.GetBatchSize()), wire: record.OverGRPC(ctx), limit: record.PageLimit(ctx)}
	if s.size == 0 {
		s.size = defaultBatch
	}
	var err error
	if s.selection, err = f.selectBy(ctx, r.GetFilter(), r.GetReadMask(), s.Clock.Now()); err != nil {
		return err
	}
	if err = streamable(s.filter); err != nil {
		return err
	}
	s.limit = s.roomFor(s.limit)
	if r.GetPosition() == "" {
		s.at, err = f.behind(ctx, r.GetStartTime(), r.GetFromNow())
	} else {
		s.at, err = resume(r.GetPosition(), f.Journal, s.hash, s.tokens)
	}
	if err != nil {
		return err
	}
	if oldest := f.Journal.Oldest(); s.at+1 < oldest {
		return f.tooOld(oldest, s.selection)
	}
	return s.run(ctx)
}

// resume reads a position that a caller gives back.
func resume(text string, log store.Log, hash []byte, tokens token.Tokens) (uint64, error) {
	p, err := tokens.ReadPosition(text, log.ID(), hash)
	if err != nil {
		return 0, fault.Token("position", err)
	}
	if p.GetPosition() > log.Head() {
		return 0, errFuture()
	}
	return p.GetPosition(), nil
}

func errFuture() error {
	return fault.InvalidField(errorsv1.Reason_REASON_FOREIGN_TOKEN, "position", "the position lies in the future of this log")
}

func shuttingDown() error {
	return fault.Unavailable(errorsv1.Reason_REASON_SHUTTING_DOWN, "the server is stopping: go on from the last position", time.Second)
}

// reader is one running stream.
type reader[T proto.Message] struct {
	*Feed[T]
	*selection[T]
	send func(Batch[T]) error
	// size and limit are how many events, and how many bytes of them, a message has.
	size, limit int
	// at is the position up to which everything was sent or passed over.
	at uint64
	// told is the position of the last message; nil before the first.
	told *uint64
	// wire says that messages go out over gRPC, so that they may come as bytes.
	wire bool
}

func (s *reader[T]) run(ctx context.Context) error {
	quiet := time.NewTimer(s.Heartbeat)
	defer quiet.Stop()
	// A stream that comes to the newest event says so: until something happens, its
	// caller could not tell it from one that hangs or still passes over events.
	arrived := false
	for {
		events, err := s.next(ctx)
		if err != nil {
			return s.refusal(err)
		}
		spoke, err := s.pass(events)
		if err != nil {
			return err
		}
		if spoke {
			quiet.Reset(s.Heartbeat)
		}
		if len(events) == 0 && !arrived {
			arrived = true
			if s.told == nil || *s.told != s.at {
				if err := s.heartbeat(); err != nil {
					return err
				}
			}
		}
		if err := s.await(ctx, len(events) == 0, quiet); err != nil {
			return err
		}
	}
}

// next is the page behind the position.
func (s *reader[T]) next(ctx context.Context) ([]Event[T], error) {
	if s.Wire != nil && s.whole && s.wire && s.lags(s.at+1) {
		return s.read(ctx, nil, s.at+1, s.at+pageLength, s.onTheWire)
	}
	return s.page(ctx, s.at+1)
}

// await waits for more where there is nothing, and sends a heartbeat where none of
// it was for this reader for a while.
func (s *reader[T]) await(ctx context.Context, idle bool, quiet *time.Timer) error {
	ready := closed
	if idle {
		ready = s.Journal.Grown(s.at)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.Closing:
		return shuttingDown()
	case <-quiet.C:
		quiet.Reset(s.Heartbeat)
		return s.heartbeat()
	case <-ready:
		return nil
	}
}

// closed is ready at once.
var closed = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// pass sends what the reader sees of a page, in messages of its size.
func (s *reader[T]) pass(events []Event[T]) (spoke bool, err error) {
	for len(events) > 0 {
		part := s.part(events)
		events = events[len(part):]
		s.at = part[len(part)-1].Position
		b := s.batch(part)
		if len(b.Events)+len(b.wires) == 0 {
			continue
		}
		spoke = true
		if err := s.tell(b); err != nil {
			return spoke, err
		}
	}
	return spoke, nil
}

// batch has what the reader sees of the events of one message.
func (s *reader[T]) batch(part []Event[T]) Batch[T] {
	b := Batch[T]{page: s.sharedPage(part)}
	if part[0].wire == nil {
		picked := s.pick(make([]T, 0, len(part)), part)
		if b.Events = s.masked(picked); !s.sight.Whole() {
			picked = b.Events
		}
		b.find = func() record.Names { return names.FindAll(s.sight, picked).Within(s.limit) }
		return b
	}
	for _, e := range part {
		b.wires = append(b.wires, e.wire)
	}
	b.find = func() record.Names { return s.sight.FindWires(s.desc, b.wires).Within(s.limit) }
	return b
}

// part is what one message has of some events, at least one.
func (s *reader[T]) part(events []Event[T]) []Event[T] {
	bytes := 0
	for i, e := range events {
		if bytes += e.size; i == s.size || i > 0 && bytes > s.limit {
			return events[:i]
		}
	}
	return events
}

// sharedPage is where the message of some events is kept for other readers.
func (s *reader[T]) sharedPage(part []Event[T]) *sharedPage {
	if !s.whole || !s.wire {
		return nil
	}
	key := pageKey{first: part[0].Position, last: s.at}
	if s.sight != nil {
		key.names = s.sight.State(s.desc)
	}
	return s.tail.shared(key)
}

func (s *reader[T]) heartbeat() error { return s.tell(Batch[T]{}) }

// tell sends a batch, with how far the reader has come.
func (s *reader[T]) tell(b Batch[T]) error {
	at := s.at
	s.told = &at
	b.Position, b.Reached, b.Newest, b.Sent = s.positionAt(at, s.hash, s.tokens), at, s.Journal.Head(), s.Clock.Now()
	return s.send(b)
}

// refusal tells a reader that retention has overtaken where to begin anew.
func (s *reader[T]) refusal(err error) error {
	var truncated *store.TruncatedError
	if errors.As(err, &truncated) {
		return s.tooOld(truncated.Oldest, s.selection)
	}
	return err
}
