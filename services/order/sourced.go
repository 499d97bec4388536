package order

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
	"odoomesh/services/supplier/approved"
	"odoomesh/services/supplier/sourcing"
)

// sourced holds orders to what may be bought of whom at which price, and remembers what
// people should know of that.
type sourced struct {
	rules    *sourcing.Rules
	clock    clock.Clock
	warnings []string
}

func (s *Service) sourced() *sourced { return &sourced{rules: s.rules.Now(), clock: s.desk.Clock} }

// Warned is what the check has found although the order may go on.
func (s *sourced) Warned() []string { return s.warnings }

// judge refuses an order that does not fit.
func (s *sourced) judge(ctx context.Context, w *command.Work, o sourcing.Order) (err error) {
	of, err := partnerOf(ctx, w.Odoo, o.Supplier)
	if err != nil {
		return err
	}
	o.Legal, o.Parent = of.legal, of.parent
	o.Measure = func(ctx context.Context, unit int64) (*typesv1.UnitOfMeasure, error) {
		return measureOf(ctx, w.Odoo, unit)
	}
	s.warnings, err = s.rules.Check(ctx, o, approved.DayOf(s.clock.Now().In(w.Odoo.Zone())))
	return err
}

// partner is what an order needs of whom it is for.
type partner struct {
	active bool
	// legal is who it is in law: itself, or the company that it is a contact of.
	legal int64
	// parent is the one above it; 0 where there is none.
	parent int64
}

func partnerOf(ctx context.Context, o *command.Odoo, id int64) (p partner, err error) {
	row, ok, err := o.Row(ctx, partnerModel, id, "active", "commercial_partner_id", "parent_id")
	if err == nil && !ok {
		err = fault.NotFound(supplierName(id))
	}
	if err != nil {
		return p, err
	}
	if p.active, err = row.Bool("active"); err != nil {
		return p, err
	}
	return p, command.Refs(row, map[string]*int64{"commercial_partner_id": &p.legal, "parent_id": &p.parent})
}

// judgeNew judges an order that is to be made. Where it goes Odoo decides: an approval for
// any site is enough, and the release asks once more.
func (c *create) judgeNew(ctx context.Context, w *command.Work) error {
	products, err := productsOf(ctx, w.Odoo, c.lines)
	if err != nil {
		return err
	}
	o := sourcing.Order{At: "order.supplier", Supplier: c.supplier, Currency: c.currency}
	for _, l := range c.lines {
		o.Lines = append(o.Lines, newLineAsked(l, products))
	}
	return c.judge(ctx, w, o)
}

func newLineAsked(l newLine, products map[int64]product) sourcing.Line {
	unit := l.unit
	if unit == 0 {
		unit = products[l.product].unit
	}
	return sourcing.Line{At: l.at, Product: l.product, Unit: unit, Quantity: command.Exact(l.quantity), Price: command.Exact(l.price)}
}

// judgeChanged judges what the lines of a draft are to say.
func (u *update) judgeChanged(ctx context.Context, w *command.Work, now *orderv1.Order) error {
	if !u.whole {
		return nil
	}
	o, err := u.orderAsked(ctx, w.Odoo, u.id, idIn("suppliers", now.GetSupplier()), "order.supplier")
	if err != nil {
		return err
	}
	products, err := productsOf(ctx, w.Odoo, u.added)
	if err != nil {
		return err
	}
	for _, l := range u.lines {
		i := slices.IndexFunc(now.GetLines(), func(is *orderv1.OrderLine) bool { return is.GetId() == l.given.GetId() })
		if i < 0 || now.GetLines()[i].GetType() != orderv1.LineType_LINE_TYPE_PRODUCT {
			continue
		}
		is := now.GetLines()[i]
		asked := sourcing.Line{
			At: l.at, Product: idIn("products", is.GetProduct()), Unit: idIn("units", is.GetUnit().GetName()),
			Quantity: exact.Decimal(is.GetQuantity()), Price: exact.Money(is.GetUnitPrice()),
		}
		if l.quantity != "" {
			asked.Quantity = command.Exact(l.quantity)
		}
		if l.price != "" {
			asked.Price = command.Exact(l.price)
		}
		asked.Price = exact.Less(asked.Price, exact.Decimal(is.GetDiscountPercent()))
		o.Lines = append(o.Lines, asked)
	}
	for _, l := range u.added {
		o.Lines = append(o.Lines, newLineAsked(l, products))
	}
	return u.judge(ctx, w, o)
}

