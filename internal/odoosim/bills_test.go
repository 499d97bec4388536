package odoosim_test

import (
	"math"
	"strconv"
	"testing"

	"odoomesh/internal/odoosim"
)

// sums are what the rows of a bill book, as Odoo adds them up: into the amount without
// taxes, and into the taxes.
func sums(t *testing.T, s *odoosim.Sim, bill int64) (net, tax float64, kinds map[string]int) {
	t.Helper()
	kinds = map[string]int{}
	tx := s.Begin()
	defer tx.Rollback()
	ids := must(tx.Search("account.move.line", []any{leafOf("move_id", "=", bill)}))(t)
	for _, l := range must(tx.Read("account.move.line", ids, []string{"display_type", "amount_currency", "tax_repartition_line_id"}))(t) {
		kind, amount := l["display_type"].(string), l["amount_currency"].(float64)
		kinds[kind]++
		switch {
		case kind == "tax", kind == "non_deductible_tax", kind == "rounding" && l["tax_repartition_line_id"] != false:
			tax += amount
		case kind == "product", kind == "rounding", kind == "non_deductible_product", kind == "non_deductible_product_total":
			net += amount
		}
	}
	return net, tax, kinds
}

func TestTheRowsOfABillMakeItsSums(t *testing.T) {
	for _, c := range []struct {
		name        string
		from        int // release
		net, tax    float64
		kind        string
		rows        int
		bill, line  map[string]any
		terms, cash map[string]any
	}{
		{name: "plain", net: 10.02, tax: 2.51, kind: "rounding"},
		{name: "a cash rounding with a line of its own", net: 10.04, tax: 2.51, kind: "rounding", rows: 1,
			cash: map[string]any{"name": "Coins", "rounding": 0.05, "strategy": "add_invoice_line"}},
		{name: "a cash rounding in the tax", net: 10.02, tax: 2.53, kind: "rounding", rows: 1,
			cash: map[string]any{"name": "Coins", "rounding": 0.05, "strategy": "biggest_tax"}},
		{name: "a discount for paying early", from: 17, net: 10.02, tax: 2.26, kind: "epd", rows: 2,
			terms: map[string]any{"name": "2 early", "early_discount": true, "discount_percentage": 10.0, "early_pay_discount_computation": "mixed"}},
		{name: "a share that may not be deducted", from: 19, net: 10.02, tax: 2.51, kind: "non_deductible_product", rows: 1,
			line: map[string]any{"deductible_amount": 50.0}},
	} {
		for _, v := range versions {
			if v < c.from {
				continue
			}
			t.Run(c.name+"/"+strconv.Itoa(v), func(t *testing.T) {
				s := newSim(t, odoosim.Options{Version: v})
				var bill int64
				do(t, s, func(tx *odoosim.Tx) error {
					partner := must(tx.Create("res.partner", map[string]any{"name": "Biller"}))(t)
					vals := map[string]any{"move_type": "in_invoice", "partner_id": partner, "invoice_date": "2026-11-23"}
					if c.cash != nil {
						vals["invoice_cash_rounding_id"] = must(tx.Create("account.cash.rounding", c.cash))(t)
					}
					if c.terms != nil {
						vals["invoice_payment_term_id"] = must(tx.Create("account.payment.term", c.terms))(t)
					}
					line := map[string]any{"name": "x", "quantity": 1.0, "price_unit": 10.02}
					for k, x := range c.line {
						line[k] = x
					}
					vals["invoice_line_ids"] = []any{[]any{0, 0, line}}
					bill = must(tx.Create("account.move", vals))(t)
					return nil
				})
				// A second change leaves the rows that Odoo has added where they are.
				do(t, s, func(tx *odoosim.Tx) error {
					_, err := tx.Call("account.move", "action_post", []int64{bill}, nil)
					return err
				})
				net, tax, kinds := sums(t, s, bill)
				near := func(what string, got, want float64) {
					if math.Abs(got-want) > 1e-6 {
						t.Errorf("%s is %.4f, want %.4f", what, got, want)
					}
				}
				near("the sum without taxes", net, c.net)
				near("the tax", tax, c.tax)
				near("amount_untaxed", readOne(t, s, "account.move", bill, "amount_untaxed").(float64), net)
				near("amount_tax", readOne(t, s, "account.move", bill, "amount_tax").(float64), tax)
				near("amount_total", readOne(t, s, "account.move", bill, "amount_total").(float64), net+tax)
				if kinds[c.kind] != c.rows {
					t.Errorf("%d rows of kind %s, want %d: %v", kinds[c.kind], c.kind, c.rows, kinds)
				}
			})
		}
	}
}

