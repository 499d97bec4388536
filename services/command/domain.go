// Package command shows what became of commands, whichever service they were sent to, and
// lets people settle those that stand still. What carries them out is the engine's.
package command

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/gen/go/mesh/command/v1/intentservice"
	engine "odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/stream"
)

// Rooms gives who carries commands out, and what watches of intents read from.
type Rooms interface {
	Commands() *engine.Desk
	IntentFeed() stream.FeedDeps[*commandv1.Intent]
}

// Domain is what is served of commands.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "command",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			feed, err := stream.NewFeed(r.IntentFeed())
			if err != nil {
				return err
			}
			commandv1.RegisterIntentServiceServer(s, &Service{desk: r.Commands(), changes: feed})
			return nil
		},
		Gateway: intentservice.Gateway,
	}
}

// Service answers IntentService.
type Service struct {
	commandv1.UnsafeIntentServiceServer
	desk *engine.Desk
	// changes are those of the intents.
	changes *stream.Feed[*commandv1.Intent]
}

// GetIntent answers one intent.
func (s *Service) GetIntent(ctx context.Context, r *commandv1.GetIntentRequest) (*commandv1.Intent, error) {
	return s.desk.Get(ctx, r.GetName())
}

// ListIntents answers a page of intents.
func (s *Service) ListIntents(ctx context.Context, r *commandv1.ListIntentsRequest) (*commandv1.ListIntentsResponse, error) {
	return s.desk.List(ctx, r)
}

// WatchIntents sends the changes of intents from some place on.
func (s *Service) WatchIntents(r *commandv1.WatchIntentsRequest, out commandv1.IntentService_WatchIntentsServer) error {
	return s.changes.Stream(out.Context(), watching{r, engine.Met(out.Context(), r.GetFilter())}, func(b stream.Batch[*commandv1.Intent]) error {
		return out.Send(&commandv1.WatchIntentsResponse{Intents: b.Events, Position: b.Position, SendTime: timestamppb.New(b.Sent)})
	})
}

// watching asks for whole intents, of those that the caller meets.
type watching struct {
	*commandv1.WatchIntentsRequest
	filter string
}

func (w watching) GetFilter() string                  { return w.filter }
func (watching) GetStartTime() *timestamppb.Timestamp { return nil }
func (watching) GetReadMask() *fieldmaskpb.FieldMask  { return nil }

// RetryIntent tries an intent again.
func (s *Service) RetryIntent(ctx context.Context, r *commandv1.RetryIntentRequest) (*commandv1.Intent, error) {
	return s.desk.Retry(ctx, r.GetName())
}

// CancelIntent gives an intent up.
func (s *Service) CancelIntent(ctx context.Context, r *commandv1.CancelIntentRequest) (*commandv1.Intent, error) {
	return s.desk.Cancel(ctx, r.GetName(), r.GetExplanation())
}
