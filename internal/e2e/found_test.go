package e2e

import (
	"fmt"
	"slices"
	"testing"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

// names are the names of records.
func names[T interface{ GetName() string }](records []T) []string {
	var out []string
	for _, r := range records {
		out = append(out, r.GetName())
	}
	slices.Sort(out)
	return out
}

// found asks for the documents and goods of a trade by what people call them.
func found(t *testing.T, s *stage, d *trade) {
	ctx := t.Context()
	orders := func(filter string) ([]string, error) {
		r, err := s.orders.ListOrders(ctx, &orderv1.ListOrdersRequest{Filter: filter})
		return names(r.GetOrders()), err
	}
	receipts := func(filter string) ([]string, error) {
		r, err := s.receipts.ListReceipts(ctx, &receiptv1.ListReceiptsRequest{Filter: filter})
		return names(r.GetReceipts()), err
	}
	invoices := func(filter string) ([]string, error) {
		r, err := s.invoices.ListInvoices(ctx, &invoicev1.ListInvoicesRequest{Filter: filter})
		return names(r.GetInvoices()), err
	}
	lots := func(filter string) ([]string, error) {
		r, err := s.inventory.ListLots(ctx, &inventoryv1.ListLotsRequest{Filter: filter})
		return names(r.GetLots()), err
	}
	products := func(filter string) ([]string, error) {
		r, err := s.products.ListProducts(ctx, &productv1.ListProductsRequest{Filter: filter})
		return names(r.GetProducts()), err
	}
	suppliers := func(filter string) ([]string, error) {
		r, err := s.suppliers.ListSuppliers(ctx, &supplierv1.ListSuppliersRequest{Filter: filter})
		return names(r.GetSuppliers()), err
	}
	positions := func(filter string) ([]string, error) {
		r, err := s.inventory.ListStockPositions(ctx, &inventoryv1.ListStockPositionsRequest{Filter: filter})
		var at []string
		for _, p := range r.GetStockPositions() {
			at = append(at, p.GetLocation()+" "+p.GetQuantity().GetValue())
		}
		slices.Sort(at)
		return at, err
	}
	name := func(collection string, id int64) string { return fmt.Sprintf("%s/%d", collection, id) }
	lot := d.lotID(t)
	var lies []string
	for _, q := range s.rows(t, "stock.quant", []any{[]any{"lot_id", "=", lot}}, []any{"location_id", "quantity"}) {
		lies = append(lies, q.ref("locations", "location_id")+" "+q.decimal("quantity").GetValue())
	}
	slices.Sort(lies)
	arrivals := []string{name("receipts", d.receipt), name("receipts", d.back)}
	slices.Sort(arrivals)
	for _, c := range []struct {
		rule, field, value string
		ask                func(filter string) ([]string, error)
		want               []string
	}{
		{"an order by its number", "number", d.number, orders, []string{name("orders", d.order)}},
		{"an order by the supplier's number", "supplier_reference", d.reference, orders, []string{name("orders", d.order)}},
		{"a receipt by its number", "number", s.row(t, "stock.picking", d.receipt, "name").text("name"), receipts, []string{name("receipts", d.receipt)}},
		{"receipts by a lot", "lines.lot_lines.lot_number", d.lot, receipts, arrivals},
		{"a receipt by a serial number", "lines.lot_lines.lot_number", d.serials[1], receipts, []string{name("receipts", d.backorder)}},
		{"an invoice by its number", "number", s.row(t, "account.move", d.bill, "name").text("name"), invoices, []string{name("invoices", d.bill)}},
		{"an invoice by the supplier's number", "supplier_reference", d.billReference, invoices, []string{name("invoices", d.bill)}},
		{"a lot by its number", "lot_number", d.lot, lots, []string{name("lots", lot)}},
		{"a product by its GTIN", "gtin", code13(d.mark, 2), products, []string{productName(d.fluid)}},
		{"a product by its SKU", "sku", "DEV-" + d.mark, products, []string{productName(d.device)}},
		{"a supplier by its GLN", "gln", s.row(t, "res.partner", d.supplier, d.gln(t)).text(d.gln(t)), suppliers, []string{supplierName(d.supplier)}},
		{"what lies where by the lot", "lot_number", d.lot, positions, lies},
	} {
		t.Run(c.rule, func(t *testing.T) {
			got, err := c.ask(fmt.Sprintf("%s = %q", c.field, c.value))
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s = %q finds %v, want %v (%v)", c.field, c.value, got, c.want, err)
			}
		})
	}
}

