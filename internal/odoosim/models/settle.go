package models

const partials = "account.partial.reconcile"

// setOff sets a refund off against the bill that it takes back, as posting does from 17 on.
func setOff(refund record) error {
	bill := refund.to("reversed_entry_id")
	if refund.e.DB().Version < 17 || refund.text("move_type") != "in_refund" || !bill.exists() || bill.text("state") != "posted" {
		return nil
	}
	amount := min(refund.num("amount_residual"), bill.num("amount_residual"))
	debit, credit := owedOf(refund), owedOf(bill)
	if isZero(amount) || amount < 0 || debit == 0 || credit == 0 {
		return nil
	}
	if _, err := add(refund.e, partials, map[string]any{"debit_move_id": debit, "credit_move_id": credit, "amount": cents(amount)}); err != nil {
		return err
	}
	if err := settled(bill); err != nil {
		return err
	}
	return settled(refund)
}

// owedOf is the line of a bill that says what is owed; 0 where nothing is.
func owedOf(b record) int64 {
	for _, l := range b.all("line_ids") {
		if l.text("display_type") == "payment_term" {
			return l.id
		}
	}
	return 0
}

// setAgainst is what of a bill was set off, and against which bills.
func setAgainst(b record) (sum float64, rows []int64, others []record) {
	m, owed := b.e.DB().Model(partials), owedOf(b)
	if owed == 0 {
		return 0, nil, nil
	}
	for field, other := range map[string]string{"debit_move_id": "credit_move_id", "credit_move_id": "debit_move_id"} {
		for _, id := range b.e.Referring(m.Field(field), owed) {
			r := record{b.e, m, id}
			sum, rows = sum+r.num("amount"), append(rows, id)
			others = append(others, r.to(other).to("move_id"))
		}
	}
	return cents(sum), rows, others
}

// settled computes what is left to pay of a bill. Odoo computes it without a stamp on it.
func settled(b record) error {
	sum, _, _ := setAgainst(b)
	left := cents(b.num("amount_total") - sum)
	state := "not_paid"
	switch {
	case isZero(sum):
	case !isZero(left):
		state = "partial"
	case b.text("move_type") == "in_refund":
		state = "paid"
	default:
		state = "reversed"
	}
	sign := -1.0
	if b.text("move_type") == "in_refund" {
		sign = 1
	}
	if owed := owedOf(b); owed != 0 {
		if err := b.e.Raw(b.e.DB().Model("account.move.line"), owed, map[string]any{"amount_residual": sign * left}); err != nil {
			return err
		}
	}
	return b.e.Raw(b.m, b.id, map[string]any{"amount_residual": left, "amount_residual_signed": sign * left, "payment_state": state})
}

// unsettled takes back what was set off of a bill that is no longer posted.
func unsettled(b record) error {
	_, rows, others := setAgainst(b)
	if len(rows) == 0 {
		return nil
	}
	if err := b.e.Unlink(b.e.DB().Model(partials), rows); err != nil {
		return err
	}
	for _, other := range append(others, b) {
		if err := settled(other); err != nil {
			return err
		}
	}
	return nil
}
