package event

import (
	"context"
	"errors"
	"strconv"

	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/stream"
)

// Subscribe sends events from some place on.
func (s *Service) Subscribe(r *eventv1.SubscribeRequest, out eventv1.EventService_SubscribeServer) error {
	position := s.events.Positions(out.Context(), r.GetFilter())
	asked, err := s.begin(out.Context(), r, position)
	if err != nil {
		return err
	}
	ctx, leave, err := s.streams.join(out.Context(), r.GetConsumer())
	if err != nil {
		return err
	}
	defer leave()
	err = s.events.Stream(ctx, asked, func(b stream.Batch[*eventv1.CloudEvent]) error {
		if len(b.Events) == 0 {
			return sendUnless(ctx, out, s.heartbeat(b))
		}
		for _, e := range b.Events {
			placed, err := place(e, position)
			if err == nil {
				err = sendUnless(ctx, out, placed)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if ended := context.Cause(ctx); errors.As(ended, new(*fault.Error)) {
		return ended
	}
	return err
}

// sendUnless sends unless another has taken the consumer's name over: from then on
// this stream has to be silent.
func sendUnless(ctx context.Context, out eventv1.EventService_SubscribeServer, e *eventv1.CloudEvent) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return out.Send(e)
}

// begin says where a stream begins: of a consumer that has acknowledged something
// and does not say where, behind that.
func (s *Service) begin(ctx context.Context, r *eventv1.SubscribeRequest, position func(uint64) string) (subscription, error) {
	asked := subscription{SubscribeRequest: r, position: r.GetPosition()}
	if r.GetConsumer() == "" {
		return asked, nil
	}
	c, found, err := s.book.Consumer(r.GetConsumer())
	if err != nil {
		return asked, err
	}
	if found && asked.position == "" {
		asked.position = position(c.Position)
	}
	return asked, mayUse(ctx, r.GetConsumer(), c.Owner)
}

// subscription is a request as the feed takes it.
type subscription struct {
	*eventv1.SubscribeRequest
	position string
}

func (s subscription) GetPosition() string               { return s.position }
func (subscription) GetBatchSize() int32                 { return 0 }
func (subscription) GetReadMask() *fieldmaskpb.FieldMask { return nil }

// heartbeatType is the type of what a quiet stream sends. It is no event.
const heartbeatType = "mesh.heartbeat"

func (s *Service) heartbeat(b stream.Batch[*eventv1.CloudEvent]) *eventv1.CloudEvent {
	return &eventv1.CloudEvent{
		Specversion: "1.0", Id: "heartbeat-" + strconv.FormatInt(b.Sent.UnixNano(), 10), Source: s.source, Type: heartbeatType,
		Time: timestamppb.New(b.Sent), Position: &b.Position,
	}
}

// errTakenOver ends the stream of a consumer that has another one.
func errTakenOver(consumer string) *fault.Error {
	return fault.New(errorsv1.Reason_REASON_TAKEN_OVER, "Another stream of "+consumer+" has taken over.", fault.Resource("mesh/Consumer", consumer))
}

// errDeleted ends the stream of a consumer that was deleted.
func errDeleted(consumer string) *fault.Error {
	return fault.New(errorsv1.Reason_REASON_TAKEN_OVER, consumer+" was deleted.", fault.Resource("mesh/Consumer", consumer))
}