// traced follows the lot: it came with the first receipt, was moved, counted,
// scrapped and sent back, and lies where Odoo says.
func traced(t *testing.T, s *stage, d *trade) {
	lot := fmt.Sprintf("lots/%d", d.lotID(t))
	way, err := s.trace.TraceLot(t.Context(), &tracev1.TraceLotRequest{Name: lot})
	if err != nil {
		t.Fatal(err)
	}
	var origin *tracev1.Origin
	for _, o := range way.GetOrigins() {
		if o.GetReceipt() != "" {
			origin = o
		}
	}
	if origin.GetReceipt() != fmt.Sprintf("receipts/%d", d.receipt) || origin.GetOrder() != fmt.Sprintf("orders/%d", d.order) ||
		origin.GetSupplier() != supplierName(d.supplier) || origin.GetSupplierName() != "Trader "+d.mark || origin.GetQuantity().GetValue() != "16" {
		t.Errorf("it came by %v", way.GetOrigins())
	}
	var steps []string
	for _, st := range way.GetSteps() {
		steps = append(steps, st.GetType().String()[len("INVENTORY_EVENT_TYPE_"):]+" "+st.GetQuantity().GetValue())
	}
	slices.Sort(steps) // Odoo stamps whole seconds: what happened in one has no order
	if want := []string{"ADJUSTMENT 1", "RECEIPT 16", "RETURN_TO_SUPPLIER 2", "SCRAP 1", "TRANSFER 5"}; !slices.Equal(steps, want) {
		t.Errorf("it went by %v, want %v", steps, want)
	}
	lies := map[string]string{}
	for _, w := range way.GetWhereabouts() {
		if w.GetInHouse() {
			lies[w.GetLocation()] = w.GetQuantity().GetValue()
		}
	}
	for _, q := range s.rows(t, "stock.quant", []any{[]any{"lot_id", "=", d.lotID(t)}, []any{"location_id.usage", "=", "internal"}}, []any{"location_id", "quantity"}) {
		if have := lies[q.ref("locations", "location_id")]; have != q.decimal("quantity").GetValue() {
			t.Errorf("at %s the trace has %q, and Odoo %v", q.ref("locations", "location_id"), have, q["quantity"])
		}
	}
	if len(lies) != 2 {
		t.Errorf("it lies at %v", lies)
	}
}

// told reads the journey of the order by every number that leads to it. It goes on to
// where the goods went, which by a lot's number are that lot alone.
func told(t *testing.T, s *stage, d *trade) {
	documents := []string{"BILLED", "CREDITED", "ORDERED", "ORDER_CONFIRMED", "RECEIVED", "RECEIVED", "RETURNED"}
	onward := map[string][]string{d.lot: {"ADJUSTED", "MOVED", "SCRAPPED"}, d.serials[0]: nil}
	for _, number := range []string{d.number, d.reference, d.lot, d.serials[0], d.billReference,
		s.row(t, "stock.picking", d.backorder, "name").text("name"), s.row(t, "account.move", d.bill, "name").text("name")} {
		journey, err := s.trace.GetJourney(t.Context(), &tracev1.GetJourneyRequest{Number: number})
		if err != nil {
			t.Errorf("the journey of %s: %v", number, err)
			continue
		}
		var happened []string
		for _, m := range journey.GetMilestones() {
			happened = append(happened, m.GetType().String()[len("MILESTONE_TYPE_"):])
			inHouse := slices.Contains([]string{"ADJUSTED", "MOVED", "SCRAPPED"}, happened[len(happened)-1])
			if !inHouse && m.GetSupplier() != supplierName(d.supplier) {
				t.Errorf("the journey of %s: %v is of another supplier", number, m)
			}
		}
		went, one := onward[number]
		if !one {
			went = []string{"ADJUSTED", "MOVED", "SCRAPPED", "SCRAPPED"}
		}
		want := slices.Sorted(slices.Values(slices.Concat(documents, went)))
		slices.Sort(happened)
		if !slices.Equal(happened, want) {
			t.Errorf("the journey of %s is %v, want %v", number, happened, want)
		}
	}
}
