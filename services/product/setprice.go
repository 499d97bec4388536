package product

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/command"
)

// setPrice says what a supplier asks: it writes the price that is there, with a note in
// the same transaction, or loads one, which makes it once however often it is sent.
type setPrice struct {
	existing
	// row is the one that is meant; 0: the one for the same, if there is one.
	row, supplier int64
	all           bool
	currency      string
	minimum       string
	from, until   string
	// values are what the row is to say beside supplier, currency, variant, quantity and
	// first day.
	values []command.Value
	// checked is what the last check has found, until it is acted on.
	checked *planned
}

// planned is what is to be written, and of what.
type planned struct {
	found variant
	// row is the price that is there; with the id 0 one is to be made.
	row listed
	// pays is the id of the currency.
	pays int64
}

const aPrice = "supplier_price"

func (s *Service) beginSetPrice(request proto.Message) (command.Command, error) {
	r := request.(*productv1.SetSupplierPriceRequest)
	p := r.GetSupplierPrice()
	var g command.Given
	g.Only(aPrice, p, "id", "supplier", "part_number", "product_name", "min_quantity", "unit", "price", "discount_percent", "lead_time_days", "valid_from", "valid_until", "all_variants")
	c := &setPrice{
		existing: s.existing(&g, "name", r.GetName(), r.GetEtag()), all: p.GetAllVariants(), minimum: "0",
		supplier: g.ID(aPrice+".supplier", "suppliers", p.GetSupplier()), currency: p.GetPrice().GetCurrencyCode(),
		from: g.Day(aPrice+".valid_from", p.GetValidFrom()), until: g.Day(aPrice+".valid_until", p.GetValidUntil()),
	}
	if p.GetId() != "" {
		var err error
		if c.row, err = strconv.ParseInt(p.GetId(), 10, 64); err != nil || c.row < 1 {
			g.Wrong(aPrice+".id", "the id of one of the product's supplier_prices, such as 12; none for one that is to be added")
		}
	}
	c.say("price", "price", command.Number(g.Price(aPrice+".price", p.GetPrice(), "")))
	if p.GetPrice() != nil && c.currency == "" {
		g.Wrong(aPrice+".price.currency_code", "say in which currency, such as EUR")
	}
	if p.GetMinQuantity() != nil && p.GetMinQuantity().GetValue() != "0" {
		c.minimum = g.Quantity(aPrice+".min_quantity", p.GetMinQuantity())
	}
	if c.from != "" && c.until != "" && c.until < c.from {
		g.Wrong(aPrice+".valid_until", "it ends before it begins, on %s", c.from)
	}
	if p.GetUnit() != nil {
		g.Only(aPrice+".unit", p.GetUnit(), "name")
		c.say("unit.name", "product_uom_id", command.Ref{Collection: "units", ID: g.ID(aPrice+".unit.name", "units", p.GetUnit().GetName())})
	}
	if d := p.GetDiscountPercent(); d != nil {
		percent := "0"
		if d.GetValue() != "0" {
			percent = g.Quantity(aPrice+".discount_percent", d)
		}
		if f, err := strconv.ParseFloat(percent, 64); err != nil || f >= 100 {
			g.Wrong(aPrice+".discount_percent", "from 0 to less than 100")
		}
		c.say("discount_percent", "discount", command.Number(percent))
	}
	switch days := p.GetLeadTimeDays(); {
	case days < 0 || days > mostDays:
		g.Wrong(aPrice+".lead_time_days", "days, from 0 to %d", mostDays)
	case days > 0:
		c.say("lead_time_days", "delay", command.Number(strconv.Itoa(int(days))))
	}
	if code := g.Code(aPrice+".part_number", p.GetPartNumber(), mostCode); code != "" {
		c.say("part_number", "product_code", code)
	}
	if name := g.Code(aPrice+".product_name", p.GetProductName(), mostCode); name != "" {
		c.say("product_name", "product_name", name)
	}
	if c.until != "" {
		c.say("valid_until", "date_end", c.until)
	}
	return c, g.Err()
}

func (c *setPrice) say(at, field string, is any) {
	c.values = append(c.values, command.Value{At: aPrice + "." + at, Field: field, Is: is})
}

