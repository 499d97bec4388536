package stream

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
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

const (
	// defaultBatch is how many events a message has at most where its reader does
	// not say: enough that a message costs little beside its events.
	defaultBatch = 256
	// notYet is how long to wait where history is still being taken over.
	notYet = 2 * time.Second
)

// FeedDeps is what a Feed reads from.
type FeedDeps[T proto.Message] struct {
	// Collection is the first part of the names of the events.
	Collection string
	Journal    store.Log
	// Tokens makes positions and the tokens of the next pages.
	Tokens *token.Maker
	// Show makes the event of an entry. It is shared by all readers, who do not
	// change it.
	Show func(store.Entry) (T, error)
	// Wire makes the bytes of the event as they are sent, which spares taking it apart.
	// nil where it costs as much; otherwise what is sent goes through Together.
	Wire func(store.Entry) ([]byte, error)
	// Names knows what people call the records that events name; nil: nobody does.
	Names *names.Finder
	// Latest is the latest time of the events up to an entry.
	Latest func(store.Entry) (time.Time, error)
	// Time is when an event happened.
	Time func(T) time.Time
	// Complete tells whether the journal reaches back to the beginning of history.
	Complete func() bool
	Clock    clock.Clock
	// Zone is whose days dates without a time mean; nil: UTC's.
	Zone func() *time.Location
	// Closed are the only values that some fields have, by their paths.
	Closed map[string][]string
	// Open are the fields whose values name records of any kind, by their paths.
	Open []string
	// Heartbeat is how long a stream may be quiet.
	Heartbeat time.Duration
	// Closing is closed when the server stops.
	Closing <-chan struct{}
}

// Feed sends the events of a journal, which never change: history and then the
// live tail. Who reads the tail shares what was read for others; who lags reads
// the journal, and keeps nothing in memory but the page that is being sent.
type Feed[T proto.Message] struct {
	FeedDeps[T]
	desc   protoreflect.MessageDescriptor
	fields []*index.Field
	tail   tail[T]
}

// NewFeed makes the feed of a journal.
func NewFeed[T proto.Message](d FeedDeps[T]) (*Feed[T], error) {
	var event T
	f := &Feed[T]{FeedDeps: d, desc: event.ProtoReflect().Descriptor()}
	var err error
	if f.fields, err = index.Fields(f.desc); err != nil {
		return nil, err
	}
	return f, nil
}

// Event is an event with its position.
type Event[T proto.Message] struct {
	Position uint64
	Event    T
	// wire is the event on the wire, where it comes in place of Event.
	wire []byte
	// size is about how many bytes the event has on the wire.
	size int
}

// Batch is one message of a stream: events, or none in a heartbeat.
type Batch[T proto.Message] struct {
	Events   []T
	Position string
	// Reached is the last event that was looked at, Newest the newest there was.
	Reached, Newest uint64
	Sent            time.Time
	// wires are events that come as bytes, in place of Events.
	wires [][]byte
	// find finds what people call the records that the events name.
	find func() record.Names
	// page is what readers who are sent the same share; nil where they are not.
	page *sharedPage
}

// Names are what people call the records that the events name. Of a message that many are
// sent they are looked up for one.
func (b Batch[T]) Names() record.Names {
	if b.find == nil {
		return nil
	}
	return b.find()
}

// FeedRequest is what a stream of events is asked with. Where there is a position,
// start time and from now have no effect.
type FeedRequest interface {
	GetFilter() string
	GetPosition() string
	GetStartTime() *timestamppb.Timestamp
	GetFromNow() bool
	GetBatchSize() int32
	GetReadMask() *fieldmaskpb.FieldMask
}

// selection is which events a reader sees, and how.
type selection[T proto.Message] struct {
	filter *filter.Filter
	mask   func(T) T
	hash   []byte
	// tokens are those that the reader gets.
	tokens token.Tokens
	// view is what the reader meets; nil for everything.
	view *scope.View
	// sight is nil where the reader is told no names of what the events name, and named is
	// what conditions go to through references.
	sight *names.Sight
	named *names.Records
	// early tells whether an event happened early enough; nil: all did.
	early func(T) bool
	// whole says that the reader sees every event, and all of it.
	whole bool
}

