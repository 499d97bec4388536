package gateway

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/grpc/metadata"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// ticketParameter is where a page that opens a stream puts its ticket.
const ticketParameter = "ticket"

// givenTicket is what stood there.
type givenTicket struct {
	texts []string
	from  Tickets
}

// withoutTicket takes the ticket out of a query, so that nothing behind it knows the
// secret; nil where there is none. A query that cannot be read stays as it is, to be
// refused where queries are read.
func (g *gateway) withoutTicket(r *http.Request) (*http.Request, *givenTicket) {
	if g.tickets == nil || !strings.Contains(r.URL.RawQuery, ticketParameter+"=") {
		return r, nil
	}
	given := &givenTicket{from: g.tickets}
	var rest []string
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name != ticketParameter {
			rest = append(rest, pair)
			continue
		}
		text, err := url.QueryUnescape(value)
		if err != nil {
			text = unreadable
		}
		given.texts = append(given.texts, text)
	}
	if given.texts == nil {
		return r, nil
	}
	return withQuery(r, rest), given
}

// opensNoStream refuses a ticket that was given with a call that is no stream.
func (t *givenTicket) opensNoStream() error {
	if t == nil {
		return nil
	}
	return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, ticketParameter, "opens streams only; send the token as \"Authorization: Bearer <token>\"")
}

// shown puts what the ticket stands for into a call, as if the page had sent it.
func (t *givenTicket) shown(ctx context.Context) (context.Context, error) {
	if t == nil {
		return ctx, nil
	}
	if len(t.texts) > 1 {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, ticketParameter, "may be given only once")
	}
	if md, _ := metadata.FromOutgoingContext(ctx); len(md.Get("authorization")) > 0 {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, ticketParameter, "is given beside an authorization; one of them is enough")
	}
	authorization, err := t.from.Take(t.texts[0])
	if err != nil {
		// A worthless ticket is judged as a worthless token is: refused, counted and told to
		// the audit there.
		authorization = "Bearer " + readable(t.texts[0])
	}
	if authorization == "" {
		return ctx, nil
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", authorization), nil
}
