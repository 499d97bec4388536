package models

import (
	"math"

	"odoomesh/internal/odoosim/orm"
)

// added is what a bill has beside the lines that people enter, and what it makes of
// the bill's sums. Amounts are those of the document.
type added struct {
	rows []addedRow
	// net is what the rows add to the sum without taxes, tax what they add to the
	// taxes.
	net, tax float64
}

type addedRow struct {
	kind   string // its display_type
	amount float64
	vals   map[string]any
}

// addedTypes are the kinds of rows that Odoo adds to a bill, but for taxes and what
// is owed.
func addedTypes(kind string) bool {
	switch kind {
	case "rounding", "epd", "non_deductible_product", "non_deductible_product_total", "non_deductible_tax":
		return true
	}
	return false
}

// madeByTheBill says whether nobody enters a line of that kind.
func madeByTheBill(kind string) bool {
	return kind == "tax" || kind == "payment_term" || addedTypes(kind)
}

// privately adds the share of lines that may not be deducted, from 19 on, and takes
// it off the accounts of the lines: to nothing in the sum. The taxes on it are booked
// apart.
func (a *added) privately(b record, byTax map[int64]float64) {
	total, tax := 0.0, 0.0
	for _, l := range b.all("invoice_line_ids") {
		if l.m.Field("deductible_amount") == nil || l.text("display_type") != "product" || l.num("deductible_amount") >= 100 {
			continue
		}
		share := cents(l.num("price_subtotal") * (100 - l.num("deductible_amount")) / 100)
		total = cents(total + share)
		a.row("non_deductible_product", -share, map[string]any{"name": l.text("name"), "account_id": orNone(l.int("account_id"))})
		for _, t := range l.all("tax_ids") {
			part := cents(share * t.num("amount") / 100)
			byTax[t.id], tax = cents(byTax[t.id]-part), cents(tax+part)
		}
	}
	if isZero(total) {
		return
	}
	private := orNone(accountOf(b.e, "expense"))
	a.row("non_deductible_product_total", total, map[string]any{"name": "private part", "account_id": private})
	if !isZero(tax) {
		a.row("non_deductible_tax", tax, map[string]any{"name": "private part (taxes)", "account_id": private})
		a.tax = cents(a.tax + tax)
	}
}

// early adds the discount for paying early where taxes are computed as if it were
// taken, and takes it off again: to nothing in the sum, but the taxes are lower.
func (a *added) early(b record, byTax map[int64]float64) {
	term := b.to("invoice_payment_term_id")
	if !term.exists() || !term.is("early_discount") || term.text("early_pay_discount_computation") != "mixed" {
		return
	}
	for _, l := range b.all("invoice_line_ids") {
		less := cents(l.num("price_subtotal") * term.num("discount_percentage") / 100)
		if l.text("display_type") != "product" || isZero(less) {
			continue
		}
		for _, t := range l.all("tax_ids") {
			byTax[t.id] = cents(byTax[t.id] - less*t.num("amount")/100)
		}
		account := orNone(l.int("account_id"))
		a.row("epd", -less, map[string]any{"name": "Early Payment Discount", "account_id": account, "tax_ids": b.e.Get(l.m, l.id, "tax_ids").L})
		a.row("epd", less, map[string]any{"name": "Early Payment Discount", "account_id": account, "tax_ids": []int64{}})
	}
}

// inCash rounds the sum to what can be paid in coins: by a line, or by the greatest tax.
func (a *added) inCash(b record, sum float64, byTax map[int64]float64) {
	by := b.to("invoice_cash_rounding_id")
	if !by.exists() {
		return
	}
	coins := sum / by.num("rounding")
	switch by.text("rounding_method") {
	case "UP":
		coins = math.Ceil(coins - 1e-9)
	case "DOWN":
		coins = math.Floor(coins + 1e-9)
	default:
		coins = math.Floor(coins + 0.5 + 1e-9)
	}
	more := cents(coins*by.num("rounding") - sum)
	if isZero(more) {
		return
	}
	vals := map[string]any{"name": by.text("name"), "tax_ids": []int64{}}
	if by.text("strategy") == "biggest_tax" {
		greatest := int64(0)
		for t := range byTax {
			if greatest == 0 || math.Abs(byTax[t]) > math.Abs(byTax[greatest]) || byTax[t] == byTax[greatest] && t < greatest {
				greatest = t
			}
		}
		if greatest == 0 {
			return
		}
		vals["name"] = rec(b.e, "account.tax", greatest).text("name") + " (rounding)"
		vals["account_id"], vals["tax_line_id"] = orNone(accountOf(b.e, "asset_current")), greatest
		vals["tax_repartition_line_id"] = repartition(b.e, greatest)
		a.row("rounding", more, vals)
		a.tax = cents(a.tax + more)
		return
	}
	account := by.int("profit_account_id")
	if more > 0 {
		account = by.int("loss_account_id")
	}
	vals["account_id"] = orNone(account)
	a.row("rounding", more, vals)
	a.net = cents(a.net + more)
}

func (a *added) row(kind string, amount float64, vals map[string]any) {
	a.rows = append(a.rows, addedRow{kind, amount, vals})
}

// repartition is the row by which a tax says where it is booked; made when it is
// first asked for.
func repartition(e *orm.Env, tax int64) any {
	m := e.DB().Model("account.tax.repartition.line")
	ids, err := e.Search(m, []any{[]any{"tax_id", "=", tax}}, orm.Page{Order: "id", Limit: 1})
	if err == nil && len(ids) > 0 {
		return ids[0]
	}
	r, err := add(e, m.Name, map[string]any{"tax_id": tax, "repartition_type": "tax", "factor_percent": 100.0})
	if err != nil {
		return false
	}
	return r.id
}

// keep writes the rows over those that the bill has of their kind, in order, and
// drops the rest.
func (a *added) keep(b record, sign float64) error {
	have := map[string][]record{}
	for _, l := range b.all("line_ids") {
		if kind := l.text("display_type"); addedTypes(kind) {
			have[kind] = append(have[kind], l)
		}
	}
	for _, r := range a.rows {
		vals := booked(b, r.amount, sign)
		for name, v := range r.vals {
			vals[name] = v
		}
		vals["display_type"], vals["quantity"] = r.kind, 0.0
		if there := have[r.kind]; len(there) > 0 {
			have[r.kind] = there[1:]
			if err := there[0].keep(there[0].known(vals)); err != nil {
				return err
			}
			continue
		}
		vals["move_id"] = b.id
		if _, err := add(b.e, "account.move.line", vals); err != nil {
			return err
		}
	}
	for _, rest := range have {
		for _, l := range rest {
			b.e.Drop(l.m, l.id)
		}
	}
	return nil
}
