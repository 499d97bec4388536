package supplier

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

// create makes a supplier in one call, which makes it once however often it is sent.
type create struct {
	given  *supplierv1.Supplier
	parent int64
	values []command.Value
	// warnings are what a check has found, as far as this process has made one.
	warnings []string
}

func beginCreate(request proto.Message) (command.Command, error) {
	s := request.(*supplierv1.CreateSupplierRequest).GetSupplier()
	var g command.Given
	g.Only("supplier", s, "display_name", "reference", "tax_id", "gln", "company_registry", "email", "phone", "mobile", "website", "is_company", "parent", "addresses", "currency_code", "language", "note")
	c := &create{given: s}
	fields := s.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if f.Name() != "display_name" && !s.ProtoReflect().Has(f) {
			continue
		}
		values, _ := said(&g, s, f)
		c.values = append(c.values, values...)
	}
	for n, a := range s.GetAddresses() {
		at := fmt.Sprintf("supplier.addresses[%d]", n)
		if a.GetType() > supplierv1.AddressType_ADDRESS_TYPE_MAIN {
			g.Wrong(at+".type", "a new supplier is given its own address: ADDRESS_TYPE_MAIN")
		}
		g.Only(at, a, "type", "street", "street2", "city", "postal_code", "region", "country_code")
	}
	if s.GetParent() != "" {
		c.parent = g.ID("supplier.parent", "suppliers", s.GetParent())
	}
	return c, g.Err()
}

// Document is none: the supplier is not there yet.
func (c *create) Document() string { return "" }

// Look finds the supplier by its external id.
func (c *create) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil {
		return command.Standing{}, err
	}
	if id == 0 {
		return command.Standing{Evidence: "Odoo has nothing under the external id " + w.External(0)}, nil
	}
	s := command.Standing{
		Stage: command.Done, Document: supplierName(id), Model: partnerModel, ID: id, Warnings: c.warnings,
		Evidence: fmt.Sprintf("%s %d has the external id %s", partnerModel, id, w.External(0)),
	}
	values, err := c.all(ctx, w.Odoo)
	if err != nil {
		return s, err
	}
	s.Deviations, err = deviations(ctx, w.Odoo, id, append(values, command.Value{At: "supplier.active", Field: "active", Is: true}))
	return s, err
}

// deviations are what a supplier says otherwise than it was asked: Odoo has formatted it,
// or somebody has changed it since.
func deviations(ctx context.Context, o *command.Odoo, id int64, values []command.Value) ([]*commandv1.Deviation, error) {
	fields := []string{"id"}
	for _, v := range values {
		fields = append(fields, v.Field)
	}
	row, ok, err := o.Row(ctx, partnerModel, id, fields...)
	if err != nil || !ok {
		return nil, err
	}
	return command.Deviations(row, values)
}

// all are the values that Odoo is given.
func (c *create) all(ctx context.Context, o *command.Odoo) ([]command.Value, error) {
	var g command.Given
	values, err := resolved(ctx, o, &g, c.values)
	if err != nil {
		return nil, err
	}
	values = append(values, command.Value{At: "supplier.is_company", Field: "is_company", Is: c.given.GetIsCompany()})
	if c.parent != 0 {
		values = append(values, command.Value{At: "supplier.parent", Field: "parent_id", Is: command.Ref{Collection: "suppliers", ID: c.parent}})
	}
	return values, nil
}

// Check refuses a supplier that is there already, and what Odoo does not know.
func (c *create) Check(ctx context.Context, w *command.Work) error {
	var g command.Given
	values, err := resolved(ctx, w.Odoo, &g, c.values)
	if err != nil {
		return err
	}
	p := partnerOf(w.Odoo, values)
	if p.parent = c.parent; c.parent != 0 {
		parent, ok, err := readPartner(ctx, w.Odoo, c.parent)
		switch {
		case err != nil:
			return err
		case !ok:
			return fault.NotFound(c.given.GetParent())
		case !parent.active:
			g.Wrong("supplier.parent", "%s is archived in Odoo", c.given.GetParent())
		case p.tax != "" && !c.given.GetIsCompany():
			g.Wrong("supplier.tax_id", "a contact of a company has that of the company")
		}
		p.parent = parent.legal
	}
	if err := g.Err(); err != nil {
		return err
	}
	c.warnings, err = unlike(ctx, w.Odoo, p)
	return err
}

// partnerOf is what values say of whom a supplier is.
func partnerOf(o *command.Odoo, values []command.Value) (p partner) {
	for _, v := range values {
		text, _ := v.Is.(string)
		switch v.Field {
		case "name":
			p.name = text
		case "vat":
			p.tax = text
		case glnField(o):
			p.gln = text
		case countryKey:
			country, _ := v.Is.(command.Ref)
			p.country = country.ID
		}
	}
	return p
}

// Do loads the supplier. Its rank says that it is one before anything was bought from it.
func (c *create) Do(ctx context.Context, w *command.Work) error {
	values, err := c.all(ctx, w.Odoo)
	if err != nil {
		return err
	}
	names, cells := command.Columns(append(values, command.Value{Field: "supplier_rank", Is: command.Number("1")}))
	_, err = w.Odoo.Load(ctx, partnerModel, append([]string{"id"}, names...), [][]string{append([]string{w.External(0)}, cells...)})
	return err
}
