// Package command shows what became of commands, whichever service they were sent to, and
// lets people settle those that stand still. What carries them out is the engine's.
package command

import (
	"context"

	"google.golang.org/grpc"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/gen/go/mesh/command/v1/intentservice"
	engine "odoomesh/internal/command"
	"odoomesh/internal/domain"
)

// Rooms gives who carries commands out.
type Rooms interface {
	Commands() *engine.Desk
}

// Domain is what is served of commands.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "command",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			commandv1.RegisterIntentServiceServer(s, &Service{desk: r.Commands()})
			return nil
		},
		Gateway: intentservice.Gateway,
	}
}

// Service answers IntentService.
type Service struct {
	commandv1.UnsafeIntentServiceServer
	desk *engine.Desk
}

// GetIntent answers one intent.
func (s *Service) GetIntent(ctx context.Context, r *commandv1.GetIntentRequest) (*commandv1.Intent, error) {
	return s.desk.Get(ctx, r.GetName())
}

// ListIntents answers a page of intents.
func (s *Service) ListIntents(ctx context.Context, r *commandv1.ListIntentsRequest) (*commandv1.ListIntentsResponse, error) {
	return s.desk.List(ctx, r)
}

// RetryIntent tries an intent again.
func (s *Service) RetryIntent(ctx context.Context, r *commandv1.RetryIntentRequest) (*commandv1.Intent, error) {
	return s.desk.Retry(ctx, r.GetName())
}

// CancelIntent gives an intent up.
func (s *Service) CancelIntent(ctx context.Context, r *commandv1.CancelIntentRequest) (*commandv1.Intent, error) {
	return s.desk.Cancel(ctx, r.GetName(), r.GetExplanation())
}
