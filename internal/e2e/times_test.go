package e2e

import (
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

// pairs is how often each of two calls is made, in turn, so that what else the machine
// does meets both.
const pairs = 400

// attempts is how often all of it is tried: what the machine does in a moment does not last.
const attempts = 3

// takesAsLong asks, as a supplier, for an order and a number of another one, and for such
// as there are none. Half of the calls of one kind take about as long as half of the
// other's; a busy machine is allowed for.
func (n *narrowed) takesAsLong(t *testing.T, foreign, number string) {
	t.Helper()
	const none, nothing = "orders/987654", "REF-NOTHING"
	warm := &http.Client{Transport: &http.Transport{}}
	defer warm.CloseIdleConnections()
	rest := func(path string) error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.rest+"/v1/"+path, nil)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer alpha")
		response, err := warm.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	for _, call := range []struct {
		name        string
		one, other  string
		ask         func(of string) error
		answersBoth bool
	}{
		{"Get over gRPC", foreign, none, func(of string) error {
			_, err := n.orders.GetOrder(n.as(t, "alpha"), &orderv1.GetOrderRequest{Name: of})
			return err
		}, false},
		{"Get over REST", foreign, none, rest, true},
		{"BatchGet", foreign, none, func(of string) error {
			_, err := n.orders.BatchGetOrders(n.as(t, "alpha"), &orderv1.BatchGetOrdersRequest{Names: []string{of}})
			return err
		}, true},
		{"a journey", number, nothing, func(of string) error {
			_, err := n.trace.GetJourney(n.as(t, "alpha"), &tracev1.GetJourneyRequest{Number: of})
			return err
		}, false},
	} {
		for attempt := 1; ; attempt++ {
			one, other := n.halves(t, call.ask, call.one, call.other, call.answersBoth)
			ratio := float64(one) / float64(other)
			t.Logf("%s: %v where it is foreign, %v where there is none: %.3f", call.name, one, other, ratio)
			if ratio <= 1.5 && ratio >= 1/1.5 {
				break
			}
			if attempt == attempts {
				t.Errorf("%s: again and again it takes %v where it is foreign, and %v where there is none", call.name, one, other)
				break
			}
		}
	}
}

// halves makes the two calls in turn, and tells within which time half of each have answered.
func (n *narrowed) halves(t *testing.T, ask func(of string) error, foreign, none string, answersBoth bool) (one, other time.Duration) {
	t.Helper()
	taken := map[string][]time.Duration{}
	for i := range pairs {
		for _, of := range [][]string{{foreign, none}, {none, foreign}}[i%2] {
			began := time.Now()
			err := ask(of)
			taken[of] = append(taken[of], time.Since(began))
			if !answersBoth && refusalOf(err).reason != "NOT_FOUND" {
				t.Fatalf("%s: %v", of, err)
			}
		}
	}
	for _, all := range taken {
		slices.Sort(all)
	}
	return taken[foreign][pairs/2], taken[none][pairs/2]
}
