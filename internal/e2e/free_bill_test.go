package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/race"
)

// A bill without an order is entered once whatever becomes of the answers, and none is
// entered under a number of the supplier that is there.
func TestABillWithoutAnOrderIsEnteredOnce(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			proxy, c := behind(t, p)
			m := start(t, c)
			for name, trouble := range map[string]odooproxy.Trouble{
				"cut": odooproxy.Cut(), "forbidden": odooproxy.AfterCommit(odooproxy.Forbidden()), "without-odoo": odooproxy.BadGateway(),
			} {
				end := proxy.Next(1, odooproxy.Method("load"), trouble)
				enters(t, p, m, p.mark+"-"+name)
				end()
			}
			entersInFull(t, p, m, p.mark+"-full")
		})
	}
}

func TestLiveABillWithoutAnOrderIsEnteredOnce(t *testing.T) {
	p := live(t)
	m := start(t, settings(t, p))
	enters(t, p, m, p.mark)
	entersInFull(t, p, m, p.mark+"-full")
}

func enters(t *testing.T, p *person, m *mesh, mark string) {
	t.Helper()
	company := p.create(t, "res.partner", map[string]any{"name": "Landlord " + mark, "is_company": true, "supplier_rank": 1})
	contact := p.create(t, "res.partner", map[string]any{"name": "Office " + mark, "parent_id": company})
	like := p.create(t, "account.move", map[string]any{"move_type": "in_invoice", "partner_id": company, "invoice_line_ids": []any{[]any{0, 0, map[string]any{"name": "like", "quantity": 1.0, "price_unit": 1.0}}}})
	account := p.rows(t, "account.move.line", []any{[]any{"move_id", "=", like}, []any{"display_type", "=", "product"}}, []any{"account_id"})[0].id("account_id")
	code := p.rows(t, "account.account", []any{[]any{"id", "=", account}}, []any{"code"})[0].text("code")
	line := func(text, n string, units int64) *invoicev1.InvoiceLine {
		return &invoicev1.InvoiceLine{Description: text, AccountCode: code, Quantity: &decimal.Decimal{Value: n}, UnitPrice: &money.Money{Units: units}}
	}
	request := func(id, reference string, supplier int64) *invoicev1.CreateInvoiceRequest {
		return &invoicev1.CreateInvoiceRequest{RequestId: mark + id, Invoice: &invoicev1.Invoice{
			Supplier: supplierName(supplier), SupplierReference: reference, InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 28},
			Lines: []*invoicev1.InvoiceLine{line("Rent", "1", 1200), line("Heating", "2.5", 40)},
		}}
	}
	var made *invoicev1.CreateInvoiceResponse
	for range 2 {
		if err := insisting(t)(func(ctx context.Context) (err error) {
			made, err = m.invoices.CreateInvoice(ctx, request("-1", "R-"+mark, company))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	name := made.GetIntent().GetDocument()
	if i := made.GetInvoice(); len(i.GetLines()) != 2 || i.GetUntaxedAmount().GetUnits() != 1300 || i.GetTaxAmount().GetUnits() != 0 || i.GetMatch().GetVerdict() != invoicev1.MatchVerdict_MATCH_VERDICT_NO_ORDER ||
		i.GetMatch().GetBlocks() || len(made.GetIntent().GetDeviations()) > 0 {
		t.Errorf("made is %v", made)
	}
	there := func(state string) {
		t.Helper()
		twin := request("-"+state, " r-"+strings.ToUpper(mark)+" ", contact)
		if _, err := m.invoices.CreateInvoice(t.Context(), twin); refusalOf(err).reason != "ALREADY_EXISTS" || !strings.Contains(err.Error(), name) {
			t.Errorf("beside one that is %s: %v", state, err)
		}
		if rows := p.rows(t, "account.move", []any{[]any{"ref", "ilike", "R-" + mark}}, []any{"id"}); len(rows) != 1 {
			t.Errorf("there are %v", rows)
		}
	}
	there("draft")
	if r, err := m.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{Name: name, RequestId: mark + "-post"}); err != nil || r.GetInvoice().GetState() != invoicev1.State_STATE_POSTED {
		t.Fatalf("%v, %v", r, err)
	}
	there("posted")
}

// entersInFull is a bill of goods in another currency, with a discount and taxes on one line
// and none on the other: Odoo takes what is said, and puts in the products' accounts alone.
// It is taken back in part.
func entersInFull(t *testing.T, p *person, m *mesh, mark string) {
	t.Helper()
	on := shelfOf(t, p)
	company := p.rows(t, "res.company", []any{}, []any{"currency_id"})[0].id("currency_id")
	currencies := p.rows(t, "res.currency", []any{[]any{"id", "!=", company}, []any{"name", "in", []any{"EUR", "USD"}}}, []any{"name"})
	if len(currencies) > 0 {
		company = currencies[0].id("id")
		p.write(t, "res.currency", company, map[string]any{"active": true})
	}
	code := p.rows(t, "res.currency", []any{[]any{"id", "=", company}}, []any{"name"})[0].text("name")
	tax := p.rows(t, "account.tax", []any{[]any{"type_tax_use", "=", "purchase"}, []any{"amount_type", "=", "percent"}, []any{"amount", ">", 0}, []any{"active", "=", true}}, []any{"amount", "price_include"})[0]
	if tax["price_include"] == true {
		t.Fatalf("the tax %v is within prices: it says nothing here", tax)
	}
	line := func(n string, price *money.Money) *invoicev1.InvoiceLine {
		return &invoicev1.InvoiceLine{Product: productName(on.product), Quantity: &decimal.Decimal{Value: n}, UnitPrice: price}
	}
	taxed, plain := line("3", &money.Money{Units: 10, CurrencyCode: code}), line("2.5", &money.Money{Units: 4})
	taxed.DiscountPercent, taxed.Taxes = &decimal.Decimal{Value: "12.5"}, []*typesv1.Tax{{Id: tax.id("id")}}
	plain.Description = "As agreed & <written>"
	made, err := m.invoices.CreateInvoice(t.Context(), &invoicev1.CreateInvoiceRequest{RequestId: mark + "-create", Invoice: &invoicev1.Invoice{
		Supplier: supplierName(on.supplier), SupplierReference: "F-" + mark, InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 28}, CurrencyCode: code, Lines: []*invoicev1.InvoiceLine{taxed, plain},
	}})
	withoutRemarks(t, made.GetIntent(), err)
	i := made.GetInvoice()
	if i.GetUntaxedAmount().GetCurrencyCode() != code || i.GetUntaxedAmount().GetUnits() != 36 || i.GetUntaxedAmount().GetNanos() != 250_000_000 || len(i.GetLines()) != 2 || len(i.GetLines()[0].GetTaxes()) != 1 || len(i.GetLines()[1].GetTaxes()) != 0 ||
		i.GetLines()[1].GetDescription() != plain.GetDescription() || !strings.Contains(i.GetLines()[0].GetDescription(), "Purchased "+p.mark) || i.GetLines()[0].GetAccountCode() == "" {
		t.Errorf("%v", i)
	}
	rows := p.rows(t, "account.move", []any{[]any{"id", "=", idOf(t, i.GetName())}}, []any{"amount_untaxed", "amount_tax"})
	if want := 26.25 * tax["amount"].(float64) / 100; rows[0]["amount_untaxed"] != 36.25 || rows[0]["amount_tax"].(float64) < want-0.0051 || rows[0]["amount_tax"].(float64) > want+0.0051 {
		t.Errorf("Odoo has %v, want 36.25 and taxes of %v", rows, want)
	}
	posted, err := m.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{Name: i.GetName(), RequestId: mark + "-post"})
	withoutRemarks(t, posted.GetIntent(), err)
	back, err := m.invoices.ReverseInvoice(t.Context(), &invoicev1.ReverseInvoiceRequest{Name: i.GetName(), RequestId: mark + "-reverse", InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 29},
		Lines: []*invoicev1.ReversedLine{{LineId: i.GetLines()[1].GetId(), Quantity: &decimal.Decimal{Value: "1"}}}})
	if err != nil || back.GetInvoice().GetUntaxedAmount().GetUnits() != 4 || back.GetInvoice().GetTaxAmount().GetUnits() != 0 {
		t.Errorf("%v, %v", back, err)
	}
}