// Look finds a price that was made by its external id, and tells by the note whether one
// that was there was written.
func (c *setPrice) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := c.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := c.standing(found)
	made, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil {
		return s, err
	}
	if made == 0 {
		if s.Noted, err = w.Noted(ctx, productModel, c.id); err != nil || !s.Noted {
			return s, err
		}
	}
	s.Stage = command.Done
	prices, err := pricesOf(ctx, w.Odoo, found)
	if err != nil {
		return s, err
	}
	row, there := priceByID(prices, made)
	if made != 0 {
		s.Evidence = fmt.Sprintf("%s %d has the external id %s", priceModel, made, w.External(0))
	} else {
		s.Evidence += ", and the note of this intent stands on it"
		row, there, err = c.meant(prices, found)
	}
	if err != nil { // it is done: that the list has it twice by now is told, and refuses nothing
		s.Deviations = []*commandv1.Deviation{{Field: aPrice, Asked: "a price", Found: "two: somebody has added the same"}}
		return s, nil
	}
	if !there {
		s.Deviations = []*commandv1.Deviation{{Field: aPrice, Asked: "a price", Found: "none: it was changed or deleted since"}}
		return s, nil
	}
	s.Deviations, err = c.deviations(row)
	s.Warnings = rivals(prices, row)
	return s, err
}

// meant is the price that is there for what is asked; two of them are refused.
func (c *setPrice) meant(prices []listed, found variant) (one listed, there bool, err error) {
	if c.row != 0 {
		one, there = priceByID(prices, c.row)
		return one, there, nil
	}
	for _, l := range prices {
		if l.supplier != c.supplier || !command.Same(c.minimum, l.minimum) || l.from != c.from || c.all != (l.variant == 0) {
			continue
		}
		if there {
			return listed{}, false, command.Refused("The price list has this twice, as %d and %d: give the id of the one that is meant.", one.id, l.id)
		}
		one, there = l, true
	}
	return one, there, nil
}

func (c *setPrice) deviations(row listed) (all []*commandv1.Deviation, err error) {
	compare := func(field, asked, found string) {
		if asked != found {
			all = append(all, &commandv1.Deviation{Field: aPrice + "." + field, Asked: asked, Found: found})
		}
	}
	compare("supplier", supplierName(c.supplier), supplierName(row.supplier))
	compare("price.currency_code", c.currency, row.currencyCode)
	more, err := command.Deviations(row.row, c.values)
	return append(all, more...), err
}

// Check refuses what does not fit the product or its price list.
func (c *setPrice) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	var err error
	c.checked, err = c.plan(ctx, w.Odoo)
	return err
}

// plan finds the price that is to be written.
func (c *setPrice) plan(ctx context.Context, o *command.Odoo) (*planned, error) {
	found, err := c.read(ctx, o)
	if err != nil {
		return nil, err
	}
	if !found.active {
		return nil, command.Refused("%s is archived.", c.name)
	}
	var g command.Given
	pays, err := c.knows(ctx, o, &g, found)
	if err != nil {
		return nil, err
	}
	// The price list is read last, right before it is acted on.
	others, err := siblingNames(ctx, o, found)
	if err != nil {
		return nil, err
	}
	prices, err := pricesOf(ctx, o, found)
	if err != nil {
		return nil, err
	}
	// The price of the only variant is that of the template.
	alone := len(others) == 0
	if alone && c.row == 0 {
		for i := range prices {
			if !c.all {
				prices[i].variant = found.id
			} else {
				prices[i].variant = 0
			}
		}
	}
	row, there, err := c.meant(prices, found)
	if err != nil {
		return nil, err
	}
	if c.row != 0 {
		switch {
		case !there:
			g.Wrong(aPrice+".id", "%s has no such price", c.name)
		case row.supplier != c.supplier:
			g.Wrong(aPrice+".supplier", "price %d is that of %s", row.id, supplierName(row.supplier))
		case c.all && row.variant != 0 && !alone:
			g.Wrong(aPrice+".all_variants", "price %d is for this variant alone", row.id)
		}
	}
	if there && c.until == "" && row.until != "" && c.from > row.until || there && c.from == "" && c.until != "" && row.from > c.until {
		g.Wrong(aPrice+".valid_until", "price %d holds from %s to %s: say both days", row.id, row.from, row.until)
	}
	return &planned{found, row, pays}, g.Err()
}

