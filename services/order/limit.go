package order

import (
	"context"
	"math"

	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

// sums is what an order comes to, and from which total on Odoo wants one approved.
type sums struct {
	total    float64
	currency string
	// limit is in the order's currency; limited says that there is one.
	limit   float64
	limited bool
	company int64
}

// sumsOf reads them. A company's limit is in its own currency: the order keeps what a unit
// of that is in the order's.
func sumsOf(ctx context.Context, o *command.Odoo, id int64, name string) (s sums, err error) {
	row, ok, err := o.Row(ctx, orderModel, id, "amount_total", "currency_id", "currency_rate", "company_id")
	if err == nil && !ok {
		err = fault.NotFound(name)
	}
	if err != nil {
		return s, err
	}
	var rate float64
	if err := command.Numbers(row, map[string]*float64{"amount_total": &s.total, "currency_rate": &rate}); err != nil {
		return s, err
	}
	currency, _, err := row.Many2One("currency_id")
	if err != nil {
		return s, err
	}
	s.currency = currency.Name
	of, _, err := row.Many2One("company_id")
	if err != nil {
		return s, err
	}
	s.company = of.ID
	company, ok, err := o.Row(ctx, companyModel, of.ID, "po_double_validation", "po_double_validation_amount")
	if err != nil || !ok {
		return s, err
	}
	kind, err := company.String("po_double_validation")
	if err != nil || kind != "two_step" {
		return s, err
	}
	amount, err := company.Float("po_double_validation_amount")
	if rate == 0 {
		rate = 1
	}
	s.limit, s.limited = amount*rate, true
	return s, err
}

// asks tells whether Odoo wants an order of a total approved.
func (s sums) asks(total float64) bool { return s.limited && total > s.limit-0.005 }

// withinLimit refuses to raise an order to where Odoo would want it approved, which Odoo
// asks of drafts alone. Whether the mesh's user could approve it does not count: whoever
// amends an order has not been asked.
func (a *amend) withinLimit(ctx context.Context, o *command.Odoo, lines []line, added []int64) error {
	s, err := sumsOf(ctx, o, a.id, a.name)
	if err != nil || !s.limited && !a.policy.on {
		return err
	}
	more, err := a.more(ctx, o, s.company, lines, added)
	if err != nil || more < 0.005 {
		return err
	}
	if err := a.policy.covers(ctx, a.existing, cents(s.total+more), s.currency); err != nil {
		return err
	}
	if s.asks(s.total + more) {
		return command.Refused("%s would come to %s %s, and from %s on Odoo wants orders approved: somebody with the right to approve purchases has to change it in Odoo, or a new order takes the rest.",
			a.name, command.Float(cents(s.total+more)), s.currency, command.Float(cents(s.limit)))
	}
	return nil
}

func cents(amount float64) float64 { return math.Round(amount*100) / 100 }

// more is by how much the total rises, with taxes: a line's by as much as its price and
// quantity, and that of a new one by what is bought of its product with.
func (a *amend) more(ctx context.Context, o *command.Odoo, company int64, lines []line, added []int64) (sum float64, err error) {
	for _, l := range a.lines {
		is := lineOf(lines, l.id)
		quantity, price := is.quantity, is.price
		if l.quantity != "" {
			quantity = float(l.quantity)
		}
		if l.price != "" {
			price = float(l.price)
		}
		switch was := is.quantity * is.price; {
		case is.heading:
		case was != 0:
			sum += is.total * (quantity*price/was - 1)
		default:
			tax, err := taxOf(ctx, o, company, is.product)
			if err != nil {
				return 0, err
			}
			sum += quantity*price*(1+tax) - is.total
		}
	}
	if len(added) > 0 {
		return sum, nil
	}
	for _, l := range a.added {
		tax, err := taxOf(ctx, o, company, l.product)
		if err != nil {
			return 0, err
		}
		sum += float(l.quantity) * float(l.price) * (1 + tax)
	}
	return sum, nil
}

// taxOf is what is added to a price of a product when it is bought, as a part of it.
func taxOf(ctx context.Context, o *command.Odoo, company, product int64) (sum float64, err error) {
	row, ok, err := o.Row(ctx, productModel, product, "supplier_taxes_id")
	if err != nil || !ok {
		return 0, err
	}
	ids, err := row.IDs("supplier_taxes_id")
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	taxes, err := o.Rows(ctx, taxModel, command.Where("id", "in", idsOf(ids)).And("amount_type", "=", "percent").And("company_id", "=", company), "amount", "price_include")
	for _, tax := range taxes {
		amount, err := tax.Float("amount")
		if err != nil {
			return 0, err
		}
		within, err := tax.Bool("price_include")
		if err != nil {
			return 0, err
		}
		if !within {
			sum += amount / 100
		}
	}
	return sum, err
}
