package trace

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

func lotLine(lot string) []*receiptv1.ReceiptLine {
	return []*receiptv1.ReceiptLine{{LotLines: []*receiptv1.ReceiptLotLine{{Lot: lot, LotNumber: "1001"}}}}
}

// Two suppliers use the same number, a lot of each of two products has it too, and
// so has a bill without an order. Only what really belongs together is one chain.
func TestChainsOfUnrelatedDocumentsStayApart(t *testing.T) {
	c := newChain()
	for _, o := range []*orderv1.Order{
		{Name: "orders/1", Number: "P00001", Supplier: "suppliers/7", SupplierReference: "1001", Company: "North"},
		{Name: "orders/2", Number: "P00002", Supplier: "suppliers/9", SupplierReference: "1001", Company: "South"},
		{Name: "orders/3", Number: "P00003", Supplier: "suppliers/7", Company: "North"},
	} {
		c.orders[o.GetName()] = o
	}
	for _, r := range []*receiptv1.Receipt{
		{Name: "receipts/1", Orders: []string{"orders/1"}, Supplier: "suppliers/7", Company: "North"},
		{Name: "receipts/2", BackorderOf: "receipts/1", Supplier: "suppliers/7", Company: "North"},
		{Name: "receipts/3", Orders: []string{"orders/3"}, Supplier: "suppliers/7", Company: "North", Lines: lotLine("lots/30")},
		{Name: "receipts/4", Supplier: "suppliers/9", Company: "North", Lines: lotLine("lots/30")},
	} {
		c.receipts[r.GetName()] = r
	}
	for _, i := range []*invoicev1.Invoice{
		{Name: "invoices/1", Orders: []string{"orders/2"}, Supplier: "suppliers/9", Company: "South"},
		{Name: "invoices/2", SupplierReference: "1001", Supplier: "suppliers/7"},
		{Name: "invoices/3", ReversalOf: "invoices/2", Supplier: "suppliers/7"},
	} {
		c.invoices[i.GetName()] = i
	}
	c.lots["lots/30"] = &inventoryv1.Lot{Name: "lots/30", Product: "products/5"}
	c.lots["lots/4"] = &inventoryv1.Lot{Name: "lots/4", Product: "products/6"}
	c.found = []string{"orders/1", "orders/2", "receipts/3", "receipts/4", "invoices/2", "lots/4", "lots/30"}
	type part struct {
		Found, Suppliers, Products []string
		Company                    string
		Documents                  int
	}
	var got []part
	for _, g := range c.groups() {
		told := g.told()
		documents := map[string]bool{}
		for _, m := range told.GetMilestones() {
			documents[m.GetDocument()] = true
		}
		got = append(got, part{told.GetFound(), told.GetSuppliers(), told.GetProducts(), told.GetCompany(), len(documents)})
	}
	want := []part{
		{[]string{"orders/1"}, []string{"suppliers/7"}, []string{}, "North", 3},
		{[]string{"orders/2"}, []string{"suppliers/9"}, []string{}, "South", 2},
		{[]string{"receipts/3", "receipts/4", "lots/30"}, []string{"suppliers/7", "suppliers/9"}, []string{"products/5"}, "North", 3},
		{[]string{"invoices/2"}, []string{"suppliers/7"}, []string{}, "", 2},
		{[]string{"lots/4"}, []string{}, []string{"products/6"}, "", 0},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
