package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/race"
)

// What Odoo would take and nobody can have meant is refused with the field, and leaves
// nothing behind: no intent, and no row in Odoo.
func TestCommandsRefuseWhatNobodyMeant(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := simulated(t, major, 10)
			m := start(t, settings(t, p))
			on := shelfOf(t, p)
			kilo := p.find(t, "uom.uom", "name", "kg")
			euro := "EUR"
			order := func(change func(*orderv1.Order)) *orderv1.Order {
				o := &orderv1.Order{Supplier: supplierName(on.supplier), CurrencyCode: euro, Lines: []*orderv1.OrderLine{{
					Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2},
				}}}
				change(o)
				return o
			}
			orders := len(p.rows(t, "purchase.order", []any{}, []any{"id"}))
			n := 0
			for field, change := range map[string]func(*orderv1.Order){
				"order.supplier":                          func(o *orderv1.Order) { o.Supplier = "" },
				"order.lines":                             func(o *orderv1.Order) { o.Lines = nil },
				"order.lines[0].product":                  func(o *orderv1.Order) { o.Lines[0].Product = "products/999999" },
				"order.lines[0].quantity":                 func(o *orderv1.Order) { o.Lines[0].Quantity.Value = "0.000000001" },
				"order.lines[0].unit_price":               func(o *orderv1.Order) { o.Lines[0].UnitPrice.Units = -1 },
				"order.lines[0].unit_price.currency_code": func(o *orderv1.Order) { o.Lines[0].UnitPrice.CurrencyCode = "JPY" },
				"order.lines[0].unit.name": func(o *orderv1.Order) {
					o.Lines[0].Unit = &typesv1.UnitOfMeasure{Name: fmt.Sprintf("units/%d", kilo)}
				},
				"order.lines[0].total_amount": func(o *orderv1.Order) { o.Lines[0].TotalAmount = &money.Money{Units: 1} },
				"order.origin":                func(o *orderv1.Order) { o.Origin = "a\x1db" },
				"order.state":                 func(o *orderv1.Order) { o.State = orderv1.State_STATE_CONFIRMED },
				"order.currency_code":         func(o *orderv1.Order) { o.CurrencyCode = "XXX" },
			} {
				n++
				_, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: fmt.Sprint("bad", n), Order: order(change)})
				if r := refusalOf(err); r.reason != "INVALID_ARGUMENT" || !slices.Contains(r.fields, field) {
					t.Errorf("%s: %v", field, err)
				}
			}
			for _, quantity := range []string{"", "0", "-1", "NaN", "1e3", "Infinity", "1,5", "9999999999999", "0.0000000001", " 1"} {
				_, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: "q", Order: order(func(o *orderv1.Order) { o.Lines[0].Quantity.Value = quantity })})
				if r := refusalOf(err); r.reason != "INVALID_ARGUMENT" {
					t.Errorf("%q: %v", quantity, err)
				}
			}
			if got := len(p.rows(t, "purchase.order", []any{}, []any{"id"})); got != orders {
				t.Errorf("there are %d orders more", got-orders)
			}
			// A price says the currency where the order does not.
			_, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: "jpy", Order: order(func(o *orderv1.Order) {
				o.CurrencyCode, o.Lines[0].UnitPrice.CurrencyCode = "", "XXX"
			})})
			if r := refusalOf(err); !slices.Contains(r.fields, "order.currency_code") {
				t.Errorf("%v", err)
			}
			// A customer's invoice is none of the domain.
			customers := p.create(t, "account.move", map[string]any{"move_type": "out_invoice", "partner_id": on.supplier, "invoice_date": "2026-11-28"})
			if _, err := m.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{RequestId: "out", Name: fmt.Sprintf("invoices/%d", customers)}); refusalOf(err).reason != "NOT_FOUND" {
				t.Errorf("a customer's invoice: %v", err)
			}
			if _, err := m.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{RequestId: "big", Name: "invoices/3000000000"}); refusalOf(err).reason != "INVALID_ARGUMENT" {
				t.Errorf("an id that Odoo cannot have: %v", err)
			}
			if _, err := m.invoices.CreateInvoice(t.Context(), &invoicev1.CreateInvoiceRequest{RequestId: "day", Invoice: &invoicev1.Invoice{Orders: []string{"orders/1"}, InvoiceDate: &date.Date{Year: 2026, Month: 2, Day: 31}}}); !slices.Contains(refusalOf(err).fields, "invoice.invoice_date") {
				t.Errorf("the 31st of February: %v", err)
			}
		})
	}
}