// judgeAmended judges what an amendment of a released order adds: new lines, those that it
// raises and, of their prices alone, those that it gives another price. To cut or to
// postpone what is ordered is never refused.
func (a *amend) judgeAmended(ctx context.Context, w *command.Work, supplier int64, lines []line) error {
	var more []sourcing.Line
	for _, l := range a.lines {
		is := lineOf(lines, l.id)
		asked := sourcing.Line{At: l.at, Product: is.product, Unit: is.unit, Quantity: command.Rat(is.quantity), Price: command.Rat(is.price), Ordered: true}
		if l.quantity != "" {
			asked.Quantity, asked.Ordered = command.Exact(l.quantity), float(l.quantity) <= is.quantity+1e-9
		}
		if l.price != "" {
			asked.Price = command.Exact(l.price)
		}
		asked.Price = exact.Less(asked.Price, command.Rat(is.discount))
		if repriced := l.price != "" && !command.Same(l.price, is.price); !is.heading && (repriced || !asked.Ordered) {
			more = append(more, asked)
		}
	}
	if len(more)+len(a.added) == 0 {
		return nil
	}
	o, err := a.orderAsked(ctx, w.Odoo, a.id, supplier, "supplier")
	if err != nil {
		return err
	}
	products, err := productsOf(ctx, w.Odoo, a.added)
	if err != nil {
		return err
	}
	for _, l := range a.added {
		more = append(more, newLineAsked(l, products))
	}
	o.Lines = more
	return a.judge(ctx, w, o)
}

// judgeAll judges an order as Odoo has it.
func (s *sourced) judgeAll(ctx context.Context, w *command.Work, found order) error {
	o, err := s.orderAsked(ctx, w.Odoo, found.id, found.supplier, "supplier")
	if err != nil {
		return err
	}
	lines, err := everyLineOf(ctx, w.Odoo, found.id)
	if err != nil {
		return err
	}
	o.Lines = linesAsked(lines)
	return s.judge(ctx, w, o)
}

// linesAsked are the lines that order something, each by its place in the record, which has
// headings and notes too, and all of them in the order in which Odoo shows them.
func linesAsked(lines []line) (asked []sourcing.Line) {
	shown := slices.SortedFunc(slices.Values(lines), func(a, b line) int { return cmp.Or(cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.id, b.id)) })
	for i, l := range shown {
		if !l.heading {
			asked = append(asked, sourcing.Line{At: fmt.Sprintf("lines[%d]", i), Product: l.product, Unit: l.unit, Quantity: command.Rat(l.quantity), Price: exact.Less(command.Rat(l.price), command.Rat(l.discount))})
		}
	}
	return asked
}

func idIn(collection, name string) int64 {
	key, err := resource.KeyOf(collection, name)
	if err != nil {
		return 0
	}
	return resource.KeyID(key)
}

// orderAsked is an order that Odoo has, without its lines. Where no policy asks for more,
// Odoo is not asked.
func (s *sourced) orderAsked(ctx context.Context, o *command.Odoo, id, supplier int64, at string) (sourcing.Order, error) {
	asked := sourcing.Order{At: at, Supplier: supplier}
	if !s.rules.Compares() {
		return asked, nil
	}
	row, ok, err := o.Row(ctx, orderModel, id, "company_id", "currency_id", "picking_type_id")
	if err == nil && !ok {
		err = fault.NotFound(resource.Name("orders", id))
	}
	if err != nil {
		return asked, err
	}
	var kind int64
	asked.Site = &approved.Site{}
	if err := command.Refs(row, map[string]*int64{"company_id": &asked.Site.Company, "picking_type_id": &kind}); err != nil {
		return asked, err
	}
	currency, _, err := row.Many2One("currency_id")
	if err != nil {
		return asked, err
	}
	company, _, err := row.Many2One("company_id")
	if err != nil {
		return asked, err
	}
	asked.Currency, asked.Company = currency.Name, company.Name
	asked.Site.Locations, err = placesOf(ctx, o, kind)
	return asked, err
}

// placesOf are the location to which transfers of a kind bring goods and all above it, the
// highest first. Where a warehouse receives in several steps that is where it takes goods
// in, and beside it counts its stock, to which they go on.
func placesOf(ctx context.Context, o *command.Odoo, kind int64) (all []int64, err error) {
	row, ok, err := o.Row(ctx, operationModel, kind, "default_location_dest_id", "warehouse_id")
	if err != nil || !ok {
		return nil, err
	}
	var to, warehouse, input, stock int64
	if err := command.Refs(row, map[string]*int64{"default_location_dest_id": &to, "warehouse_id": &warehouse}); err != nil || to == 0 {
		return nil, err
	}
	ends := []any{to}
	if warehouse != 0 {
		row, ok, err := o.Row(ctx, warehouseModel, warehouse, "wh_input_stock_loc_id", "lot_stock_id")
		if err != nil {
			return nil, err
		}
		if ok {
			err = command.Refs(row, map[string]*int64{"wh_input_stock_loc_id": &input, "lot_stock_id": &stock})
		}
		if err != nil {
			return nil, err
		}
		if input == to {
			ends = append(ends, stock)
		}
	}
	rows, err := o.Rows(ctx, locationModel, command.Where("id", "in", ends), "parent_path")
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		path, err := row.String("parent_path")
		if err != nil {
			return nil, err
		}
		for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
			if id, err := strconv.ParseInt(part, 10, 64); err == nil && !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all, nil
}
