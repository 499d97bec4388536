package e2e

import (
	"cmp"
	"slices"

	"google.golang.org/genproto/googleapis/type/money"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
)

// invoices reads suppliers' bills, refunds and purchase receipts by name.
func (b *books) invoices() map[string]*invoicev1.Invoice {
	back := b.by(18, "reversal_move_id", "reversal_move_ids")
	out := map[string]*invoicev1.Invoice{}
	for _, r := range b.all("account.move", "name", "ref", "move_type", "state", "payment_state", "partner_id", "invoice_date", "date", "invoice_date_due",
		"currency_id", "invoice_line_ids", "line_ids", "commercial_partner_id", "amount_untaxed", "amount_tax", "amount_total", "amount_residual", "payment_reference",
		"invoice_payment_term_id", "invoice_origin", "reversed_entry_id", back, "company_id", "create_date") {
		kind, supplied := map[string]invoicev1.InvoiceType{
			"in_invoice": invoicev1.InvoiceType_INVOICE_TYPE_BILL, "in_refund": invoicev1.InvoiceType_INVOICE_TYPE_REFUND,
			"in_receipt": invoicev1.InvoiceType_INVOICE_TYPE_PURCHASE_RECEIPT,
		}[r.text("move_type")]
		if !supplied {
			continue
		}
		currency := b.currency(r, "currency_id")
		i := &invoicev1.Invoice{
			Name: r.ref("invoices", "id"), Number: r.text("name"), SupplierReference: r.text("ref"), Type: kind, SourceType: r.text("move_type"),
			State: map[string]invoicev1.State{
				"draft": invoicev1.State_STATE_DRAFT, "posted": invoicev1.State_STATE_POSTED, "cancel": invoicev1.State_STATE_CANCELLED,
			}[r.text("state")],
			SourceState: r.text("state"),
			PaymentState: map[string]invoicev1.PaymentState{
				"not_paid": invoicev1.PaymentState_PAYMENT_STATE_NOT_PAID, "in_payment": invoicev1.PaymentState_PAYMENT_STATE_IN_PAYMENT,
				"paid": invoicev1.PaymentState_PAYMENT_STATE_PAID, "partial": invoicev1.PaymentState_PAYMENT_STATE_PARTIAL,
				"reversed": invoicev1.PaymentState_PAYMENT_STATE_REVERSED, "blocked": invoicev1.PaymentState_PAYMENT_STATE_BLOCKED,
				"invoicing_legacy": invoicev1.PaymentState_PAYMENT_STATE_LEGACY,
			}[r.text("payment_state")],
			SourcePaymentState: r.text("payment_state"), Supplier: r.ref("suppliers", "partner_id"),
			LegalSupplier: r.ref("suppliers", "commercial_partner_id"), InvoiceDate: r.date("invoice_date"),
			AccountingDate: r.date("date"), DueDate: r.date("invoice_date_due"), CurrencyCode: currency,
			UntaxedAmount: r.money("amount_untaxed", currency), TaxAmount: r.money("amount_tax", currency),
			TotalAmount: r.money("amount_total", currency), ResidualAmount: r.money("amount_residual", currency),
			PaymentReference: r.text("payment_reference"), PaymentTerms: b.named("account.payment.term", r.id("invoice_payment_term_id")),
			Origin: r.text("invoice_origin"), ReversalOf: r.ref("invoices", "reversed_entry_id"), Reversals: refs("invoices", r.ids(back)),
			Company: b.company(r), CreateTime: b.moment(r, "create_date"),
		}
		if i.GetNumber() == "/" {
			i.Number = ""
		}
		lines := b.invoiceLines()
		for _, id := range r.ids("invoice_line_ids") {
			i.Orders = once(i.GetOrders(), b.orderOf(lines[id]))
			i.Lines = append(i.Lines, b.invoiceLine(lines[id], kind))
		}
		slices.SortFunc(i.GetLines(), func(a, b *invoicev1.InvoiceLine) int {
			return cmp.Or(cmp.Compare(a.GetSequence(), b.GetSequence()), cmp.Compare(len(a.GetId()), len(b.GetId())), cmp.Compare(a.GetId(), b.GetId()))
		})
		b.addLines(i, r.ids("line_ids"))
		out[i.GetName()] = i
	}
	return out
}

