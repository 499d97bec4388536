package event

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
	"odoomesh/internal/names"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
	"odoomesh/services/event/eventbook"
	"odoomesh/services/event/rules"
)

// Feed is what streams of events read from.
type Feed = stream.FeedDeps[*eventv1.CloudEvent]

// Service answers EventService.
type Service struct {
	eventv1.UnimplementedEventServiceServer
	book   *eventbook.Book
	events *stream.Feed[*eventv1.CloudEvent]
	// statuses tell how each collection stands.
	statuses func() []capture.Status
	// source is the source that all events have.
	source  string
	streams streams
}

// New makes the service.
func New(r Rooms) (*Service, error) {
	events, err := stream.NewFeed(r.EventFeed())
	if err != nil {
		return nil, err
	}
	return &Service{book: r.EventBook(), events: events, statuses: r.Statuses, source: eventbook.Source(r.Instance())}, nil
}

// freshness is that of the oldest copy of whatever means events.
func (s *Service) freshness() *typesv1.Freshness {
	verified, reachable := s.book.Clock.Now(), false
	for _, c := range s.statuses() {
		if !slices.Contains(rules.Collections(), c.Collection) {
			continue
		}
		if reachable = c.Reachable; c.Verified.Before(verified) {
			verified = c.Verified
		}
	}
	return read.FreshnessOf(verified, reachable)
}

// ListEvents answers a page of events.
func (s *Service) ListEvents(ctx context.Context, r *eventv1.ListEventsRequest) (*eventv1.ListEventsResponse, error) {
	page, err := s.events.List(ctx, listing{r})
	if err != nil {
		return nil, err
	}
	answer := &eventv1.ListEventsResponse{NextPageToken: page.Next, Position: page.Position, Freshness: s.freshness()}
	position := s.events.Positions(ctx, r.GetFilter())
	for _, e := range page.Events {
		placed, err := place(e, position)
		if err != nil {
			return nil, err
		}
		answer.Events = append(answer.Events, placed)
	}
	answer.References = s.references(ctx, page.Events)
	return answer, nil
}

// referencesAtMost bounds the names beside a page of events, in bytes: so much room it
// leaves in what clients take.
const referencesAtMost = 400 << 10

// references are what people call the records that the data of events names.
func (s *Service) references(ctx context.Context, events []*eventv1.CloudEvent) map[string]*typesv1.Reference {
	sight := s.events.Names.For(ctx)
	if sight == nil {
		return nil
	}
	data := make([]proto.Message, 0, len(events))
	for _, e := range events {
		if m, err := e.GetData().UnmarshalNew(); err == nil {
			data = append(data, m)
		}
	}
	return names.FindAll(sight, data).Within(referencesAtMost).Map()
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
	at, err := s.events.PlaceOf(ctx, r.GetPosition())
	if err != nil {
		return nil, err
	}
	may := func(owner string) error { return mayUse(ctx, r.GetConsumer(), owner) }
	if err := may(s.streams.owner(r.GetConsumer())); err != nil {
		return nil, err
	}
	c, err := s.book.Acknowledge(ctx, r.GetConsumer(), at, access.Caller(ctx), may)
	if errors.As(err, &eventbook.TooManyError{}) {
		return nil, fault.Invalid(fault.Violation("consumer", fmt.Sprint(err)))
	}
	if err != nil {
		return nil, err
	}
	return s.show(c), nil
}

// ListConsumers answers all consumers, by name: those that have acknowledged something, and
// those that have a stream and never did.
func (s *Service) ListConsumers(context.Context, *eventv1.ListConsumersRequest) (*eventv1.ListConsumersResponse, error) {
	streams := s.streams.names()
	known, err := s.book.Consumers()
	if err != nil {
		return nil, err
	}
	for _, c := range known {
		delete(streams, c.Name)
	}
	for name, owner := range streams {
		known = append(known, eventbook.Consumer{Name: name, Owner: owner})
	}
	slices.SortFunc(known, func(a, b eventbook.Consumer) int { return strings.Compare(a.Name, b.Name) })
	answer := &eventv1.ListConsumersResponse{}
	for _, c := range known {
		answer.Consumers = append(answer.Consumers, s.show(c))
	}
	return answer, nil
}

// GetConsumer answers one consumer of those that ListConsumers answers.
func (s *Service) GetConsumer(_ context.Context, r *eventv1.GetConsumerRequest) (*eventv1.Consumer, error) {
	c, known, err := s.book.Consumer(r.GetName())
	if err != nil {
		return nil, err
	}
	if !known {
		owner, streams := s.streams.names()[r.GetName()]
		if !streams {
			return nil, fault.NotFound(r.GetName())
		}
		c = eventbook.Consumer{Name: r.GetName(), Owner: owner}
	}
	return s.show(c), nil
}

func (s *Service) show(c eventbook.Consumer) *eventv1.Consumer {
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
	return &eventv1.ListEventTypesResponse{EventTypes: rules.Types()}, nil
}
