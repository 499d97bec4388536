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
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
	"odoomesh/services/supplier/approved"
)

// prices tells of prices that are not those of the list.
func (r *Rules) prices(ctx context.Context, o Order, day *date.Date) (found []finding, err error) {
	for _, l := range o.Lines {
		if l.Quantity.Sign() <= 0 { // no row of the list is for that
			continue
		}
		p, err := r.products.Lookup(ctx, resource.Name("products", l.Product))
		if err != nil {
			return nil, err
		}
		if l.in = unitOf(p, l.Unit); l.in == nil && o.Measure != nil {
			if l.in, err = o.Measure(ctx, l.Unit); err != nil {
				return nil, err
			}
		}
		if f, differs := r.price(p, l, o, day); differs {
			found = append(found, f)
		}
	}
	return found, nil
}

// price compares the price of a line with the list of its product.
func (r *Rules) price(p *productv1.Product, l Line, o Order, day *date.Date) (finding, bool) {
	at := l.At + ".unit_price"
	listed := listedFor(p, l, o, day)
	if listed == nil {
		return finding{mode: Warn, field: at, problem: fmt.Sprintf("the price list has no price of %s for %s", resource.Name("suppliers", o.Supplier), resource.Name("products", l.Product))}, true
	}
	quantity := converted(l, listed.GetUnit())
	if code := listed.GetPrice().GetCurrencyCode(); o.Currency != "" && code != o.Currency {
		return finding{mode: Warn, field: at, problem: "the price list is in " + code + ": it is not compared"}, true
	}
	if quantity == nil {
		return finding{mode: Warn, field: at, problem: "the price list is for another unit: it is not compared"}, true
	}
	// The price of one of the line's units.
	gross := new(big.Rat).Mul(exact.Money(listed.GetPrice()), new(big.Rat).Quo(quantity, l.Quantity))
	net := less(gross, listed)
	if r.within(l.Price, gross) || r.within(l.Price, net) {
		return finding{}, false
	}
	problem := fmt.Sprintf("%s is not the %s %s of the price list, by more than %v %%", exact.Text(l.Price), exact.Text(net), listed.GetPrice().GetCurrencyCode(), r.Tolerance)
	if o.Currency == "" {
		return finding{mode: Warn, field: at, problem: problem + ", or it is in another currency: say which"}, true
	}
	return finding{r.Price, at, problem, asListed}, true
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

// less is a price less the discount of a row.
func less(price *big.Rat, row *productv1.SupplierPrice) *big.Rat {
	return exact.Less(price, exact.Decimal(row.GetDiscountPercent()))
}

// listedFor is the row of the price list that Odoo would take for a line (_select_seller,
// 16 to 19): of the rows that fit the first says of which partner, the supplier itself or
// the one above it, and of that partner's the cheapest is taken.
func listedFor(p *productv1.Product, l Line, o Order, day *date.Date) *productv1.SupplierPrice {
	var fit, other []*productv1.SupplierPrice
	for _, row := range p.GetSupplierPrices() {
		of, in := row.GetSupplier(), converted(l, row.GetUnit())
		switch {
		case of != resource.Name("suppliers", o.Supplier) && (o.Parent == 0 || of != resource.Name("suppliers", o.Parent)):
		case row.GetCompany() != "" && o.Company != "" && row.GetCompany() != o.Company:
		case approved.Outside(row.GetValidFrom(), row.GetValidUntil(), day) != "":
		case in == nil:
			other = append(other, row)
		case in.Cmp(exact.Decimal(row.GetMinQuantity())) >= 0:
			fit = append(fit, row)
		}
	}
	if len(fit) == 0 {
		fit = other // what cannot be compared is told
	}
	if len(fit) == 0 {
		return nil
	}
	first := slices.MinFunc(fit, before)
	return slices.MinFunc(slices.DeleteFunc(fit, func(row *productv1.SupplierPrice) bool { return row.GetSupplier() != first.GetSupplier() }), cheaper)
}

// before is Odoo's order of the list: by sequence, the greatest quantity, and the lowest
// price.
func before(a, b *productv1.SupplierPrice) int {
	return cmp.Or(cmp.Compare(a.GetSequence(), b.GetSequence()), exact.Decimal(b.GetMinQuantity()).Cmp(exact.Decimal(a.GetMinQuantity())),
		exact.Money(a.GetPrice()).Cmp(exact.Money(b.GetPrice())))
}

// cheaper is Odoo's order of the rows of one partner: by the price less the discount.
func cheaper(a, b *productv1.SupplierPrice) int {
	return cmp.Or(less(exact.Money(a.GetPrice()), a).Cmp(less(exact.Money(b.GetPrice()), b)), cmp.Compare(a.GetSequence(), b.GetSequence()))
}

// unitOf is a unit as the copy of a product names it; nil where it does not.
func unitOf(p *productv1.Product, id int64) *typesv1.UnitOfMeasure {
	name := resource.Name("units", id)
	known := []*typesv1.UnitOfMeasure{p.GetBaseUnit(), p.GetPurchaseUnit()}
	for _, row := range p.GetSupplierPrices() {
		known = append(known, row.GetUnit())
	}
	if i := slices.IndexFunc(known, func(u *typesv1.UnitOfMeasure) bool { return u.GetName() == name }); i >= 0 {
		return known[i]
	}
	return nil
}

// converted is the quantity of a line in a unit; nil where that is not known.
func converted(l Line, to *typesv1.UnitOfMeasure) *big.Rat {
	if l.in == nil || to == nil {
		return nil
	}
	if in, ok := exact.Converted(l.Quantity, l.in, to); ok {
		return in
	}
	return nil
}