// knows refuses a supplier, a currency or a unit that Odoo does not have, and what its
// release has no field for; it gives the id of the currency.
func (c *setPrice) knows(ctx context.Context, o *command.Odoo, g *command.Given, found variant) (pays int64, err error) {
	switch there, active, err := activeRow(ctx, o, partnerModel, c.supplier); {
	case err != nil:
		return 0, err
	case !there:
		g.Wrong(aPrice+".supplier", "there is no %s", supplierName(c.supplier))
	case !active:
		g.Wrong(aPrice+".supplier", "%s is archived in Odoo", supplierName(c.supplier))
	}
	switch pays, err = currencyID(ctx, o, c.currency); {
	case err != nil:
		return 0, err
	case pays == 0:
		g.Wrong(aPrice+".price.currency_code", "%s is not active in Odoo", c.currency)
	}
	for _, v := range c.values {
		switch unit, _ := v.Is.(command.Ref); {
		case v.Field == "discount" && o.Major() < 17:
			g.Wrong(v.At, "up to Odoo 16 a supplier's price has no discount: leave it out")
		case v.Field == "product_uom_id" && o.Major() >= 19:
			if err := fits(ctx, o, g, v.At, unit.ID, found.unit); err != nil {
				return 0, err
			}
		case v.Field == "product_uom_id" && unit.ID != found.bought:
			g.Wrong(v.At, "up to Odoo 18 suppliers' prices are in the unit in which the product is bought, which is %s", unitName(found.bought))
		}
	}
	return pays, nil
}

// Do writes the price that is there, or loads a new one, right behind the check: what that
// has found is not read once more, as the time until the write would be the same again.
func (c *setPrice) Do(ctx context.Context, w *command.Work) (err error) {
	plan := c.checked
	if c.checked = nil; plan == nil {
		if plan, err = c.plan(ctx, w.Odoo); err != nil {
			return err
		}
	}
	found, row := plan.found, plan.row
	values := append([]command.Value{{Field: "currency_id", Is: command.Ref{ID: plan.pays}}}, c.storable(w.Odoo)...)
	if row.id == 0 {
		return c.add(ctx, w, found, values)
	}
	if c.row != 0 && c.minimum != "0" {
		values = append(values, command.Value{Field: "min_qty", Is: command.Number(c.minimum)})
	}
	if c.row != 0 && c.from != "" {
		values = append(values, command.Value{Field: "date_start", Is: c.from})
	}
	return changePrice(ctx, w, c.id, []any{1, row.id, command.Written(values)})
}

// storable are the values that Odoo has a field for: up to 18 the unit is the product's.
func (c *setPrice) storable(o *command.Odoo) (values []command.Value) {
	for _, v := range c.values {
		if v.Field != "product_uom_id" || o.Major() >= 19 {
			values = append(values, v)
		}
	}
	return values
}

func (c *setPrice) add(ctx context.Context, w *command.Work, found variant, values []command.Value) error {
	values = append(values, command.Value{Field: "partner_id", Is: command.Ref{Collection: "suppliers", ID: c.supplier}}, command.Value{Field: "product_tmpl_id", Is: command.Ref{Collection: "", ID: found.template}}, command.Value{Field: "min_qty", Is: command.Number(c.minimum)})
	if !c.all {
		values = append(values, command.Value{Field: "product_id", Is: command.Ref{Collection: "products", ID: found.id}})
	}
	if c.from != "" {
		values = append(values, command.Value{Field: "date_start", Is: c.from})
	}
	if unit := priceUnit(w.Odoo); unit != "" && !slices.ContainsFunc(values, func(v command.Value) bool { return v.Field == "product_uom_id" }) {
		values = append(values, command.Value{Field: unit, Is: command.Ref{Collection: "units", ID: found.unit}})
	}
	names, cells := command.Columns(values)
	return w.Odoo.LoadOne(ctx, priceModel, append([]string{"id"}, names...), append([]string{w.External(0)}, cells...))
}
