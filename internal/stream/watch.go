// Package stream sends what happens, from any position on: history from the log,
// then the live tail, without a seam between them. Its promises carry etcd's names:
//
//   - Ordered: messages come in the order of the log.
//   - Unique: a resumed stream sends nothing twice.
//   - Atomic: a message shows a whole record, never part of a change.
//   - Reliable: no change is left out, whatever broke in between.
//   - Resumable: every message carries the position to go on from.
//   - Bookmarkable: a quiet stream sends its position as a heartbeat.
//
// A subscriber that reads slowly costs nobody else anything: each goes at its own pace,
// and nothing is kept in memory for it. Those near the end share what was read for one.
package stream

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
	"odoomesh/internal/names"
	"odoomesh/internal/record"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// currentAtOnce is how many records of the current state are read under one
// snapshot: a slow reader must not hold one open for long.
const currentAtOnce = 200

// WatchRequest is what every Watch asks with.
type WatchRequest interface {
	GetFilter() string
	GetPosition() string
	GetIncludeCurrent() bool
	GetStartTime() *timestamppb.Timestamp
	GetReadMask() *fieldmaskpb.FieldMask
}

// Message is one message of a watch. Record is nil in a heartbeat.
type Message[T proto.Message] struct {
	Type     typesv1.ChangeType
	Record   T
	Position string
	Recorded time.Time
	// TooLarge stands in place of a record that is larger than the caller takes.
	TooLarge *typesv1.TooLarge
}

// Deps is what a Watcher reads from.
type Deps struct {
	Kind  *record.Kind
	Log   store.Log
	Cache store.Cache
	// Tokens makes positions.
	Tokens *token.Maker
	Clock  clock.Clock
	// Zone is whose days dates without a time mean; nil: UTC's.
	Zone func() *time.Location
	// Compute works out fields when a record is sent; nil: there are none.
	Compute func(m proto.Message, now time.Time, zone *time.Location) proto.Message
	// Names knows what people call the records that others name; nil: nobody does.
	Names *names.Finder
	// Loaded tells whether the first load is complete.
	Loaded func() bool
	// Heartbeat is how long a stream may be quiet.
	Heartbeat time.Duration
	// Closing is closed when the server stops: streams end then, so that it need
	// not wait for them.
	Closing <-chan struct{}
}

// Watcher sends the changes of one collection.
type Watcher[T proto.Message] struct {
	Deps
	fields  []*index.Field
	changes *changes
}

// NewWatcher makes the watcher of a collection.
func NewWatcher[T proto.Message](d Deps) (*Watcher[T], error) {
	fields, err := index.Fields(d.Kind.Descriptor())
	if err != nil {
		return nil, err
	}
	return &Watcher[T]{Deps: d, fields: fields, changes: changesOf(d.Log, d.Kind)}, nil
}

// Watch sends messages until the caller goes away or sending fails. A position
// that the log no longer has is refused with POSITION_TOO_OLD.
func (w *Watcher[T]) Watch(ctx context.Context, r WatchRequest, send func(Message[T]) error) error {
	s, err := w.begin(ctx, r, send)
	if err != nil {
		return err
	}
	s.limit = record.MessageLimit(ctx)
	if s.at.GetSendingCurrent() {
		err = s.current(ctx)
	} else {
		// A watch that has begun says so: until something comes, its caller could
		// not tell it from one that hangs.
		err = s.heartbeat()
	}
	if err != nil {
		return err
	}
	return s.follow(ctx)
}

// zoneOf is a time zone that somebody knows, or UTC.
func zoneOf(known func() *time.Location) *time.Location {
	if known == nil {
		return time.UTC
	}
	return known()
}

// streamable refuses a filter of a stream that asks for the time, or about records that others
// name: records would pass it, or not any more, without a change that could be sent, and a
// stream that goes on tomorrow would have another now, and other names.
func streamable(f *filter.Filter) error {
	switch {
	case f.Clocked():
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter",
			"what passes changes here as time goes by, though nothing happens to the records, and a stream sends only what happens: "+
				"write a fixed time in place of now() and today(), watch without that condition and compare the times of what comes, or list with the filter from time to time")
	case f.Named():
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter",
			"what passes changes here when a record changes that is named, though nothing happens to those that name it, and a stream sends only what happens to these: "+
				"list the records that are meant and compare their names, as in supplier = \"suppliers/7\", stream without that condition and look at references in what comes, or list with the filter from time to time")
	}
	return nil
}

// subscription is one running watch.
type subscription[T proto.Message] struct {
	*Watcher[T]
	filter *filter.Filter
	mask   func(T) T
	send   func(Message[T]) error
	// limit is how many bytes the record in a message may have; 0 for no limit.
	limit int
	at    *internalv1.StreamPosition
	// tokens are those that the caller gets.
	tokens token.Tokens
	// view is what the caller meets; nil for everything.
	view *scope.View
	// sight is nil where the caller is told no names of what the records name.
	sight *names.Sight
	// spoke says that a change was sent since it was last set to false.
	spoke bool
}

