package e2e

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// What a supplier answers otherwise than ordered is an exception until the order says so,
// or the buyer takes it as it is; another answer is an exception anew.
func TestAnswersThatDifferAreSettled(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	m := start(t, settings(t, p))
	o := ordered(t, m, p)
	first, second := o.GetLines()[0].GetId(), o.GetLines()[1].GetId()
	exceptions := operationsv1.NewExceptionServiceClient(m.conn)
	says := func(open bool, want string) {
		t.Helper()
		eventually(t, func() (bool, any) {
			list, err := exceptions.ListExceptions(t.Context(), &operationsv1.ListExceptionsRequest{Filter: "kind = ACKNOWLEDGEMENT_DIFFERENCE AND state = OPEN"})
			if err != nil {
				t.Fatal(err)
			}
			all := list.GetExceptions()
			return open == (len(all) == 1) && (!open || strings.Contains(all[0].GetSummary(), want)), list
		})
	}
	answer := func(id string, lines ...*orderv1.AcknowledgedLine) {
		t.Helper()
		if _, err := m.orders.AcknowledgeOrder(t.Context(), &orderv1.AcknowledgeOrderRequest{Name: o.GetName(), RequestId: id, Lines: lines}); err != nil {
			t.Fatal(err)
		}
	}
	answer("one", &orderv1.AcknowledgedLine{LineId: first, Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_CHANGED, Quantity: &decimal.Decimal{Value: "8"}, UnitPrice: &money.Money{Units: 3}},
		&orderv1.AcknowledgedLine{LineId: second, Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_BACKORDERED})
	says(true, "8 come, and 10")
	amend := &orderv1.AmendOrderRequest{Name: o.GetName(), RequestId: "amend", Lines: []*orderv1.OrderLine{{Id: first, Quantity: &decimal.Decimal{Value: "8"}, UnitPrice: &money.Money{Units: 3}}}}
	if _, err := m.orders.AmendOrder(t.Context(), amend); err != nil {
		t.Fatal(err)
	}
	says(true, "line 2")
	take := &orderv1.AcceptAcknowledgementRequest{Name: o.GetName(), RequestId: "take", Reason: "there is enough"}
	for range 2 {
		r, err := m.orders.AcceptAcknowledgement(t.Context(), take)
		if l := r.GetOrder().GetLines(); err != nil || l[0].GetAnswerAcceptance() != nil || l[1].GetAnswerAcceptance().GetReason() != "there is enough" {
			t.Fatalf("%v, %v", r, err)
		}
	}
	says(false, "")
	again := &orderv1.AcceptAcknowledgementRequest{Name: o.GetName(), RequestId: "again", Reason: "there is enough", LineIds: []string{second}}
	if _, err := m.orders.AcceptAcknowledgement(t.Context(), again); refusalOf(err).reason != "INVALID_ARGUMENT" {
		t.Errorf("what was taken is taken again: %v", err)
	}
	answer("two", &orderv1.AcknowledgedLine{LineId: second, Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_REJECTED})
	says(true, "not delivered")
	answer("three", &orderv1.AcknowledgedLine{LineId: second, Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_ACCEPTED})
	says(false, "")
}