func (b *books) invoiceLines() map[int64]raw {
	return b.all("account.move.line", "sequence", "display_type", "product_id", "name", "quantity", "product_uom_id", "price_unit", "discount",
		"tax_ids", "price_subtotal", "price_total", "purchase_line_id", "account_id", "currency_id", "amount_currency",
		"tax_repartition_line_id", "tax_line_id")
}

// addLines puts what Odoo adds to a bill behind its lines, and the taxes beside them.
func (b *books) addLines(i *invoicev1.Invoice, ids []int64) {
	var roundings, taxed []int64
	for _, id := range slices.Sorted(slices.Values(ids)) {
		r := b.invoiceLines()[id]
		switch kind := r.text("display_type"); {
		case kind == "rounding" && r.id("tax_repartition_line_id") != 0:
			taxed = append(taxed, id)
		case kind == "rounding":
			roundings = append(roundings, id)
		case kind == "tax", kind == "non_deductible_tax":
			i.TaxLines = append(i.TaxLines, b.taxLine(r, i.GetType()))
		}
	}
	for _, id := range roundings {
		i.Lines = append(i.Lines, b.addedLine(b.invoiceLines()[id], i.GetType()))
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		switch r := b.invoiceLines()[id]; r.text("display_type") {
		case "non_deductible_product", "non_deductible_product_total", "epd":
			i.Lines = append(i.Lines, b.addedLine(r, i.GetType()))
		}
	}
	for _, id := range taxed {
		i.TaxLines = append(i.TaxLines, b.taxLine(b.invoiceLines()[id], i.GetType()))
	}
}

func (b *books) taxLine(r raw, kind invoicev1.InvoiceType) *invoicev1.TaxLine {
	l := &invoicev1.TaxLine{Id: r.idText("id"), SourceType: r.text("display_type"), Description: r.text("name"), Amount: b.bookedIn(r, kind)}
	if tax := r.id("tax_line_id"); tax != 0 {
		l.Tax = b.taxes([]int64{tax})[0]
	}
	return l
}

// addedLine has no price: what it books is its amount.
func (b *books) addedLine(r raw, kind invoicev1.InvoiceType) *invoicev1.InvoiceLine {
	l := b.invoiceLine(r, kind)
	l.UntaxedAmount, l.TotalAmount = l.GetBookedAmount(), l.GetBookedAmount()
	return l
}

// bookedIn is what a line books, as a person reads it on the document.
func (b *books) bookedIn(r raw, kind invoicev1.InvoiceType) *money.Money {
	m := r.money("amount_currency", b.currency(r, "currency_id"))
	if kind == invoicev1.InvoiceType_INVOICE_TYPE_REFUND {
		m.Units, m.Nanos = -m.GetUnits(), -m.GetNanos()
	}
	return m
}

func (b *books) invoiceLine(r raw, kind invoicev1.InvoiceType) *invoicev1.InvoiceLine {
	currency := b.currency(r, "currency_id")
	return &invoicev1.InvoiceLine{
		Id: r.idText("id"), Sequence: r.whole("sequence"), SourceType: r.text("display_type"),
		Type: map[string]invoicev1.LineType{
			"product": invoicev1.LineType_LINE_TYPE_PRODUCT, "line_section": invoicev1.LineType_LINE_TYPE_SECTION,
			"line_subsection": invoicev1.LineType_LINE_TYPE_SUBSECTION, "line_note": invoicev1.LineType_LINE_TYPE_NOTE,
			"rounding": invoicev1.LineType_LINE_TYPE_ROUNDING, "epd": invoicev1.LineType_LINE_TYPE_EARLY_PAYMENT_DISCOUNT,
			"non_deductible_product":       invoicev1.LineType_LINE_TYPE_NON_DEDUCTIBLE,
			"non_deductible_product_total": invoicev1.LineType_LINE_TYPE_NON_DEDUCTIBLE,
		}[r.text("display_type")],
		Product: r.ref("products", "product_id"), Description: r.text("name"), Quantity: r.decimal("quantity"), Unit: b.unit(r.id("product_uom_id")),
		UnitPrice: r.money("price_unit", currency), DiscountPercent: r.decimal("discount"), Taxes: b.taxes(r.ids("tax_ids")),
		UntaxedAmount: r.money("price_subtotal", currency), TotalAmount: r.money("price_total", currency),
		Order: b.orderOf(r), OrderLineId: r.idText("purchase_line_id"), BookedAmount: b.bookedIn(r, kind),
		AccountCode: b.all("account.account", "code")[r.id("account_id")].text("code"),
	}
}
