package e2e

import (
	"fmt"
	"testing"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/internal/race"
	"odoomesh/internal/resource"
)

// Up to 17 Odoo numbers the first draft of a month as it is made: drafts of one moment have
// one number. All of them are posted, each under a number of its own; so are credit notes.
func TestDraftsOfOneMomentAreAllPosted(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			draftsOfOneMoment(t, p, start(t, settings(t, p)))
		})
	}
}

func TestLiveDraftsOfOneMomentAreAllPosted(t *testing.T) {
	p := live(t)
	draftsOfOneMoment(t, p, start(t, settings(t, p)))
}

func draftsOfOneMoment(t *testing.T, p *person, m *mesh) {
	company := p.create(t, "res.partner", map[string]any{"name": "Printer " + p.mark, "is_company": true, "supplier_rank": 1})
	for _, kind := range []string{"in_invoice", "in_refund"} {
		numbers := map[string]bool{}
		first := ""
		for n := range 3 {
			draft := p.enter(t, "account.move", map[string]any{"move_type": kind, "partner_id": company, "invoice_date": "2026-11-28", "ref": fmt.Sprint(p.mark, kind, n),
				"invoice_line_ids": []any{[]any{0, 0, map[string]any{"name": "Labels", "quantity": 1.0, "price_unit": 7.0}}}}, nil)
			if n > 0 {
				p.write(t, "account.move", draft, map[string]any{"name": first})
			}
			r, err := m.invoices.PostInvoice(t.Context(), &invoicev1.PostInvoiceRequest{RequestId: fmt.Sprint(p.mark, kind, n), Name: resource.Name("invoices", draft)})
			if err != nil || r.GetIntent().GetState() != commandv1.State_STATE_DONE {
				t.Fatalf("draft %d of %s: %v, %v", n, kind, r, err)
			}
			number := p.row(t, "account.move", draft, "name").text("name")
			if n == 0 {
				first = number
			}
			numbers[number] = true
		}
		if len(numbers) != 3 {
			t.Errorf("%s are numbered %v", kind, numbers)
		}
	}
}