// ordered orders and releases ten, and answers the receipt and its line.
func (m *mesh) ordered(t *testing.T, on shelf, mark string) (receipt, line string) {
	t.Helper()
	created, err := m.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: mark + "-c", Order: &orderv1.Order{Supplier: supplierName(on.supplier), Origin: mark, Lines: []*orderv1.OrderLine{{
		Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	released, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: mark + "-r", Name: created.GetOrder().GetName()})
	if err != nil {
		t.Fatal(err)
	}
	receipt = released.GetOrder().GetReceipts()[0]
	r, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: receipt, ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	return receipt, r.GetLines()[0].GetId()
}

// A lot is what stands on the package: another expiry, another number in Odoo since, or
// a number with an odd character is never booked as if it were the same.
func TestReceiptsLeaveLotsAndPeoplesWorkAlone(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			p := simulated(t, major, 10)
			m := start(t, settings(t, p))
			on := shelfOf(t, p)
			n := 0
			receive := func(lot string, day *date.Date, before func(transfer int64)) (*receiptv1.ReceiveReceiptResponse, error) {
				t.Helper()
				n++
				receipt, line := m.ordered(t, on, fmt.Sprint(p.mark, "-", n))
				if before != nil {
					before(idOf(t, receipt))
				}
				return m.receipts.ReceiveReceipt(t.Context(), &receiptv1.ReceiveReceiptRequest{RequestId: fmt.Sprint("rc", n), Name: receipt, Lines: []*receiptv1.ReceivedLine{
					{LineId: line, Quantity: &decimal.Decimal{Value: "3"}, LotNumber: lot, ExpirationDate: day},
				}})
			}
			later := &date.Date{Year: 2040, Month: 1, Day: 1}
			expiry := func(lot string) any {
				t.Helper()
				rows := p.rows(t, "stock.lot", []any{[]any{"name", "=", lot}}, []any{"expiration_date"})
				if len(rows) != 1 {
					t.Fatalf("there are %d lots %q", len(rows), lot)
				}
				return rows[0]["expiration_date"]
			}
			for _, lot := range []string{"PLAIN", `A\B1`, "50%_C"} {
				if _, err := receive(lot, ends(), nil); err != nil {
					t.Fatalf("%q: %v", lot, err)
				}
				was := expiry(lot)
				if _, err := receive(lot, later, nil); !slices.Contains(refusalOf(err).fields, "lines[0].expiration_date") {
					t.Errorf("%q with another expiry: %v", lot, err)
				}
				if _, err := receive(lot, nil, nil); err != nil {
					t.Errorf("%q without an expiry: %v", lot, err)
				}
				if expiry(lot) != was {
					t.Errorf("%q expires %v, and was to %v", lot, expiry(lot), was)
				}
			}
			if _, err := receive("NEW", nil, nil); !slices.Contains(refusalOf(err).fields, "lines[0].expiration_date") {
				t.Errorf("a new lot without an expiry: %v", err)
			}
			if _, err := receive("", nil, nil); !slices.Contains(refusalOf(err).fields, "lines[0].lot_number") {
				t.Errorf("no lot: %v", err)
			}
			// A person has corrected a number: the old one is not put back.
			p.write(t, "stock.lot", p.find(t, "stock.lot", "name", "PLAIN"), map[string]any{"name": "RIGHT"})
			if _, err := receive("PLAIN", later, nil); refusalOf(err).reason != "BUSINESS_RULE" {
				t.Errorf("a number that was corrected: %v", err)
			}
			if len(p.rows(t, "stock.lot", []any{[]any{"name", "=", "PLAIN"}}, []any{"id"})) != 0 {
				t.Error("the wrong number is back")
			}
			// What a worker has entered by hand is not taken away.
			byHand := map[string]any{"quantity": 4.0, "picked": true}
			if major < 17 {
				byHand = map[string]any{"qty_done": 4.0}
			}
			lot := p.create(t, "stock.lot", map[string]any{"name": "BYHAND", "product_id": on.product, "company_id": 1})
			byHand["lot_id"] = lot
			var entered int64
			_, err := receive("OTHER", ends(), func(transfer int64) {
				entered = p.rows(t, "stock.move.line", []any{[]any{"picking_id", "=", transfer}}, []any{"id"})[0].id("id")
				p.write(t, "stock.move.line", entered, byHand)
			})
			if refusalOf(err).reason != "ACTION_REQUIRED" || !strings.Contains(err.Error(), "by hand") {
				t.Errorf("what was entered by hand: %v", err)
			}
			if rows := p.rows(t, "stock.move.line", []any{[]any{"id", "=", entered}}, []any{"lot_id"}); len(rows) != 1 || rows[0].id("lot_id") != lot {
				t.Errorf("the worker's line is %v", rows)
			}
		})
	}
}

// Of two bills of a supplier with one number one is posted, also at once, whatever
// characters the number has.
func TestOneBillOfANumberIsPosted(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	m := start(t, settings(t, p))
	on := shelfOf(t, p)
	for n, number := range []string{"SAME-1", `RE\2026\7`, "100%_1"} {
		var bills []int64
		for range 2 {
			bills = append(bills, p.create(t, "account.move", map[string]any{
				"move_type": "in_invoice", "partner_id": on.supplier, "ref": number, "invoice_date": fmt.Sprintf("2026-11-%02d", 10+len(bills)),
				"invoice_line_ids": []any{[]any{0, 0, map[string]any{"product_id": on.product, "quantity": 1.0, "price_unit": 5.0}}},
			}))
		}
		errs := make(chan error, 2)
		for i, bill := range bills {
			go func() {
				_, err := m.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{RequestId: fmt.Sprintf("post%d-%d", n, i), Name: fmt.Sprintf("invoices/%d", bill)})
				errs <- err
			}()
		}
		posted := 0
		for range bills {
			if err := <-errs; err == nil {
				posted++
			} else if refusalOf(err).reason != "ALREADY_EXISTS" {
				t.Errorf("%q: %v", number, err)
			}
		}
		if posted != 1 {
			t.Errorf("%q: %d were posted", number, posted)
		}
	}
}
