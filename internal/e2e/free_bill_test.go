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
			proxy := odooproxy.New(p.sim)
			through := *p
			through.url = served(t, proxy)
			m := start(t, settings(t, &through))
			for name, trouble := range map[string]odooproxy.Trouble{
				"cut": odooproxy.Cut(), "forbidden": odooproxy.AfterCommit(odooproxy.Forbidden()), "without-odoo": odooproxy.BadGateway(),
			} {
				end := proxy.Next(1, odooproxy.Method("load"), trouble)
				enters(t, p, m, p.mark+"-"+name)
				end()
			}
		})
	}
}

func TestLiveABillWithoutAnOrderIsEnteredOnce(t *testing.T) {
	p := live(t)
	enters(t, p, start(t, settings(t, p)), p.mark)
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