func TestTaxesAreRoundedByLineOrOverAll(t *testing.T) {
	for method, want := range map[string]float64{"round_per_line": 0.12, "round_globally": 0.11} {
		t.Run(method, func(t *testing.T) {
			s := newSim(t, odoosim.Options{})
			var bill int64
			do(t, s, func(tx *odoosim.Tx) error {
				if err := tx.Write("res.company", []int64{1}, map[string]any{"tax_calculation_rounding_method": method}); err != nil {
					return err
				}
				partner := must(tx.Create("res.partner", map[string]any{"name": "Biller"}))(t)
				line := []any{0, 0, map[string]any{"name": "x", "quantity": 1.0, "price_unit": 0.15}}
				bill = must(tx.Create("account.move", map[string]any{"move_type": "in_invoice", "partner_id": partner, "invoice_line_ids": []any{line, line, line}}))(t)
				return nil
			})
			if _, tax, _ := sums(t, s, bill); math.Abs(tax-want) > 1e-6 {
				t.Errorf("the tax is %v, want %v", tax, want)
			}
		})
	}
}

func TestMergedPartnersMoveWithoutAStamp(t *testing.T) {
	for _, v := range versions {
		t.Run(strconv.Itoa(v), func(t *testing.T) {
			h := newHand()
			s := newSim(t, odoosim.Options{Version: v, Clock: h.clock()})
			var from, to, order, child int64
			do(t, s, func(tx *odoosim.Tx) error {
				from = must(tx.Create("res.partner", map[string]any{"name": "Twice", "is_company": true}))(t)
				to = must(tx.Create("res.partner", map[string]any{"name": "Once", "is_company": true}))(t)
				child = must(tx.Create("res.partner", map[string]any{"name": "Anna", "parent_id": from}))(t)
				order = must(tx.Create("purchase.order", map[string]any{"partner_id": from}))(t)
				return nil
			})
			stamp := readOne(t, s, "purchase.order", order, "write_date")
			h.add(1e9 * 60)
			do(t, s, func(tx *odoosim.Tx) error {
				wizard := must(tx.Create("base.partner.merge.automatic.wizard", map[string]any{"partner_ids": []int64{from, to}, "dst_partner_id": to}))(t)
				_, err := tx.Call("base.partner.merge.automatic.wizard", "action_merge", []int64{wizard}, nil)
				return err
			})
			if got := refOf(readOne(t, s, "purchase.order", order, "partner_id")); got != to {
				t.Errorf("the order names partner %d, want %d", got, to)
			}
			if got := refOf(readOne(t, s, "res.partner", child, "parent_id")); got != to {
				t.Errorf("the contact belongs to %d, want %d", got, to)
			}
			if got := readOne(t, s, "purchase.order", order, "write_date"); got != stamp {
				t.Errorf("the order was stamped %v, before %v", got, stamp)
			}
			tx := s.Begin()
			defer tx.Rollback()
			if ids := must(tx.Search("res.partner", []any{leafOf("id", "=", from)}))(t); len(ids) != 0 {
				t.Error("the merged partner is still there")
			}
		})
	}
}
