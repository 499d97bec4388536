package order

import (
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

func lateLine(quantity, received string, day *date.Date) *orderv1.OrderLine {
	return &orderv1.OrderLine{Type: orderv1.LineType_LINE_TYPE_PRODUCT, Quantity: &decimal.Decimal{Value: quantity}, ReceivedQuantity: &decimal.Decimal{Value: received}, RequestedDate: day}
}

func TestWhatIsLate(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	// Half past midnight of the 28th in Vienna, and still the 27th in UTC.
	now := time.Date(2026, 11, 27, 23, 30, 0, 0, time.UTC)
	on := func(day int32) *date.Date { return &date.Date{Year: 2026, Month: 11, Day: day} }
	byTime := lateLine("1", "0", nil)
	byTime.RequestedTime = timestamppb.New(time.Date(2026, 11, 25, 23, 30, 0, 0, time.UTC)) // the 26th
	heading := lateLine("1", "0", on(1))
	heading.Type = orderv1.LineType_LINE_TYPE_NOTE
	order := &orderv1.Order{State: orderv1.State_STATE_CONFIRMED, Lines: []*orderv1.OrderLine{
		lateLine("10", "10.0", on(1)), lateLine("0.3", "0.1", on(27)), lateLine("5", "7", on(1)), lateLine("5", "0", on(28)), lateLine("5", "", nil), byTime, heading,
	}}
	before := proto.CloneOf(order)
	shown := compute(order, now, vienna).(*orderv1.Order)
	if !proto.Equal(order, before) {
		t.Error("a record that others share was changed")
	}
	for i, want := range []struct {
		left string
		days int32
	}{{"", 0}, {"0.2", 1}, {"", 0}, {"5", 0}, {"5", 0}, {"1", 2}, {"", 0}} {
		line := shown.GetLines()[i]
		if line.GetOutstandingQuantity().GetValue() != want.left || line.GetDaysLate() != want.days || line.GetLate() != (want.days > 0) {
			t.Errorf("line %d: %q outstanding, late is %t by %d", i, line.GetOutstandingQuantity().GetValue(), line.GetLate(), line.GetDaysLate())
		}
	}
	if !shown.GetLate() || shown.GetDaysLate() != 2 {
		t.Errorf("the order is late %t, by %d days", shown.GetLate(), shown.GetDaysLate())
	}
	for _, state := range []orderv1.State{orderv1.State_STATE_DRAFT, orderv1.State_STATE_CANCELLED} {
		other := proto.CloneOf(order)
		other.State = state
		if compute(other, now, vienna) != proto.Message(other) {
			t.Errorf("something of an order that is %v is outstanding", state)
		}
	}
	if summer := compute(order, time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC), vienna).(*orderv1.Order); summer.GetDaysLate() != 217 {
		t.Errorf("%d days late over a change of clocks", summer.GetDaysLate())
	}
}
