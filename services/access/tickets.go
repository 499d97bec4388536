package access

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	engine "odoomesh/internal/access"
	"odoomesh/internal/fault"
	"odoomesh/internal/identity/ticket"
)

// Tickets makes tickets for streams.
type Tickets interface {
	// Make makes one of a principal, which stands for an authorization; empty for none.
	Make(principal, authorization string) (text string, ends time.Time, err error)
}

// StreamTicketService answers StreamTicketService of the contract.
type StreamTicketService struct {
	accessv1.UnimplementedStreamTicketServiceServer
	tickets Tickets
}

// NewStreamTickets makes the service of tickets.
func NewStreamTickets(t Tickets) *StreamTicketService { return &StreamTicketService{tickets: t} }

// CreateStreamTicket makes a ticket that stands for the caller's token.
func (s *StreamTicketService) CreateStreamTicket(ctx context.Context, _ *accessv1.CreateStreamTicketRequest) (*accessv1.CreateStreamTicketResponse, error) {
	switch proof := engine.ProofOf(ctx); {
	case proof == nil:
	case proof.Kind == engine.BySession:
		return nil, fault.New(errorsv1.Reason_REASON_NOT_SUPPORTED, "A ticket stands for a token, and this call has none: the browser sends its session with streams by itself.")
	case proof.Kind == engine.ByCertificate:
		return nil, fault.New(errorsv1.Reason_REASON_NOT_SUPPORTED, "A ticket stands for a token, and this call has none: a client certificate is shown with each connection, that of a stream too.")
	}
	shown := ""
	// Who was recognised has shown one at most.
	if given := metadata.ValueFromIncomingContext(ctx, "authorization"); len(given) > 0 {
		shown = given[0]
	}
	text, ends, err := s.tickets.Make(engine.Caller(ctx), shown)
	if errors.Is(err, ticket.ErrTooMany) {
		return nil, fault.New(errorsv1.Reason_REASON_OVERLOADED, "The caller has more tickets for streams than it uses: "+err.Error()+". Each ends after a minute.", fault.RetryAfter(ticket.Lifetime/10))
	}
	if err != nil {
		return nil, err
	}
	return &accessv1.CreateStreamTicketResponse{Ticket: text, ExpireTime: timestamppb.New(ends)}, nil
}
