package order

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// An answer is a difference as long as the line says something else, nobody has taken it,
// and something is still to come.
func TestWhatWasAnsweredOtherwise(t *testing.T) {
	later := timestamppb.New(noon.Add(48 * time.Hour))
	answer := func(change func(*orderv1.Acknowledgement)) func(*orderv1.OrderLine) {
		return func(l *orderv1.OrderLine) {
			l.Acknowledgement = &orderv1.Acknowledgement{Status: changed, Quantity: quantity("10"), AcknowledgeTime: timestamppb.New(noon)}
			change(l.Acknowledgement)
		}
	}
	of := func(status orderv1.AcknowledgementStatus) func(*orderv1.OrderLine) {
		return answer(func(a *orderv1.Acknowledgement) { a.Status = status })
	}
	fewer := answer(func(a *orderv1.Acknowledgement) { a.Quantity = quantity("8.0") })
	and := func(changes ...func(*orderv1.OrderLine)) func(*orderv1.OrderLine) {
		return func(l *orderv1.OrderLine) {
			for _, change := range changes {
				change(l)
			}
		}
	}
	taken := func(at *timestamppb.Timestamp) func(*orderv1.OrderLine) {
		return func(l *orderv1.OrderLine) { l.AnswerAcceptance = &orderv1.AnswerAcceptance{AcknowledgeTime: at} }
	}
	for name, c := range map[string]struct {
		line func(*orderv1.OrderLine)
		want int
	}{
		"nothing":                    {func(*orderv1.OrderLine) {}, 0},
		"accepted":                   {of(accepted), 0},
		"accepted, and more ordered": {and(of(accepted), func(l *orderv1.OrderLine) { l.Quantity = quantity("12") }), 0},
		"rejected":                   {of(rejected), 1},
		"backordered":                {of(backordered), 1},
		"fewer":                      {fewer, 1},
		"fewer, and amended":         {and(fewer, func(l *orderv1.OrderLine) { l.Quantity = quantity("8") }), 0},
		"fewer, and amended to else": {and(fewer, func(l *orderv1.OrderLine) { l.Quantity = quantity("9") }), 1},
		"fewer, and taken":           {and(fewer, taken(timestamppb.New(noon))), 0},
		"another answer was taken":   {and(fewer, taken(later)), 1},
		"fewer, and all has come":    {and(fewer, func(l *orderv1.OrderLine) { l.ReceivedQuantity = quantity("10") }), 0},
		"rejected, and dropped":      {and(of(rejected), func(l *orderv1.OrderLine) { l.Quantity = quantity("0") }), 0},
		"all three": {answer(func(a *orderv1.Acknowledgement) {
			a.Quantity, a.UnitPrice, a.PromisedTime = quantity("8"), eur(3, 0), later
		}), 3},
		"what is the same": {answer(func(a *orderv1.Acknowledgement) {
			a.UnitPrice, a.PromisedTime = eur(2, 750_000_000), timestamppb.New(noon)
		}), 0},
	} {
		o := twoLines()
		c.line(o.Lines[1])
		if got := differences(o.Lines[1]); len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
		cause, differs := differing(o)
		if differs != (c.want > 0) || differs && (cause.Subject != "orders/42" || cause.Numbers["line 8"] == "") {
			t.Errorf("%s: %+v", name, cause)
		}
		cancelled := proto.CloneOf(o)
		cancelled.State = orderv1.State_STATE_CANCELLED
		if _, differs := differing(cancelled); differs {
			t.Errorf("%s: of a cancelled order", name)
		}
	}
}