func (w *Watcher[T]) begin(ctx context.Context, r WatchRequest, send func(Message[T]) error) (*subscription[T], error) {
	s := &subscription[T]{Watcher: w, send: send, tokens: w.Tokens.For(ctx)}
	var err error
	if s.view, err = viewOf(ctx, w.Kind.Collection, w.Kind.Descriptor()); err != nil {
		return nil, err
	}
	if err = s.view.CheckMask(r.GetReadMask()); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FIELD_MASK, "read_mask", err.Error())
	}
	if s.mask, err = record.Mask[T](r.GetReadMask(), w.Kind); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FIELD_MASK, "read_mask", err.Error())
	}
	caller := w.Names.For(ctx)
	s.sight = caller.Wanted(r.GetReadMask(), w.Kind.Descriptor())
	if s.filter, err = filter.Parse(r.GetFilter(), w.Kind.Descriptor(), s.view.Indexes(w.fields), filter.At(w.Clock.Now(), zoneOf(w.Zone)), filter.Through(caller.Records())); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter", err.Error())
	}
	if err = streamable(s.filter); err != nil {
		return nil, err
	}
	hash := token.CallHash("watch", w.Kind.Collection, r.GetFilter())
	if r.GetPosition() == "" {
		if r.GetIncludeCurrent() && !w.Loaded() {
			return nil, fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED,
				fmt.Sprintf("%s are being loaded for the first time: watch them from now on, or ask for the current state again later", w.Kind.Collection), time.Second)
		}
		s.at = &internalv1.StreamPosition{StoreId: w.Log.ID(), Position: w.Log.Head(), CallHash: hash, SendingCurrent: r.GetIncludeCurrent()}
		if r.GetIncludeCurrent() {
			// The cache may lag behind the log, and never runs ahead of it.
			s.at.Position = w.Cache.Position()
		}
		if r.GetStartTime() != nil {
			return s, s.since(ctx, r.GetStartTime().AsTime())
		}
		return s, nil
	}
	if s.at, err = s.tokens.ReadPosition(r.GetPosition(), w.Log.ID(), hash); err != nil {
		return nil, fault.Token("position", err)
	}
	if s.at.GetPosition() > w.Log.Head() {
		return nil, errFuture()
	}
	if oldest := w.Log.Oldest(); s.at.GetPosition()+1 < oldest {
		return nil, s.tooOld(oldest)
	}
	return s, nil
}

// since lets the watch begin with what was recorded at a time or later.
func (s *subscription[T]) since(ctx context.Context, t time.Time) error {
	at, err := since(ctx, s.Log, t, func(at uint64) string {
		from := proto.CloneOf(s.at)
		from.Position = at
		return s.tokens.Position(from)
	})
	s.at.Position = at - 1
	return err
}

// tooOld refuses a position and names the oldest one that can be gone on from.
func (s *subscription[T]) tooOld(oldest uint64) error {
	from := proto.CloneOf(s.at)
	from.Position, from.SendingCurrent, from.CurrentAfterKey = oldest-1, false, nil
	return fault.PositionTooOld(s.tokens.Position(from))
}

// current sends the records as they are now, by id. A change that comes while
// they are sent is sent once more behind them: the watch goes on from where the
// cache stood at the beginning.
func (s *subscription[T]) current(ctx context.Context) error {
	for {
		hits, err := s.currentPage()
		if err != nil {
			return err
		}
		for _, h := range hits {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.at.CurrentAfterKey = h.Key
			m, err := s.Kind.Decode(h.Value, time.Time{})
			if err != nil {
				return err
			}
			if m = s.meet(m); m != nil && s.filter.Match(m.ProtoReflect()) {
				if err := s.emit(typesv1.ChangeType_CHANGE_TYPE_CURRENT, m, record.Observed(m)); err != nil {
					return err
				}
			}
		}
		if len(hits) < currentAtOnce {
			s.at.SendingCurrent, s.at.CurrentAfterKey = false, nil
			return s.heartbeat()
		}
	}
}

func (s *subscription[T]) currentPage() ([]store.Hit, error) {
	snapshot := s.Cache.Snapshot()
	defer snapshot.Close()
	var hits []store.Hit
	for h, err := range snapshot.Records(s.Kind.Collection, store.Range{AfterKey: s.at.GetCurrentAfterKey()}) {
		if err != nil {
			return nil, err
		}
		if hits = append(hits, h); len(hits) == currentAtOnce {
			break
		}
	}
	return hits, nil
}

func (s *subscription[T]) emit(kind typesv1.ChangeType, m proto.Message, recorded time.Time) error {
	s.spoke = true
	message := Message[T]{Type: kind, Record: names.Beside(s.sight, s.mask, m.(T)), Position: s.tokens.Position(s.at), Recorded: recorded}
	if s.limit > 0 {
		if size := proto.Size(message.Record); size > s.limit {
			var none T
			message.Record, message.TooLarge = none, &typesv1.TooLarge{Name: record.NameOf(m), SizeBytes: int64(size)}
		}
	}
	return s.send(message)
}

func (s *subscription[T]) heartbeat() error {
	return s.send(Message[T]{Type: typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT, Position: s.tokens.Position(s.at), Recorded: s.Clock.Now()})
}
