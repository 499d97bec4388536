package e2e

import (
	"slices"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// orders reads all of them by name.
func (b *books) orders() map[string]*orderv1.Order {
	fields := []any{"name", "partner_id", "partner_ref", "state", "date_order", "date_approve", "date_planned", "effective_date",
		"currency_id", "order_line", "amount_untaxed", "amount_tax", "amount_total", "receipt_status", "invoice_status", "picking_ids",
		"invoice_ids", "origin", "user_id", "picking_type_id", "payment_term_id", "incoterm_id", b.by(19, "notes", "note"), "company_id", "create_date"}
	if b.major >= 19 {
		fields = append(fields, "locked")
	}
	out := map[string]*orderv1.Order{}
	for _, r := range b.all("purchase.order", fields...) {
		o := &orderv1.Order{
			Name: r.ref("orders", "id"), Number: r.text("name"), Supplier: r.ref("suppliers", "partner_id"), LegalSupplier: b.legal(r, "partner_id"), SupplierReference: r.text("partner_ref"),
			State: map[string]orderv1.State{
				"draft": orderv1.State_STATE_DRAFT, "sent": orderv1.State_STATE_SENT, "to approve": orderv1.State_STATE_TO_APPROVE,
				"purchase": orderv1.State_STATE_CONFIRMED, "done": orderv1.State_STATE_CONFIRMED, "cancel": orderv1.State_STATE_CANCELLED,
			}[r.text("state")],
			SourceState: r.text("state"), Locked: r.flag("locked") || r.text("state") == "done",
			OrderTime: b.moment(r, "date_order"), ConfirmTime: b.moment(r, "date_approve"), ExpectedTime: b.moment(r, "date_planned"), ExpectedDate: b.day(r, "date_planned"),
			ArrivalTime: b.moment(r, "effective_date"), CurrencyCode: b.currency(r, "currency_id"),
			ReceiptStatus: map[string]orderv1.ReceiptStatus{
				"pending": orderv1.ReceiptStatus_RECEIPT_STATUS_PENDING, "partial": orderv1.ReceiptStatus_RECEIPT_STATUS_PARTIAL,
				"full": orderv1.ReceiptStatus_RECEIPT_STATUS_FULL,
			}[r.text("receipt_status")],
			SourceReceiptStatus: r.text("receipt_status"),
			InvoiceStatus: map[string]orderv1.InvoiceStatus{
				"no": orderv1.InvoiceStatus_INVOICE_STATUS_NOTHING_TO_BILL, "to invoice": orderv1.InvoiceStatus_INVOICE_STATUS_TO_BILL,
				"invoiced": orderv1.InvoiceStatus_INVOICE_STATUS_BILLED,
			}[r.text("invoice_status")],
			SourceInvoiceStatus: r.text("invoice_status"), Receipts: refs("receipts", r.ids("picking_ids")), Invoices: refs("invoices", r.ids("invoice_ids")),
			Origin: r.text("origin"), Buyer: b.named("res.users", r.id("user_id")),
			ReceivingOperation: b.all("stock.picking.type", "display_name")[r.id("picking_type_id")].text("display_name"),
			PaymentTerms:       b.named("account.payment.term", r.id("payment_term_id")),
			Incoterm:           b.all("account.incoterms", "code")[r.id("incoterm_id")].text("code"),
			Notes:              r.words(b.by(19, "notes", "note")), Company: b.company(r), CreateTime: b.moment(r, "create_date"),
		}
		o.UntaxedAmount, o.TaxAmount = r.money("amount_untaxed", o.GetCurrencyCode()), r.money("amount_tax", o.GetCurrencyCode())
		o.TotalAmount = r.money("amount_total", o.GetCurrencyCode())
		lines := b.orderLines()
		for _, id := range r.ids("order_line") {
			o.Lines = append(o.Lines, b.orderLine(lines[id]))
		}
		// The document shows lines by their place, and of one place the older first.
		slices.SortStableFunc(o.GetLines(), func(a, b *orderv1.OrderLine) int { return int(a.GetSequence() - b.GetSequence()) })
		out[o.GetName()] = o
	}
	return out
}

func (b *books) orderLines() map[int64]raw {
	fields := []any{"sequence", "display_type", "product_id", "name", "product_qty", b.by(19, "product_uom", "product_uom_id"), "product_uom_qty",
		"price_unit", b.by(19, "taxes_id", "tax_ids"), "price_subtotal", "price_tax", "price_total", "date_planned", "qty_received",
		"qty_invoiced", "currency_id", "order_id"}
	if b.major > 16 {
		fields = append(fields, "discount")
	}
	return b.all("purchase.order.line", fields...)
}

func (b *books) orderLine(r raw) *orderv1.OrderLine {
	currency := b.currency(r, "currency_id")
	l := &orderv1.OrderLine{
		Id: r.idText("id"), Sequence: r.whole("sequence"), SourceType: r.text("display_type"),
		Type: map[string]orderv1.LineType{
			"": orderv1.LineType_LINE_TYPE_PRODUCT, "line_section": orderv1.LineType_LINE_TYPE_SECTION,
			"line_subsection": orderv1.LineType_LINE_TYPE_SUBSECTION, "line_note": orderv1.LineType_LINE_TYPE_NOTE,
		}[r.text("display_type")],
		Product: r.ref("products", "product_id"), Description: r.text("name"), Quantity: r.decimal("product_qty"),
		Unit: b.unit(r.id(b.by(19, "product_uom", "product_uom_id"))), BaseQuantity: r.decimal("product_uom_qty"),
		UnitPrice: r.money("price_unit", currency), Taxes: b.taxes(r.ids(b.by(19, "taxes_id", "tax_ids"))),
		UntaxedAmount: r.money("price_subtotal", currency), TaxAmount: r.money("price_tax", currency), TotalAmount: r.money("price_total", currency),
		RequestedTime: b.moment(r, "date_planned"), RequestedDate: b.day(r, "date_planned"), ReceivedQuantity: r.decimal("qty_received"), BilledQuantity: r.decimal("qty_invoiced"),
	}
	if b.major > 16 {
		l.DiscountPercent = r.decimal("discount")
	}
	return l
}

// orderOf is the order that a row's order line belongs to; empty for none.
func (b *books) orderOf(r raw) string {
	return b.orderLines()[r.id("purchase_line_id")].ref("orders", "order_id")
}
