package change

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	changev1 "odoomesh/gen/go/mesh/change/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
	"odoomesh/internal/nearest"
	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/internal/stream"
)

// Service answers ChangeService.
type Service struct {
	changev1.UnimplementedChangeServiceServer
	recorded *stream.Recorded
	places   map[string]place
	statuses func() []capture.Status
	rooms    Rooms
}

// New makes the service.
func New(r Rooms) (*Service, error) {
	s := &Service{recorded: stream.NewRecorded(r.Recorded()), places: map[string]place{}, statuses: r.Statuses, rooms: r}
	for name, kind := range s.recorded.Kinds {
		var err error
		if s.places[name], err = placeOf(kind); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ListChanges answers a page of what changed.
func (s *Service) ListChanges(ctx context.Context, r *changev1.ListChangesRequest) (*changev1.ListChangesResponse, error) {
	collections, err := s.opened(ctx, r.GetCollections())
	if err != nil {
		return nil, err
	}
	page, err := s.recorded.List(ctx, collections, r)
	if err != nil {
		return nil, err
	}
	return &changev1.ListChangesResponse{
		Changes: shown(ctx, page), NextPageToken: page.Next, Position: page.Position, Freshness: s.freshness(collections),
	}, nil
}

// GetHistory answers a page of what changed in a record.
func (s *Service) GetHistory(ctx context.Context, r *changev1.GetHistoryRequest) (*changev1.GetHistoryResponse, error) {
	collection, _, _ := strings.Cut(r.GetName(), "/")
	if err := s.mayOpen(ctx, "name", collection); err != nil {
		return nil, err
	}
	page, err := s.recorded.History(ctx, collection, r)
	if err != nil {
		return nil, err
	}
	return &changev1.GetHistoryResponse{
		Changes: shown(ctx, page), NextPageToken: page.Next, OlderDropped: page.Dropped, Freshness: s.freshness([]string{collection}),
	}, nil
}

// opened are the collections that a caller has named and may watch or, where it has named
// none, all that it may watch.
func (s *Service) opened(ctx context.Context, named []string) ([]string, error) {
	for _, name := range named {
		if err := s.mayOpen(ctx, "collections", name); err != nil {
			return nil, err
		}
	}
	if len(named) > 0 {
		return named, nil
	}
	all, err := s.open(ctx)
	if err == nil && len(all) == 0 {
		err = fault.NotPermitted("watch", "any collection")
	}
	return all, err
}

// open are the collections that a caller may watch, by name.
func (s *Service) open(ctx context.Context) ([]string, error) {
	var all []string
	for _, name := range s.recorded.Collections() {
		meets, err := s.recorded.Meets(ctx, name)
		if err != nil {
			return nil, err
		}
		if meets && s.places[name].mayWatch(ctx) {
			all = append(all, name)
		}
	}
	return all, nil
}

// mayOpen refuses a collection that is not there or that the caller may not watch.
func (s *Service) mayOpen(ctx context.Context, field, name string) error {
	place, known := s.places[name]
	if known && place.mayWatch(ctx) {
		return nil // a view that is closed is refused when it is opened
	}
	if known {
		return fault.NotPermitted("watch", name)
	}
	all, err := s.open(ctx)
	if err != nil {
		return err
	}
	problem := fmt.Sprintf("there is no collection %q whose changes are recorded; there are %s", name, strings.Join(all, ", "))
	if meant := nearest.Word(name, all); meant != "" {
		problem = fmt.Sprintf("there is no collection %q whose changes are recorded; did you mean %s?", name, meant)
	}
	return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, field, problem)
}

// freshness is that of the oldest copy among some collections.
func (s *Service) freshness(collections []string) *typesv1.Freshness {
	var oldest *capture.Status
	for _, c := range s.statuses() {
		if slices.Contains(collections, c.Collection) && (oldest == nil || c.Verified.Before(oldest.Verified)) {
			oldest = &c
		}
	}
	if oldest == nil {
		return nil
	}
	return read.FreshnessOf(oldest.Verified, oldest.Reachable)
}

// shown are changes as they are answered.
func shown(ctx context.Context, page *stream.RecordedPage) []*changev1.Change {
	var all []*changev1.Change
	for _, c := range page.Changes {
		one := &changev1.Change{
			Name: c.Name, Collection: c.Collection, ChangeType: c.Type, RecordedTime: timestamppb.New(c.Recorded),
			DisplayName: called(c.Record), Previous: c.Previous, Current: c.Current,
		}
		if c.Type != typesv1.ChangeType_CHANGE_TYPE_DELETED {
			one.SourceTime = sourceTime(c.Record)
		}
		if len(c.Paths) > 0 {
			one.ChangedFields = &fieldmaskpb.FieldMask{Paths: c.Paths}
		}
		if limit := record.MessageLimit(ctx); limit > 0 && c.Size > limit {
			one.Previous, one.Current = nil, nil
			one.TooLarge = &typesv1.TooLarge{Name: c.Name, SizeBytes: int64(c.Size)}
		}
		all = append(all, one)
	}
	return all
}

func sourceTime(m proto.Message) *timestamppb.Timestamp {
	r, ok := m.(interface{ GetProvenance() *typesv1.Provenance })
	if !ok {
		return nil
	}
	return r.GetProvenance().GetSourceTime()
}

// called is what people call a record, or its name.
func called(m proto.Message) string {
	known, _ := record.Called(m.ProtoReflect())
	return cmp.Or(known, record.NameOf(m))
}
