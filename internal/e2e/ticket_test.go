package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	"odoomesh/internal/identity/ticket"
)

const eventStream = "text/event-stream"

// ticket asks for a ticket over REST.
func (n *narrowed) ticket(t *testing.T, as credential) string {
	t.Helper()
	response := n.opened(t, t.Context(), as, http.MethodPost, "/v1/streamTickets", "application/json")
	defer response.Body.Close()
	var made struct{ Ticket string }
	if err := json.NewDecoder(response.Body).Decode(&made); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("a ticket for %s: %s, %v", as.name, response.Status, err)
	}
	return made.Ticket
}

// beginByTicket opens a stream as a page with EventSource does, and tells when it ends.
func (n *narrowed) beginByTicket(t *testing.T, ctx context.Context, as credential, path string, ended chan<- openStream) {
	t.Helper()
	response := n.opened(t, ctx, credential{}, http.MethodGet, path+"?ticket="+n.ticket(t, as), eventStream)
	awaitEnd(t, response, openStream{whose: as.name, how: path + " by a ticket"}, ended)
}

// opensByTicket tries what a ticket is good for, and that it is good for nothing else.
func (n *narrowed) opensByTicket(t *testing.T, d *door) {
	t.Helper()
	const watch, list = "/v1/products:watch", "/v1/products"
	nobody, key := credential{}, d.known["a key"]
	used := n.ticket(t, key)
	for _, c := range []struct {
		about  string
		as     credential
		path   string
		ticket string
		status int
		reason string
	}{
		{"a ticket with a list", nobody, list, used, http.StatusBadRequest, "opens streams only"},
		{"a ticket and a token", key, watch, used, http.StatusBadRequest, "one of them is enough"},
		{"a ticket given twice", nobody, watch, used + "&ticket=" + used, http.StatusBadRequest, "only once"},
		{"a wrong parameter beside it", nobody, watch, used + "&colour=red", http.StatusBadRequest, "colour"},
		{"no ticket", nobody, watch, "", http.StatusUnauthorized, "UNAUTHENTICATED"},
		{"one that was never made", nobody, watch, ticket.Prefix + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", http.StatusUnauthorized, "was used"},
		{"no text", nobody, watch, "%00%ff", http.StatusUnauthorized, "UNAUTHENTICATED"},
		{"no query", nobody, watch, "%zz", http.StatusUnauthorized, "UNAUTHENTICATED"},
		{"a ticket as a token", bearer(used), watch, "", http.StatusUnauthorized, "was used"},
	} {
		said, status := n.send(t, c.as, http.MethodGet, c.path+"?"+strings.TrimSuffix("ticket="+c.ticket, "ticket="), eventStream)
		if status != c.status || !strings.Contains(said, c.reason) {
			t.Errorf("%s: %d %s", c.about, status, said)
		}
		if c.ticket != "" && strings.Contains(said, used) {
			t.Errorf("%s: the refusal repeats it: %s", c.about, said)
		}
	}
	// The refusal of a wrong parameter came after the ticket was taken.
	once := n.ticket(t, key)
	for _, expected := range []int{http.StatusOK, http.StatusUnauthorized} {
		if said, status := n.send(t, nobody, http.MethodGet, watch+"?include_current=true&ticket="+once, eventStream); status != expected {
			t.Errorf("%d in place of %d: %s", status, expected, said)
		}
	}
	if said, status := n.send(t, d.known["a certificate"], http.MethodPost, "/v1/streamTickets", "application/json"); status != http.StatusNotImplemented || !strings.Contains(said, "certificate") {
		t.Errorf("a ticket for a certificate: %d %s", status, said)
	}
	_, err := accessv1.NewStreamTicketServiceClient(n.conn).CreateStreamTicket(t.Context(), &accessv1.CreateStreamTicketRequest{})
	if r := refusalOf(err).reason; r != "UNAUTHENTICATED" {
		t.Errorf("a ticket for nobody: %v", err)
	}
}
