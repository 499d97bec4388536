package supplier

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/command"
)

// update changes what a supplier says, in one write that notes in the same transaction who
// asked for it: where the note stands, it was done, whatever people have changed since.
type update struct {
	existing
	given *supplierv1.Supplier
	// fields are those that are meant, and values what they are to say.
	fields []protoreflect.FieldDescriptor
	values map[protoreflect.Name][]command.Value
}

func (s *Service) beginUpdate(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.UpdateSupplierRequest)
	given, etag := r.GetSupplier(), r.GetEtag()
	if etag == "" {
		etag = given.GetEtag()
	}
	var g command.Given
	u := &update{existing: s.existing(&g, "supplier.name", given.GetName(), etag), given: given, values: map[protoreflect.Name][]command.Value{}}
	u.fields = g.Meant(given, r.GetUpdateMask().GetPaths(), changeable)
	for _, f := range u.fields {
		if values, theirs := said(&g, given, f); theirs {
			u.values[f.Name()] = values
		}
	}
	return u, g.Err()
}

// Look tells by the note whether the write was done.
func (u *update) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := u.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := u.standing(found)
	if s.Noted, err = w.Noted(ctx, partnerModel, u.id); err != nil || !s.Noted {
		return s, err
	}
	s.Stage = command.Done
	s.Evidence += ", and the note of this intent stands on it"
	if _, moved := u.values["addresses"]; moved {
		if s.Warnings, err = sharing(ctx, w.Odoo, u.id); err != nil {
			return s, err
		}
	}
	var g command.Given
	var all []command.Value
	for _, f := range u.fields {
		all = append(all, u.values[f.Name()]...)
	}
	values, err := resolved(ctx, w.Odoo, &g, all)
	if err != nil {
		return s, err
	}
	s.Deviations, err = deviations(ctx, w.Odoo, u.id, values)
	return s, err
}

// sharing tells of the contacts to which Odoo gives the address of their company.
func sharing(ctx context.Context, o *command.Odoo, id int64) ([]string, error) {
	rows, err := o.Rows(ctx, partnerModel, command.Where("parent_id", "=", id).And("type", "=", "contact").And("active", "=", true), "id")
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return []string{fmt.Sprintf("Odoo gives its address to its %d contacts as well.", len(rows))}, nil
}

// Check refuses what does not fit the supplier.
func (u *update) Check(ctx context.Context, w *command.Work) error {
	now, err := u.live(ctx, u.name)
	if err != nil {
		return err
	}
	if !command.Seen(u.etag, now) {
		return command.Stale(u.name)
	}
	var g command.Given
	for _, f := range u.fields {
		if _, theirs := u.values[f.Name()]; !theirs {
			g.AsItIs("supplier", f, u.given.ProtoReflect(), now.ProtoReflect())
		}
	}
	u.othersAsTheyAre(&g, now)
	if err := g.Err(); err != nil {
		return err
	}
	_, err = u.changes(ctx, w, now)
	return err
}

// othersAsTheyAre refuses addresses beside the supplier's own that are given otherwise than
// they are.
func (u *update) othersAsTheyAre(g *command.Given, now *supplierv1.Supplier) {
	if _, meant := u.values["addresses"]; !meant {
		return
	}
	for n, a := range u.given.GetAddresses() {
		at := fmt.Sprintf("supplier.addresses[%d]", n)
		var is *supplierv1.Address
		for _, other := range now.GetAddresses() {
			if other.GetId() == a.GetId() || a.GetId() == "" && other.GetType() == supplierv1.AddressType_ADDRESS_TYPE_MAIN {
				is = other
			}
		}
		switch {
		case is == nil:
			g.Wrong(at+".id", "%s has no such address: those beside its own are kept in Odoo", u.name)
		case is.GetType() != supplierv1.AddressType_ADDRESS_TYPE_MAIN && !proto.Equal(is, a):
			g.Wrong(at, "it is kept in Odoo: leave it out, or as it is")
		}
	}
}

// changes are the values that the supplier does not have yet; those that cannot be are
// refused.
func (u *update) changes(ctx context.Context, w *command.Work, now *supplierv1.Supplier) (changed []command.Value, err error) {
	o := w.Odoo
	found, err := u.read(ctx, o)
	if err != nil {
		return nil, err
	}
	given, is := u.given.ProtoReflect(), now.ProtoReflect()
	var asked []command.Value
	for _, f := range u.fields {
		values, theirs := u.values[f.Name()]
		if !theirs || given.Has(f) == is.Has(f) && given.Get(f).Equal(is.Get(f)) {
			continue
		}
		asked = append(asked, values...)
	}
	var g command.Given
	if changed, err = resolved(ctx, o, &g, asked); err != nil {
		return nil, err
	}
	p := found
	for _, v := range changed {
		text, isText := v.Is.(string)
		switch {
		case v.Field == "name":
			p.name = text
		case v.Field == "vat" && found.legal != found.id:
			g.Wrong(v.At, "%s belongs to %s, whose tax number it has: change it there", u.name, supplierName(found.legal))
		case v.Field == "vat":
			p.tax = text
		case v.Field == glnField(o) && isText:
			p.gln = text
		case v.Field == countryKey:
			country, _ := v.Is.(command.Ref)
			p.country = country.ID
		}
	}
	if err := g.Err(); err != nil {
		return nil, err
	}
	if err := w.OthersFields(changed); err != nil {
		return nil, err
	}
	if p == found {
		return changed, nil // who it is does not change
	}
	// What it shares with another already is not for this command to settle.
	if p.name == found.name && p.country == found.country {
		p.name = ""
	}
	if p.tax == found.tax {
		p.tax = ""
	}
	if p.gln == found.gln {
		p.gln = ""
	}
	_, err = unlike(ctx, o, p)
	return changed, err
}

// Do writes what differs, and the note.
func (u *update) Do(ctx context.Context, w *command.Work) error {
	now, err := u.live(ctx, u.name)
	if err != nil {
		return err
	}
	changed, err := u.changes(ctx, w, now)
	if err != nil {
		return err
	}
	vals := command.Written(changed)
	if vals["message_ids"], err = w.Note(ctx, partnerModel, u.id); err != nil {
		return err
	}
	_, err = w.Odoo.Do(ctx, partnerModel, "write", []int64{u.id}, map[string]any{"vals": vals, "context": w.Odoo.Spoken(map[string]any{})})
	return err
}
