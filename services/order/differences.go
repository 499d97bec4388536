package order

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/read"
	"odoomesh/services/operations/exception"
)

// differences tell, for people, what a supplier has answered of a line otherwise than the
// line says now. There are none where nothing was answered, where the answer was taken as
// it is, and where nothing of the line is to come any more.
func differences(l *orderv1.OrderLine) (all []string) {
	a := l.GetAcknowledgement()
	taken := l.GetAnswerAcceptance()
	if a == nil || taken != nil && proto.Equal(taken.GetAcknowledgeTime(), a.GetAcknowledgeTime()) || come(l) {
		return nil
	}
	switch a.GetStatus() {
	case rejected:
		return []string{"it is not delivered"}
	case backordered:
		all = append(all, "it comes later, nobody knows when")
	case changed:
	default: // what was accepted was as ordered then: what was amended since was not asked yet
		return nil
	}
	if a.GetQuantity() != nil && !equal(a.GetQuantity().GetValue(), l.GetQuantity().GetValue()) {
		all = append(all, fmt.Sprintf("%s come, and %s are ordered", a.GetQuantity().GetValue(), l.GetQuantity().GetValue()))
	}
	if a.GetUnitPrice() != nil && command.Amount(a.GetUnitPrice()) != command.Amount(l.GetUnitPrice()) {
		all = append(all, fmt.Sprintf("it costs %s, and not %s", command.Amount(a.GetUnitPrice()), command.Amount(l.GetUnitPrice())))
	}
	if promised, wanted := a.GetPromisedTime(), l.GetRequestedTime(); promised != nil && wanted != nil && !proto.Equal(promised, wanted) {
		all = append(all, fmt.Sprintf("it comes at %s, and is wanted at %s", promised.AsTime().Format(time.RFC3339), wanted.AsTime().Format(time.RFC3339)))
	}
	return all
}

// come tells whether all that is ordered of a line has come, or nothing of it is.
func come(l *orderv1.OrderLine) bool {
	ordered, known := number(l.GetQuantity().GetValue())
	received, is := number(l.GetReceivedQuantity().GetValue())
	return known && (ordered.Sign() <= 0 || is && received.Cmp(ordered) >= 0)
}

// Answers finds the orders of which suppliers have answered otherwise than they were
// ordered.
type Answers struct {
	orders *read.Collection[*orderv1.Order]
	look   exception.Lookout
}

// restPerLook is how many times as long as a look there is none after it: orders that were
// answered otherwise stay so when all has come, and in some years there are many.
const restPerLook = 50

// NewAnswers makes a finder; head tells where the log ends.
func NewAnswers(r domain.Rooms, c clock.Clock, head func() uint64) (*Answers, error) {
	orders, err := read.NewCollection[*orderv1.Order](r.Read(orderservice.Orders))
	a := &Answers{orders: orders}
	a.look = exception.Lookout{Head: head, Find: a.find, Rest: restPerLook, Clock: c}
	return a, err
}

// Watch reports them as exceptions.
func (a *Answers) Watch() exception.Watch {
	return exception.Watch{Kind: exception.AcknowledgementDifference, Causes: a.look.Causes}
}

func (a *Answers) find(ctx context.Context) (found []exception.Cause, unknown bool, err error) {
	for _, status := range []orderv1.AcknowledgementStatus{changed, backordered, rejected} {
		orders, err := a.orders.Where(ctx, "acknowledgement_status", status.String())
		if err != nil {
			return nil, false, err
		}
		for _, o := range orders {
			if c, differs := differing(o); differs {
				found = append(found, c)
			}
		}
	}
	return found, false, nil
}

// differing is the cause of an order, where there is one.
func differing(o *orderv1.Order) (exception.Cause, bool) {
	if o.GetState() == orderv1.State_STATE_CANCELLED {
		return exception.Cause{}, false
	}
	lines := map[string]string{}
	var all []string
	for i, l := range o.GetLines() {
		if d := strings.Join(differences(l), "; "); d != "" {
			lines["line "+l.GetId()] = d
			all = append(all, fmt.Sprintf("of line %d (%s), %s", i+1, l.GetProduct(), d))
		}
	}
	return exception.AnsweredOtherwise(o.GetName(), o.GetNumber(), strings.Join(all, ". "), lines), len(all) > 0
}
