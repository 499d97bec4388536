package summary

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
)

// What does not fit is refused, and the refusal names the field.
func TestBadInputNamesItsField(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	ctx := context.Background()
	ago := func(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(w.now.Add(-d)) }
	w.sheets.stock.moved.since = w.now.Add(-100 * 24 * time.Hour).Unix()
	for field, call := range map[string]func() error{
		"group_by": func() error {
			_, err := w.service.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{GroupBy: "products"})
			return err
		},
		"group_by ": func() error {
			_, err := w.service.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{GroupBy: "lot,lot"})
			return err
		},
		"group_by  ": func() error {
			_, err := w.service.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{GroupBy: "lot", AsOfTime: ago(time.Hour)})
			return err
		},
		"lot": func() error {
			_, err := w.service.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{Lot: "lots/1", AsOfTime: ago(time.Hour)})
			return err
		},
		"as_of_time": func() error {
			_, err := w.service.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{AsOfTime: ago(-time.Hour)})
			return err
		},
		"as_of_time ": func() error {
			_, err := w.service.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{AsOfTime: ago(101 * 24 * time.Hour)})
			return err
		},
		"group_by    ": func() error {
			_, err := w.service.SummarizeLeadTimes(ctx, &summaryv1.SummarizeLeadTimesRequest{GroupBy: "lot"})
			return err
		},
		"start_time": func() error {
			_, err := w.service.SummarizeLeadTimes(ctx, &summaryv1.SummarizeLeadTimesRequest{StartTime: ago(time.Hour), EndTime: ago(2 * time.Hour)})
			return err
		},
		"within     ": func() error {
			_, err := w.service.SummarizeLeadTimes(ctx, &summaryv1.SummarizeLeadTimesRequest{Within: "0d"})
			return err
		},
		"page_token ": func() error {
			_, err := w.service.SummarizeLeadTimes(ctx, &summaryv1.SummarizeLeadTimesRequest{PageToken: "x"})
			return err
		},
		"page_token": func() error {
			_, err := w.service.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{PageToken: "x"})
			return err
		},
		"within": func() error {
			_, err := w.service.ListExpiringStock(ctx, &summaryv1.ListExpiringStockRequest{Within: "60"})
			return err
		},
		"within ": func() error {
			_, err := w.service.ListExpiringStock(ctx, &summaryv1.ListExpiringStockRequest{Within: "-1d"})
			return err
		},
		"within  ": func() error {
			_, err := w.service.ListExpiringStock(ctx, &summaryv1.ListExpiringStockRequest{Within: "999999999w"})
			return err
		},
		"within   ": func() error {
			_, err := w.service.SummarizeConsumption(ctx, &summaryv1.SummarizeConsumptionRequest{Within: "0d"})
			return err
		},
		"within    ": func() error {
			_, err := w.service.SummarizeConsumption(ctx, &summaryv1.SummarizeConsumptionRequest{Within: "101d"})
			return err
		},
	} {
		err := call()
		var refusal *fault.Error
		if !errors.As(err, &refusal) || len(refusal.Message()) < len(trimmed(field)) {
			t.Errorf("%s: %v", field, err)
			continue
		}
		told, _ := fault.Read(refusal.GRPCStatus().Err())
		if len(told.Violations) != 1 || told.Violations[0].Field != trimmed(field) {
			t.Errorf("%s: the refusal names %v: %v", field, told.Violations, err)
		}
	}
}

func trimmed(field string) string {
	for len(field) > 0 && field[len(field)-1] == ' ' {
		field = field[:len(field)-1]
	}
	return field
}

func TestThereAreNoSumsBeforeTheFirstLoad(t *testing.T) {
	w := newWorld(t)
	w.loaded = false
	if _, err := w.service.SummarizeStock(context.Background(), &summaryv1.SummarizeStockRequest{}); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_LOADED {
		t.Errorf("it is %v", err)
	}
}