// selectBy reads what a reader asks for; now is what now() means to it.
func (f *Feed[T]) selectBy(ctx context.Context, filterText string, mask *fieldmaskpb.FieldMask, now time.Time) (*selection[T], error) {
	s := &selection[T]{hash: f.hashOf(filterText), tokens: f.Tokens.For(ctx), whole: filterText == "" && len(mask.GetPaths()) == 0}
	var event T
	var err error
	if s.view, err = viewOf(ctx, f.Collection, f.desc); err != nil {
		return nil, err
	}
	s.whole = s.whole && s.view == nil
	if err = s.view.CheckMask(mask); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FIELD_MASK, "read_mask", err.Error())
	}
	if s.mask, err = record.MaskOf[T](mask, event.ProtoReflect().New().Interface()); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FIELD_MASK, "read_mask", err.Error())
	}
	caller := f.Names.For(ctx)
	if f.desc.Fields().ByName(record.References) != nil {
		s.sight = caller.Wanted(mask, f.desc)
	}
	s.named = caller.Records()
	if s.filter, err = filter.Parse(filterText, f.desc, s.view.Indexes(f.fields), append(f.meaning(now), filter.Through(s.named))...); err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter", err.Error())
	}
	return s, nil
}

// meaning is what a filter means beyond its text.
func (f *Feed[T]) meaning(now time.Time) []filter.Option {
	options := []filter.Option{filter.At(now, zoneOf(f.Zone))}
	for path, values := range f.Closed {
		options = append(options, filter.Closed(path, values))
	}
	for _, path := range f.Open {
		options = append(options, filter.Open(path))
	}
	return options
}

// pick appends what the reader meets of some events that are for it.
func (s *selection[T]) pick(to []T, events []Event[T]) []T {
	for _, e := range events {
		if s.whole {
			to = append(to, e.Event)
		} else if event, met := s.meet(e.Event); met && (s.early == nil || s.early(e.Event)) && s.filter.Match(event.ProtoReflect()) {
			to = append(to, event)
		}
	}
	return to
}

// masked leaves the fields of events that the reader asked for.
func (s *selection[T]) masked(events []T) []T {
	if s.whole {
		return events
	}
	left := make([]T, len(events))
	for i, event := range events {
		left[i] = s.mask(event)
	}
	return left
}

// meet is what the reader meets of an event; false for one that it does not meet.
func (s *selection[T]) meet(event T) (T, bool) {
	if s.view == nil {
		return event, true
	}
	if !s.view.Sees(record.CompanyOf(event), event.ProtoReflect()) {
		return event, false
	}
	return s.view.Show(event).(T), true
}

// behind is the position that a new reader starts behind.
func (f *Feed[T]) behind(ctx context.Context, start *timestamppb.Timestamp, fromNow bool) (uint64, error) {
	if (start != nil || fromNow) && !f.Complete() {
		return 0, f.incomplete()
	}
	switch {
	case start != nil:
		at, err := seek(ctx, f.Journal, f.Latest, start.AsTime())
		return at - 1, err
	case fromNow:
		return f.Journal.Head(), nil
	}
	return f.Journal.Oldest() - 1, nil
}

func (f *Feed[T]) incomplete() error {
	return fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED,
		"The history of "+f.Collection+" is being taken over: stream it from the beginning now, or ask again later.", notYet)
}

// positionAt is where to go on behind a position, in the form that callers give back.
func (f *Feed[T]) positionAt(at uint64, hash []byte, tokens token.Tokens) string {
	return tokens.Position(&internalv1.StreamPosition{StoreId: f.Journal.ID(), Position: at, CallHash: hash})
}

// tooOld refuses a position and names the oldest one that can be gone on from.
func (f *Feed[T]) tooOld(oldest uint64, s *selection[T]) error {
	return fault.PositionTooOld(f.positionAt(oldest-1, s.hash, s.tokens))
}

// Positions makes the positions of a stream with a filter: where to go on behind an
// event, by its place in the journal.
func (f *Feed[T]) Positions(ctx context.Context, filterText string) func(at uint64) string {
	hash, tokens := f.hashOf(filterText), f.Tokens.For(ctx)
	return func(at uint64) string { return f.positionAt(at, hash, tokens) }
}

// PlaceOf is the place in the journal that a position leads to, whatever the filter
// that it was made for.
func (f *Feed[T]) PlaceOf(ctx context.Context, position string) (uint64, error) {
	p, err := f.Tokens.For(ctx).ReadPosition(position, f.Journal.ID(), nil)
	if err != nil {
		return 0, fault.Token("position", err)
	}
	if p.GetPosition() > f.Journal.Head() {
		return 0, errFuture()
	}
	return p.GetPosition(), nil
}

func (f *Feed[T]) hashOf(filterText string) []byte {
	return token.CallHash("events", f.Collection, filterText)
}
