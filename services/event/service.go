package event

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// Feed is what streams of events read from.
type Feed = stream.FeedDeps[*eventv1.CloudEvent]

// Consumer is how far somebody has acknowledged the events; Position 0 and the zero
// time stand for not at all.
type Consumer struct {
	Name         string
	Position     uint64
	Acknowledged time.Time
	// Owner is the principal whose it is.
	Owner string
}

// Book is the journal of events, with its consumers and its catalogue.
type Book struct {
	Consumers
	Feed Feed
	// Source is the source that all events have.
	Source string
	// Types is the catalogue.
	Types []*eventv1.EventType
	// Freshness tells until when what the events are made of was known to equal
	// Odoo's, and whether Odoo answers.
	Freshness func() (verified time.Time, reachable bool)
	// Caller tells who calls.
	Caller func(context.Context) Caller
}

// Consumers remember how far each consumer has come.
type Consumers interface {
	// Consumer is false for one that has acknowledged nothing.
	Consumer(name string) (Consumer, bool, error)
	Consumers() ([]Consumer, error)
	// Acknowledge notes durably that a consumer has handled all up to a position. It
	// never goes back. A new one becomes the caller's; of one that is known, may says
	// whether the caller may use it.
	Acknowledge(ctx context.Context, name string, position uint64, caller string, may func(owner string) error) (Consumer, error)
	// Forget tells whether there was one.
	Forget(ctx context.Context, name string) (bool, error)
}

// Service answers EventService.
type Service struct {
	eventv1.UnimplementedEventServiceServer
	book    Book
	events  *stream.Feed[*eventv1.CloudEvent]
	streams streams
}

// New makes the service of a book.
func New(b Book) (*Service, error) {
	events, err := stream.NewFeed(b.Feed)
	if err != nil {
		return nil, err
	}
	return &Service{book: b, events: events}, nil
}

// ListEvents answers a page of events.
func (s *Service) ListEvents(ctx context.Context, r *eventv1.ListEventsRequest) (*eventv1.ListEventsResponse, error) {
	page, err := s.events.List(ctx, listing{r})
	if err != nil {
		return nil, err
	}
	answer := &eventv1.ListEventsResponse{NextPageToken: page.Next, Position: page.Position, Freshness: read.FreshnessOf(s.book.Freshness())}
	position := s.events.Positions(r.GetFilter())
	for _, e := range page.Events {
		placed, err := place(e, position)
		if err != nil {
			return nil, err
		}
		answer.Events = append(answer.Events, placed)
	}
	return answer, nil
}

// listing shows all fields: an event without some of them would be no CloudEvent.
type listing struct{ *eventv1.ListEventsRequest }

func (listing) GetReadMask() *fieldmaskpb.FieldMask { return nil }

// place gives an event, which other readers share, the position of this reader.
func place(e *eventv1.CloudEvent, position func(uint64) string) (*eventv1.CloudEvent, error) {
	at, err := strconv.ParseUint(e.GetSequence(), 10, 64)
	if err != nil {
		return nil, err
	}
	placed, text := proto.CloneOf(e), position(at)
	placed.Position = &text
	return placed, nil
}

// Acknowledge remembers how far a consumer has come.
func (s *Service) Acknowledge(ctx context.Context, r *eventv1.AcknowledgeRequest) (*eventv1.Consumer, error) {
	at, err := s.events.PlaceOf(r.GetPosition())
	if err != nil {
		return nil, err
	}
	caller := s.book.Caller(ctx)
	may := func(owner string) error { return caller.mayUse(r.GetConsumer(), owner) }
	if err := may(s.streams.owner(r.GetConsumer())); err != nil {
		return nil, err
	}
	c, err := s.book.Acknowledge(ctx, r.GetConsumer(), at, caller.Name, may)
	if err != nil {
		return nil, err
	}
	return s.show(c), nil
}

// ListConsumers answers all consumers.
func (s *Service) ListConsumers(context.Context, *eventv1.ListConsumersRequest) (*eventv1.ListConsumersResponse, error) {
	known, err := s.book.Consumers.Consumers()
	if err != nil {
		return nil, err
	}
	answer := &eventv1.ListConsumersResponse{}
	for _, c := range known {
		answer.Consumers = append(answer.Consumers, s.show(c))
	}
	return answer, nil
}

func (s *Service) show(c Consumer) *eventv1.Consumer {
	shown := &eventv1.Consumer{
		Name: c.Name, Owner: c.Owner, AcknowledgedSequence: int64(c.Position), Connected: s.streams.open(c.Name),
		Lag: int64(s.events.Journal.Head()) - int64(c.Position),
	}
	if !c.Acknowledged.IsZero() {
		shown.AcknowledgeTime = timestamppb.New(c.Acknowledged)
	}
	return shown
}

// DeleteConsumer forgets a consumer and ends its stream.
func (s *Service) DeleteConsumer(ctx context.Context, r *eventv1.DeleteConsumerRequest) (*emptypb.Empty, error) {
	found, err := s.book.Forget(ctx, r.GetName())
	if err != nil {
		return nil, err
	}
	if !s.streams.end(r.GetName()) && !found {
		return nil, fault.NotFound(r.GetName())
	}
	return &emptypb.Empty{}, nil
}

// ListEventTypes answers the catalogue.
func (s *Service) ListEventTypes(context.Context, *eventv1.ListEventTypesRequest) (*eventv1.ListEventTypesResponse, error) {
	return &eventv1.ListEventTypesResponse{EventTypes: s.book.Types}, nil
}
