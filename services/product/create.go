package product

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/command"
)

// create makes a product, template and variant in one call, which makes them once
// however often it is sent.
type create struct {
	given  *productv1.Product
	values []command.Value
	// unit and bought are the units of the stock and of purchases; 0: Odoo's own.
	unit, bought int64
}

func beginCreate(request proto.Message) (command.Command, error) {
	p := request.(*productv1.CreateProductRequest).GetProduct()
	var g command.Given
	g.Only("product", p, "sku", "display_name", "description", "gtin", "category", "kind", "tracking", "expiry_policy", "base_unit", "purchase_unit", "cost", "sales_price")
	c := &create{given: p}
	for _, f := range []string{"display_name", "sku", "description", "gtin", "category", "expiry_policy", "cost", "sales_price"} {
		d := p.ProtoReflect().Descriptor().Fields().ByTextName(f)
		if f != "display_name" && !p.ProtoReflect().Has(d) {
			continue
		}
		values, _ := said(&g, p, d.Name(), nil)
		c.values = append(c.values, values...)
	}
	kindValues(&g, 0, p.GetKind())
	name, known := trackings[p.GetTracking()]
	switch {
	case !known:
		g.Wrong("product.tracking", "TRACKING_NONE, TRACKING_LOT or TRACKING_SERIAL")
	case name != "none" && p.GetKind() != productv1.Kind_KIND_GOODS:
		g.Wrong("product.tracking", "only goods whose stock is counted have lots or serial numbers")
	case name == "none" && p.GetExpiryPolicy().GetExpires():
		g.Wrong("product.expiry_policy", "only lots expire: say in tracking how they are told apart")
	default:
		c.values = append(c.values, command.Value{At: "product.tracking", Field: "tracking", Is: name})
	}
	if p.GetCategory() != nil {
		g.Only("product.category", p.GetCategory(), "id", "path")
	}
	if u := p.GetBaseUnit(); u != nil {
		g.Only("product.base_unit", u, "name")
		c.unit = g.ID("product.base_unit.name", "units", u.GetName())
	}
	if u := p.GetPurchaseUnit(); u != nil {
		g.Only("product.purchase_unit", u, "name")
		c.bought = g.ID("product.purchase_unit.name", "units", u.GetName())
	}
	return c, g.Err()
}

// Document is none: the product is not there yet.
func (c *create) Document() string { return "" }

// Look finds the product by its external id.
func (c *create) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil {
		return command.Standing{}, err
	}
	if id == 0 {
		return command.Standing{Evidence: "Odoo has nothing under the external id " + w.External(0)}, nil
	}
	s := command.Standing{
		Stage: command.Done, Document: productName(id), Model: productModel, ID: id,
		Evidence: fmt.Sprintf("%s %d has the external id %s", productModel, id, w.External(0)),
		Warnings: expiresAtOnce(c.given.GetExpiryPolicy()),
	}
	s.Deviations, err = deviations(ctx, w.Odoo, id, append(c.all(w.Odoo), command.Value{At: "product.active", Field: "active", Is: true}))
	return s, err
}

// all are the values that Odoo is given.
func (c *create) all(o *command.Odoo) []command.Value {
	var g command.Given
	values := append(kindValues(&g, o.Major(), c.given.GetKind()), c.values...)
	if c.unit != 0 {
		values = append(values, command.Value{At: "product.base_unit.name", Field: "uom_id", Is: command.Ref{Collection: "units", ID: c.unit}})
	}
	if o.Major() < 19 && (c.bought != 0 || c.unit != 0) {
		bought := c.bought
		if bought == 0 {
			bought = c.unit
		}
		values = append(values, command.Value{At: "product.purchase_unit.name", Field: "uom_po_id", Is: command.Ref{Collection: "units", ID: bought}})
	}
	return values
}

// deviations are what a product says otherwise than it was asked: Odoo has rounded, or
// somebody has changed it since.
func deviations(ctx context.Context, o *command.Odoo, id int64, values []command.Value) (all []*commandv1.Deviation, err error) {
	fields := make([]string, len(values))
	for i, v := range values {
		fields[i] = v.Field
	}
	row, ok, err := o.Row(ctx, productModel, id, append(fields, "id")...)
	if err != nil || !ok {
		return nil, err
	}
	return command.Deviations(row, values)
}

// Check refuses what Odoo would take: a product that is there already under its code or
// its GTIN, and units that do not fit each other.
func (c *create) Check(ctx context.Context, w *command.Work) error {
	var g command.Given
	currencies, err := companyCurrencies(ctx, w.Odoo)
	if err != nil {
		return err
	}
	inCurrency(&g, "product.cost", c.given.GetCost(), currencies)
	inCurrency(&g, "product.sales_price", c.given.GetSalesPrice(), currencies)
	if err := referred(ctx, w.Odoo, &g, c.values); err != nil {
		return err
	}
	if err := fits(ctx, w.Odoo, &g, "product.base_unit.name", c.unit, 0); err != nil {
		return err
	}
	if c.bought != 0 && w.Odoo.Major() >= 19 {
		g.Wrong("product.purchase_unit", "from Odoo 19 on each supplier price names its own unit: leave it out")
	} else if err := fits(ctx, w.Odoo, &g, "product.purchase_unit.name", c.bought, c.unit); err != nil {
		return err
	}
	if err := expirable(ctx, w.Odoo, &g, c.values); err != nil {
		return err
	}
	if err := g.Err(); err != nil {
		return err
	}
	return unlike(ctx, w.Odoo, 0, c.values)
}

// expirable refuses expiry dates where Odoo's module for them is missing.
func expirable(ctx context.Context, o *command.Odoo, g *command.Given, values []command.Value) error {
	for _, v := range values {
		if v.Field != "use_expiration_date" {
			continue
		}
		_, _, err := o.Row(ctx, productModel, 1, v.Field)
		if command.HasNoField(err) {
			g.Wrong("product.expiry_policy", "this Odoo has no expiry dates: its module product_expiry is not installed")
			return nil
		}
		return err
	}
	return nil
}

// Do loads the product.
func (c *create) Do(ctx context.Context, w *command.Work) error {
	names, cells := command.Columns(c.all(w.Odoo))
	return w.Odoo.LoadOne(ctx, productModel, append([]string{"id"}, names...), append([]string{w.External(0)}, cells...))
}
