package e2e

import (
	"fmt"
	"testing"

	"google.golang.org/genproto/googleapis/type/money"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/internal/race"
)

// nanos is an amount as one number.
func nanos(m *money.Money) int64 { return m.GetUnits()*1e9 + int64(m.GetNanos()) }

// The lines and taxes of a bill add up to its sums, whatever Odoo adds to it.
func TestTheLinesOfABillAddUp(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			s := hospital(t, major)
			partner := s.create(t, "res.partner", map[string]any{"name": "Biller", "is_company": true})
			bill := func(vals map[string]any, lines ...map[string]any) {
				for k, v := range map[string]any{"move_type": "in_invoice", "partner_id": partner, "invoice_date": "2026-11-23"} {
					if _, there := vals[k]; !there {
						vals[k] = v
					}
				}
				var commands []any
				for _, l := range lines {
					commands = append(commands, []any{0, 0, l})
				}
				vals["invoice_line_ids"] = commands
				id := s.enter(t, "account.move", vals, nil)
				s.press(t, "account.move", "action_post", id, nil)
			}
			line := func(price float64) map[string]any {
				return map[string]any{"name": "Something", "quantity": 1.0, "price_unit": price}
			}
			coins := func(strategy string) int64 {
				return s.enter(t, "account.cash.rounding", map[string]any{"name": "Coins", "rounding": 0.05, "rounding_method": "HALF-UP", "strategy": strategy}, nil)
			}
			wanted := map[invoicev1.LineType]bool{invoicev1.LineType_LINE_TYPE_ROUNDING: true}
			bill(map[string]any{"invoice_cash_rounding_id": coins("add_invoice_line")}, line(10.02), map[string]any{"display_type": "line_note", "name": "Thanks"})
			bill(map[string]any{"invoice_cash_rounding_id": coins("add_invoice_line"), "move_type": "in_refund"}, line(10.02))
			bill(map[string]any{"invoice_cash_rounding_id": coins("biggest_tax")}, line(10.02))
			if major > 16 {
				terms := s.enter(t, "account.payment.term", map[string]any{"name": "2 % early", "early_discount": true, "discount_percentage": 2.0,
					"early_pay_discount_computation": "mixed"}, nil)
				bill(map[string]any{"invoice_payment_term_id": terms}, line(100), line(33.33))
				wanted[invoicev1.LineType_LINE_TYPE_EARLY_PAYMENT_DISCOUNT] = true
			}
			if major >= 19 {
				half := line(100)
				half["deductible_amount"] = 50.0
				bill(map[string]any{}, half, line(7))
				wanted[invoicev1.LineType_LINE_TYPE_NON_DEDUCTIBLE] = true
			}
			s.write(t, "res.company", 1, map[string]any{"tax_calculation_rounding_method": "round_globally"})
			bill(map[string]any{}, line(0.15), line(0.15), line(0.15))
			s.equalsOdoo(t, s.person)
			for name, r := range domains()[5].inMesh(t, s.mesh) {
				i := r.(*invoicev1.Invoice)
				var net, untaxed, tax int64
				for _, l := range i.GetLines() {
					net, untaxed = net+nanos(l.GetBookedAmount()), untaxed+nanos(l.GetUntaxedAmount())
					delete(wanted, l.GetType())
				}
				for _, l := range i.GetTaxLines() {
					tax += nanos(l.GetAmount())
				}
				if net != nanos(i.GetUntaxedAmount()) || untaxed != net || tax != nanos(i.GetTaxAmount()) || net+tax != nanos(i.GetTotalAmount()) {
					t.Errorf("%s: lines book %d and show %d, taxes %d; its sums are %v, %v and %v", name, net, untaxed, tax,
						i.GetUntaxedAmount(), i.GetTaxAmount(), i.GetTotalAmount())
				}
			}
			for kind := range wanted {
				t.Errorf("no bill has a line of type %s", kind)
			}
		})
	}
}
