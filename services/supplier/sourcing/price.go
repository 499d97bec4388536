package sourcing

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"google.golang.org/genproto/googleapis/type/date"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/resource"
	"odoomesh/services/supplier/approved"
)

// prices tells of prices that are not those of the list.
func (r *Rules) prices(ctx context.Context, o Order, supplier string, day *date.Date) (found []finding, err error) {
	for _, l := range o.Lines {
		if l.Price == nil {
			continue
		}
		p, err := find(ctx, r.products, resource.Name("products", l.Product))
		if err != nil {
			return nil, err
		}
		if f, differs := r.price(p, l, o.Currency, supplier, resource.Name("suppliers", o.Supplier), day); differs {
			found = append(found, f)
		}
	}
	return found, nil
}

// price compares the price of a line with the list of its product.
func (r *Rules) price(p *productv1.Product, l Line, currency, legal, supplier string, day *date.Date) (finding, bool) {
	at := l.At + ".unit_price"
	listed, quantity := listedFor(p, l, legal, supplier, day)
	if listed == nil {
		return finding{Warn, at, fmt.Sprintf("the price list has no price of %s for %s", supplier, resource.Name("products", l.Product))}, true
	}
	if code := listed.GetPrice().GetCurrencyCode(); currency != "" && code != currency {
		return finding{Warn, at, "the price list is in " + code + ": it is not compared"}, true
	}
	if quantity == nil {
		return finding{Warn, at, "the price list is for another unit: it is not compared"}, true
	}
	// The price of one of the line's units.
	gross := new(big.Rat).Mul(money(listed), new(big.Rat).Quo(quantity, l.Quantity))
	net := new(big.Rat).Mul(gross, new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Quo(decimal(listed.GetDiscountPercent().GetValue()), big.NewRat(100, 1))))
	if r.within(l.Price, gross) || r.within(l.Price, net) {
		return finding{}, false
	}
	return finding{r.Price, at, fmt.Sprintf("%s is not the %s %s of the price list, by more than %v %%", text(l.Price), text(net), listed.GetPrice().GetCurrencyCode(), r.Tolerance)}, true
}

// within tells whether a price is that of the list, or nearly so.
func (r *Rules) within(price, listed *big.Rat) bool {
	tolerance := new(big.Rat)
	tolerance.SetFloat64(r.Tolerance / 100)
	most := new(big.Rat).Mul(listed, tolerance)
	difference := new(big.Rat).Sub(price, listed)
	// What comes of dividing by a third is not told.
	return difference.Abs(difference).Cmp(most.Add(most, big.NewRat(1, 1_000_000))) <= 0
}

// listedFor is the row of the price list that Odoo would take for a line, and the line's
// quantity in its unit; nil where that cannot be converted.
func listedFor(p *productv1.Product, l Line, legal, supplier string, day *date.Date) (best *productv1.SupplierPrice, quantity *big.Rat) {
	for _, row := range p.GetSupplierPrices() {
		in := converted(p, l, row.GetUnit())
		switch {
		case row.GetSupplier() != supplier && row.GetLegalSupplier() != legal, approved.Outside(row.GetValidFrom(), row.GetValidUntil(), day) != "":
		case in != nil && in.Cmp(decimal(row.GetMinQuantity().GetValue())) < 0:
		case best == nil || before(row, best):
			best, quantity = row, in
		}
	}
	return best, quantity
}

// before is Odoo's order: by sequence, the greatest quantity, and the lowest price.
func before(a, b *productv1.SupplierPrice) bool {
	if c := cmp.Compare(a.GetSequence(), b.GetSequence()); c != 0 {
		return c < 0
	}
	if c := decimal(a.GetMinQuantity().GetValue()).Cmp(decimal(b.GetMinQuantity().GetValue())); c != 0 {
		return c > 0
	}
	return money(a).Cmp(money(b)) < 0
}

// converted is the quantity of a line in a unit.
func converted(p *productv1.Product, l Line, to *typesv1.UnitOfMeasure) *big.Rat {
	name := resource.Name("units", l.Unit)
	if to.GetName() == name {
		return l.Quantity
	}
	known := []*typesv1.UnitOfMeasure{p.GetBaseUnit(), p.GetPurchaseUnit()}
	for _, row := range p.GetSupplierPrices() {
		known = append(known, row.GetUnit())
	}
	i := slices.IndexFunc(known, func(u *typesv1.UnitOfMeasure) bool { return u.GetName() == name })
	if i < 0 || known[i].GetReferenceUnit() != to.GetReferenceUnit() {
		return nil
	}
	from, into := factor(known[i]), factor(to)
	if from.Sign() == 0 || into.Sign() == 0 {
		return nil
	}
	return new(big.Rat).Mul(l.Quantity, new(big.Rat).Quo(from, into))
}

func factor(u *typesv1.UnitOfMeasure) *big.Rat {
	divisor := decimal(u.GetFactorDenominator().GetValue())
	if divisor.Sign() == 0 {
		return divisor
	}
	return new(big.Rat).Quo(decimal(u.GetFactorNumerator().GetValue()), divisor)
}

// decimal is a decimal as an exact number; 0 where it is none.
func decimal(text string) *big.Rat {
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat)
	}
	return value
}

func money(p *productv1.SupplierPrice) *big.Rat {
	value := new(big.Rat).SetInt64(p.GetPrice().GetUnits())
	return value.Add(value, big.NewRat(int64(p.GetPrice().GetNanos()), 1_000_000_000))
}

func text(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return r.FloatString(4)
}
