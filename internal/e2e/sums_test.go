package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
)

// Sums of a whole mesh are what its lists add up to, over gRPC and REST, and follow what
// Odoo's users write.
func TestSumsOfAHospital(t *testing.T) {
	t.Parallel()
	m := hospital(t, 18)
	ctx, sums := t.Context(), summaryv1.NewSummaryServiceClient(m.conn)
	of := func(product string) *summaryv1.StockSum {
		var answer *summaryv1.SummarizeStockResponse
		eventually(t, func() (bool, any) {
			var err error
			answer, err = sums.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{Product: product})
			return err == nil, err
		})
		if answer.GetFreshness().GetVerifiedTime() == nil || len(answer.GetSums()) != 1 {
			t.Fatalf("the answer is %v", answer)
		}
		return answer.GetSums()[0]
	}
	receipt, _ := boughtLot(ctx, t, m.mesh)
	product := receipt.GetLines()[0].GetProduct()
	listed := func() string {
		page, err := m.inventory.ListStockPositions(ctx, &inventoryv1.ListStockPositionsRequest{Filter: `product = "` + product + `"`, PageSize: 1000})
		if err != nil {
			t.Fatal(err)
		}
		sum := exact.Decimal(nil)
		for _, p := range page.GetStockPositions() {
			place, err := m.inventory.GetLocation(ctx, &inventoryv1.GetLocationRequest{Name: p.GetLocation()})
			if err != nil {
				t.Fatal(err)
			}
			if place.GetUsage() == inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL {
				sum.Add(sum, exact.Decimal(p.GetQuantity()))
			}
		}
		return exact.InFull(sum)
	}
	if got := of(product); got.GetOnHandQuantity().GetValue() != listed() || got.GetUnit() == nil || len(got.GetEstimatedValues()) != 1 {
		t.Errorf("the sum is %v, and the list adds up to %s", got, listed())
	}
	expiring, err := sums.ListExpiringStock(ctx, &summaryv1.ListExpiringStockRequest{Within: "2000d", IncludeExpired: true})
	if err != nil || len(expiring.GetExpiringStock()) == 0 {
		t.Fatalf("what expires is %v, %v", expiring, err)
	}
	for _, e := range expiring.GetExpiringStock() {
		p, err := m.inventory.GetStockPosition(ctx, &inventoryv1.GetStockPositionRequest{Name: e.GetStockPosition()})
		if err != nil || p.GetQuantity().GetValue() != e.GetQuantity().GetValue() || p.GetLotNumber() != e.GetLotNumber() || cmp.Diff(p.GetExpirationDate(), e.GetExpirationDate(), protocmp.Transform()) != "" {
			t.Errorf("%v expires, and the position says %v, %v", e, p, err)
		}
	}
	open, err := sums.SummarizeOrders(ctx, &summaryv1.SummarizeOrdersRequest{GroupBy: "supplier"})
	if err != nil || len(open.GetSums()) == 0 || open.GetSums()[0].GetSupplierDisplayName() == "" {
		t.Fatalf("open orders are %v, %v", open, err)
	}
	lines := int64(0)
	for _, s := range open.GetSums() {
		lines += s.GetLineCount()
	}
	want := int64(0)
	for token := ""; ; {
		page, err := m.orders.ListOrders(ctx, &orderv1.ListOrdersRequest{Filter: "state = CONFIRMED", PageSize: 1000, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.GetOrders() {
			for _, l := range o.GetLines() {
				if exact.Decimal(l.GetQuantity()).Cmp(exact.Decimal(l.GetReceivedQuantity())) > 0 {
					want++
				}
			}
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	if lines != want {
		t.Errorf("%d lines are open, and the list has %d", lines, want)
	}
	owed, err := sums.SummarizePayables(ctx, &summaryv1.SummarizePayablesRequest{GroupBy: "currency"})
	if err != nil || len(owed.GetSums()) == 0 {
		t.Fatalf("what is owed is %v, %v", owed, err)
	}
	bills, err := m.invoices.ListInvoices(ctx, &invoicev1.ListInvoicesRequest{Filter: "state = POSTED", PageSize: 1000})
	if err != nil || bills.GetNextPageToken() != "" {
		t.Fatal(bills.GetNextPageToken(), err)
	}
	for _, s := range owed.GetSums() {
		net := exact.Decimal(nil)
		for _, i := range bills.GetInvoices() {
			residual := exact.Money(i.GetResidualAmount())
			if i.GetType() == invoicev1.InvoiceType_INVOICE_TYPE_REFUND {
				residual.Neg(residual)
			}
			if i.GetCurrencyCode() == s.GetCurrencyCode() {
				net.Add(net, residual)
			}
		}
		if net.Cmp(exact.Money(s.GetNetAmount())) != 0 {
			t.Errorf("%v is owed, and the bills come to %s", s, exact.Text(net))
		}
	}
}
