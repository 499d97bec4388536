package e2e

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// kit is a set that is ordered as one thing, and comes as two of the one part, which has
// lots, and one of the other.
type kit struct{ supplier, set, lots, other int64 }

func kitOf(t testing.TB, p *person) kit {
	t.Helper()
	on := shelfOf(t, p)
	k := kit{supplier: on.supplier, lots: on.product}
	k.other = p.create(t, "product.product", p.goods(map[string]any{"name": "Drape " + p.mark, "default_code": "DRP-" + p.mark, "purchase_method": "receive"}))
	k.set = p.create(t, "product.product", map[string]any{"name": "Set " + p.mark, "default_code": "SET-" + p.mark, "purchase_method": "receive"})
	template := p.templateOf(t, k.set)
	p.create(t, "product.supplierinfo", map[string]any{"partner_id": k.supplier, "product_tmpl_id": template, "price": 9.99, "min_qty": 1.0})
	p.create(t, "mrp.bom", map[string]any{"product_tmpl_id": template, "type": "phantom", "bom_line_ids": []any{
		[]any{0, 0, map[string]any{"product_id": k.lots, "product_qty": 2.0}}, []any{0, 0, map[string]any{"product_id": k.other, "product_qty": 1.0}},
	}})
	return k
}

// buysAKit is that a kit is ordered and billed as one thing, and received as its parts.
func buysAKit(t *testing.T, s *stage) {
	if s.sim == nil && len(s.rows(t, "ir.model", []any{[]any{"model", "=", "mrp.bom"}}, []any{"model"})) == 0 {
		t.Skip("this Odoo makes no kits")
	}
	k := kitOf(t, s.person)
	mark := s.mark + "-kit"
	order := s.ordered(t, mark, &orderv1.Order{Supplier: supplierName(k.supplier), Lines: []*orderv1.OrderLine{
		{Product: productName(k.set), Quantity: &decimal.Decimal{Value: "3"}, UnitPrice: &money.Money{Units: 14}},
	}})
	receipt, err := s.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: order.GetReceipts()[0], ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	part := func(product int64) string {
		i := slices.IndexFunc(receipt.GetLines(), func(l *receiptv1.ReceiptLine) bool { return l.GetProduct() == productName(product) })
		if i < 0 {
			t.Fatalf("%s is no part of %v", productName(product), receipt)
		}
		return receipt.GetLines()[i].GetId()
	}
	came, err := s.receipts.ReceiveReceipt(t.Context(), &receiptv1.ReceiveReceiptRequest{RequestId: mark + "-receive", Name: receipt.GetName(), Lines: []*receiptv1.ReceivedLine{
		{LineId: part(k.lots), Quantity: &decimal.Decimal{Value: "4"}, LotNumber: "K-" + mark, ExpirationDate: ends()},
		{LineId: part(k.other), Quantity: &decimal.Decimal{Value: "3"}},
	}})
	if err != nil || len(came.GetIntent().GetDeviations())+len(came.GetIntent().GetWarnings()) > 0 {
		t.Fatalf("%v, %v", came, err)
	}
	if order = s.orderLive(t, order.GetName()); order.GetLines()[0].GetReceivedQuantity().GetValue() != "2" {
		t.Errorf("of three sets, two are whole: %v", order.GetLines()[0])
	}
	bill := s.billed(t, mark, order.GetName())
	if l := bill.GetLines()[0]; l.GetQuantity().GetValue() != "2" || bill.GetUntaxedAmount().GetUnits() != 28 {
		t.Errorf("two sets are billed: %v", bill)
	}
}

// buysInAnotherCurrency is that prices are those of the order's currency, from the order to
// the bill.
func buysInAnotherCurrency(t *testing.T, s *stage) {
	on := shelfOf(t, s.person)
	company := s.rows(t, "res.company", []any{}, []any{"currency_id"})[0].id("currency_id")
	currencies := s.rows(t, "res.currency", []any{[]any{"id", "!=", company}, []any{"active", "in", []any{true, false}}}, []any{"name", "active"})
	i := slices.IndexFunc(currencies, func(r raw) bool { return r["name"] == "EUR" || r["name"] == "USD" })
	if i < 0 {
		t.Skip("this Odoo has one currency")
	}
	currency := currencies[i]
	s.write(t, "res.currency", currency.id("id"), map[string]any{"active": true})
	code := currency["name"].(string)
	mark := s.mark + "-currency"
	order := s.ordered(t, mark, &orderv1.Order{Supplier: supplierName(on.supplier), CurrencyCode: code, Lines: []*orderv1.OrderLine{
		{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2, Nanos: 750_000_000, CurrencyCode: code}},
	}})
	if order.GetCurrencyCode() != code || order.GetUntaxedAmount().GetUnits() != 27 {
		t.Errorf("%v", order)
	}
	receipt, err := s.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: order.GetReceipts()[0], ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	came, err := s.receipts.ReceiveReceipt(t.Context(), &receiptv1.ReceiveReceiptRequest{RequestId: mark + "-receive", Name: receipt.GetName(), Lines: []*receiptv1.ReceivedLine{
		{LineId: receipt.GetLines()[0].GetId(), Quantity: &decimal.Decimal{Value: "10"}, LotNumber: "C-" + mark, ExpirationDate: ends()},
	}})
	if err != nil || len(came.GetIntent().GetDeviations())+len(came.GetIntent().GetWarnings()) > 0 {
		t.Fatalf("%v, %v", came, err)
	}
	if bill := s.billed(t, mark, order.GetName()); bill.GetUntaxedAmount().GetCurrencyCode() != code || fmt.Sprint(bill.GetUntaxedAmount().GetUnits(), bill.GetUntaxedAmount().GetNanos()) != "27 500000000" {
		t.Errorf("%v", bill)
	}
}

// ordered creates an order and releases it.
func (s *stage) ordered(t *testing.T, mark string, o *orderv1.Order) *orderv1.Order {
	t.Helper()
	made, err := s.orders.CreateOrder(t.Context(), &orderv1.CreateOrderRequest{RequestId: mark + "-create", Order: o})
	if err != nil || len(made.GetIntent().GetDeviations()) > 0 {
		t.Fatalf("%v, %v", made, err)
	}
	name := made.GetIntent().GetDocument()
	released, err := s.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: mark + "-release", Name: name})
	if err != nil || len(released.GetIntent().GetDeviations()) > 0 {
		t.Fatalf("%v, %v", released, err)
	}
	return s.orderLive(t, name)
}

func (m *mesh) orderLive(t *testing.T, name string) *orderv1.Order {
	t.Helper()
	o, err := m.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: name, ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// billed bills what has come of an order, and posts the bill.
func (s *stage) billed(t *testing.T, mark, order string) *invoicev1.Invoice {
	t.Helper()
	made, err := s.invoices.CreateInvoice(t.Context(), &invoicev1.CreateInvoiceRequest{RequestId: mark + "-bill", Invoice: &invoicev1.Invoice{
		Orders: []string{order}, SupplierReference: "V-" + mark, InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 28},
	}})
	if err != nil || len(made.GetIntent().GetDeviations()) > 0 {
		t.Fatalf("%v, %v", made, err)
	}
	posted, err := s.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{RequestId: mark + "-post", Name: made.GetIntent().GetDocument()})
	if err != nil || len(posted.GetIntent().GetDeviations()) > 0 {
		t.Fatalf("%v, %v", posted, err)
	}
	return posted.GetInvoice()
}