// Of open orders a supplier gets its own, whoever is on them; a carrier none; and nobody
// amounts who does not meet prices. Currencies are not added up.
func TestOpenOrdersAreAddedUpForWhoMeetsThem(t *testing.T) {
	w := newWorld(t)
	line := func(ordered, received, amount int64, day int) *orderv1.OrderLine {
		return &orderv1.OrderLine{Type: orderv1.LineType_LINE_TYPE_PRODUCT, Product: "products/1", Quantity: &decimal.Decimal{Value: exactly(ordered)}, ReceivedQuantity: &decimal.Decimal{Value: exactly(received)},
			UntaxedAmount: &money.Money{Units: amount}, RequestedTime: timestamppb.New(w.now.AddDate(0, 0, day))}
	}
	put := func(id, company int64, supplier, legal, currency string, state orderv1.State, lines ...*orderv1.OrderLine) {
		w.put(t, true, company, &orderv1.Order{Supplier: supplier, LegalSupplier: legal, CurrencyCode: currency, State: state, Lines: lines}, orders, id)
	}
	confirmed := orderv1.State_STATE_CONFIRMED
	put(1, 1, "suppliers/7", "suppliers/7", "EUR", confirmed, line(3, 1, 30, -1), line(5, 5, 50, -9))
	put(2, 2, "suppliers/8", "suppliers/7", "USD", confirmed, line(1, 0, 7, 3), &orderv1.OrderLine{Type: orderv1.LineType_LINE_TYPE_NOTE})
	put(3, 1, "suppliers/9", "suppliers/9", "EUR", confirmed, line(1, 0, 1, 0))
	put(4, 1, "suppliers/9", "suppliers/9", "EUR", orderv1.State_STATE_DRAFT, line(1, 0, 1, -5))
	w.fill(t)
	for name, c := range map[string]struct {
		scope                      *scope.Scope
		groups, orders, late, sums int64
	}{
		"the hospital":       {nil, 2, 3, 1, 3},
		"a supplier":         {&scope.Scope{Supplier: "suppliers/7"}, 1, 2, 1, 2},
		"its contact":        {&scope.Scope{Supplier: "suppliers/8"}, 1, 1, 0, 1},
		"another":            {&scope.Scope{Supplier: "suppliers/10"}, 0, 0, 0, 0},
		"finance":            {&scope.Scope{Finance: true}, 2, 3, 1, 3},
		"a company":          {&scope.Scope{Companies: []int64{2}}, 1, 1, 0, 1},
		"who meets no price": {&scope.Scope{HidePrices: true}, 2, 3, 1, 0},
	} {
		answer, err := w.service.SummarizeOrders(scope.With(context.Background(), c.scope), &summaryv1.SummarizeOrdersRequest{GroupBy: "supplier"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var orders, late, sums int64
		for _, s := range answer.GetSums() {
			orders, late, sums = orders+s.GetOrderCount(), late+s.GetLateOrderCount(), sums+int64(len(s.GetOutstandingAmounts()))
		}
		if int64(len(answer.GetSums())) != c.groups || orders != c.orders || late != c.late || sums != c.sums {
			t.Errorf("%s gets %v", name, answer.GetSums())
		}
	}
	if _, err := w.service.SummarizeOrders(scope.With(context.Background(), &scope.Scope{Carrier: "x"}), &summaryv1.SummarizeOrdersRequest{}); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED {
		t.Errorf("a carrier gets %v", err)
	}
	answer, err := w.service.SummarizeOrders(context.Background(), &summaryv1.SummarizeOrdersRequest{GroupBy: "supplier", PageSize: 1})
	if err != nil || answer.GetNextPageToken() == "" || exact.Money(answer.GetSums()[0].GetOutstandingAmounts()[0]).RatString() != "20" {
		t.Errorf("the first page is %v, %v", answer, err)
	}
	rest, err := w.service.SummarizeOrders(context.Background(), &summaryv1.SummarizeOrdersRequest{GroupBy: "supplier", PageSize: 1, PageToken: answer.GetNextPageToken()})
	if err != nil || len(rest.GetSums()) != 1 || rest.GetSums()[0].GetSupplier() != "suppliers/9" || rest.GetNextPageToken() != "" {
		t.Errorf("the second page is %v, %v", rest, err)
	}
}

func exactly(n int64) string { return exact.Text(exact.Money(&money.Money{Units: n})) }

// Of too many movements the newest stay, and what lies before them is refused.
func TestTheOldestMovementsAreLeftOut(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	w.sheets.stock.moved.most = 8
	for id := range int64(20) {
		w.put(t, false, 1, &inventoryv1.Movement{Product: "products/1", Quantity: &decimal.Decimal{Value: "1"}, MoveTime: &timestamppb.Timestamp{Seconds: id * 86400}}, movements, id+1)
	}
	if _, err := w.service.SummarizeStock(context.Background(), &summaryv1.SummarizeStockRequest{InHouse: proto.Bool(false)}); err != nil {
		t.Fatal(err)
	}
	m := w.sheets.stock.moved
	if m.rows.Len() > 8 || m.rows.Len() < 4 {
		t.Errorf("%d are left", m.rows.Len())
	}
	for _, row := range m.rows.Rows() {
		if row.at < m.since {
			t.Errorf("%d is of before %d", row.id, m.since)
		}
	}
	if err := m.reaches("x", time.Unix(0, 0)); err == nil {
		t.Error("a time before them is taken")
	}
}
