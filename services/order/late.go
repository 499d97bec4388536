package order

import (
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/exact"
)

// compute works out what of an order is outstanding, and what of it is late. An order of
// which nothing is outstanding is the order itself.
func compute(m proto.Message, now time.Time, zone *time.Location) proto.Message {
	order, ok := m.(*orderv1.Order)
	if !ok || order.GetState() != orderv1.State_STATE_CONFIRMED {
		return m
	}
	var shown *orderv1.Order
	today := day(now.In(zone))
	for i, line := range order.GetLines() {
		if line.GetType() != orderv1.LineType_LINE_TYPE_PRODUCT {
			continue
		}
		left := exact.Decimal(line.GetQuantity())
		if left.Sub(left, exact.Decimal(line.GetReceivedQuantity())).Sign() <= 0 {
			continue
		}
		if shown == nil {
			shown = proto.CloneOf(order)
		}
		out := shown.GetLines()[i]
		out.OutstandingQuantity = &decimal.Decimal{Value: exact.Text(left)}
		wanted, known := wantedOn(line, zone)
		if days := int32(today.Sub(wanted).Hours() / 24); known && days > 0 {
			out.Late, out.DaysLate = true, days
			shown.Late, shown.DaysLate = true, max(shown.GetDaysLate(), days)
		}
	}
	if shown == nil {
		return m
	}
	return shown
}

// wantedOn is the day on which a line is expected.
func wantedOn(line *orderv1.OrderLine, zone *time.Location) (time.Time, bool) {
	if d := line.GetRequestedDate(); d != nil {
		return dayOf(d), true
	}
	if line.GetRequestedTime() == nil {
		return time.Time{}, false
	}
	return day(line.GetRequestedTime().AsTime().In(zone)), true
}

// day is a day as days are subtracted: those of UTC have 24 hours each.
func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func dayOf(d *date.Date) time.Time {
	return time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, time.UTC)
}
