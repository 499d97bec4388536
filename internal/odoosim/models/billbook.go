package models

import (
	"strconv"
	"strings"
	"time"
)

// refreshBill recomputes the amounts of a bill, its due date and its lines in the
// books: one for each tax and one for what is owed.
func refreshBill(b record) error {
	if !b.exists() || !journalIsPurchase(b.text("move_type")) || b.text("state") == "cancel" {
		return nil
	}
	net, tax := 0.0, 0.0
	byTax, taxes := map[int64]float64{}, []int64{}
	globally := b.to("company_id").text("tax_calculation_rounding_method") == "round_globally"
	for _, l := range b.all("invoice_line_ids") {
		if l.text("display_type") != "product" {
			continue
		}
		net += l.num("price_subtotal")
		for _, t := range l.all("tax_ids") {
			if _, seen := byTax[t.id]; !seen {
				taxes = append(taxes, t.id)
			}
			of := l.num("price_subtotal") * t.num("amount") / 100
			if !globally {
				of = cents(of)
			}
			byTax[t.id] += of
		}
	}
	for id := range byTax {
		byTax[id] = cents(byTax[id])
	}
	extra := &added{}
	extra.early(b, byTax)
	extra.privately(b, byTax)
	for _, amount := range byTax {
		tax += amount
	}
	extra.inCash(b, cents(net)+cents(tax+extra.tax), byTax)
	net, tax = cents(net+extra.net), cents(tax+extra.tax)
	gross := cents(net + tax)
	sign := -1.0
	if b.text("move_type") == "in_refund" {
		sign = 1
	}
	off, _, _ := setAgainst(b)
	vals := map[string]any{"amount_untaxed": net, "amount_tax": tax, "amount_total": gross, "amount_residual": cents(gross - off),
		"amount_total_signed": sign * gross, "amount_untaxed_signed": sign * net, "amount_tax_signed": sign * tax,
		"amount_residual_signed": sign * cents(gross-off), "amount_total_in_currency_signed": sign * gross, "amount_untaxed_in_currency_signed": sign * net}
	from := now(b.e).Truncate(24 * time.Hour)
	if at := b.at("invoice_date"); !at.IsZero() {
		vals["date"], from = at, at
	}
	// Without terms a bill is due on the day on which it was entered.
	if b.int("invoice_payment_term_id") != 0 || b.at("invoice_date_due").IsZero() {
		vals["invoice_date_due"] = from.AddDate(0, 0, daysOf(b.to("invoice_payment_term_id")))
	}
	if err := b.keep(vals); err != nil {
		return err
	}
	for _, l := range b.all("invoice_line_ids") {
		if err := l.keep(booked(b, l.num("price_subtotal"), -sign)); err != nil {
			return err
		}
	}
	if err := extra.keep(b, -sign); err != nil {
		return err
	}
	return bookLines(b, taxes, byTax, gross, sign)
}

// booked is an amount as debit and credit.
func booked(b record, amount, sign float64) map[string]any {
	balance := sign * amount
	return map[string]any{"balance": balance, "amount_currency": balance, "debit": max(0, balance), "credit": max(0, -balance),
		"parent_state": b.text("state"), "move_name": b.text("name"), "date": when(b.at("date")), "ref": b.text("ref")}
}

// bookLines keeps the lines that nobody enters: taxes and what is owed.
func bookLines(b record, taxes []int64, byTax map[int64]float64, gross, sign float64) error {
	have := map[int64]record{}
	var owed record
	for _, l := range b.all("line_ids") {
		switch l.text("display_type") {
		case "tax":
			have[l.int("tax_line_id")] = l
		case "payment_term":
			owed = l
		}
	}
	m := b.e.DB().Model("account.move.line")
	line := func(l record, vals map[string]any) error {
		if l.id == 0 {
			vals["move_id"] = b.id
			_, err := add(b.e, m.Name, vals)
			return err
		}
		return l.keep(vals)
	}
	for _, t := range taxes {
		if isZero(byTax[t]) {
			continue
		}
		vals := booked(b, cents(byTax[t]), -sign)
		vals["display_type"], vals["tax_line_id"], vals["name"] = "tax", t, rec(b.e, "account.tax", t).text("name")
		vals["account_id"], vals["quantity"] = orNone(accountOf(b.e, "asset_current")), 0.0
		if err := line(have[t], vals); err != nil {
			return err
		}
		delete(have, t)
	}
	for _, l := range have {
		b.e.Drop(m, l.id)
	}
	if isZero(gross) {
		if owed.id != 0 {
			b.e.Drop(m, owed.id)
		}
		return nil
	}
	vals := booked(b, gross, sign)
	vals["display_type"], vals["account_id"], vals["quantity"] = "payment_term", orNone(accountOf(b.e, "liability_payable")), 0.0
	vals["date_maturity"], vals["amount_residual"] = when(b.at("invoice_date_due")), sign*gross
	if off, _, _ := setAgainst(b); !isZero(off) {
		vals["amount_residual"] = sign * cents(gross-off)
	}
	return line(owed, vals)
}

// daysOf reads the days of a term from its line, or from its name ("30 Days").
func daysOf(term record) int {
	if !term.exists() {
		return 0
	}
	for _, l := range term.all("line_ids") {
		return int(l.int("nb_days"))
	}
	number, _, _ := strings.Cut(term.text("name"), " ")
	days, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return days
}

func period(at time.Time) string { return at.Format("2006/01") }
