package product

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/mapping"
)

// update changes what a product says, in one write that notes in the same transaction who
// asked for it: where the note stands, it was done, whatever people have changed since.
type update struct {
	existing
	given *productv1.Product
	// fields are those that are meant, and values what they are to say.
	fields []protoreflect.FieldDescriptor
	values map[protoreflect.Name][]command.Value
	// variants says that the other variants may be changed with it.
	variants bool
}

func (s *Service) beginUpdate(request proto.Message) (command.Command, error) {
	r := request.(*productv1.UpdateProductRequest)
	p, etag := r.GetProduct(), r.GetEtag()
	if etag == "" {
		etag = p.GetEtag()
	}
	var g command.Given
	u := &update{existing: s.existing(&g, "product.name", p.GetName(), etag), given: p, values: map[protoreflect.Name][]command.Value{}, variants: r.GetWithVariants()}
	paths := r.GetUpdateMask().GetPaths()
	u.fields = g.Meant(p, paths, changeable)
	for _, f := range u.fields {
		if values, theirs := said(&g, p, f.Name(), partsOf(paths, f.Name())); theirs {
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
	if s.Noted, err = w.Noted(ctx, productModel, u.id); err != nil || !s.Noted {
		return s, err
	}
	s.Stage = command.Done
	s.Evidence += ", and the note of this intent stands on it"
	var all []command.Value
	for _, f := range u.fields {
		all = append(all, u.values[f.Name()]...)
	}
	if _, meant := u.values["expiry_policy"]; meant {
		s.Warnings = expiresAtOnce(u.given.GetExpiryPolicy())
	}
	if u.variants && shared(all) {
		others, err := siblingNames(ctx, w.Odoo, found)
		if err != nil {
			return s, err
		}
		if len(others) > 0 {
			s.Warnings = append(s.Warnings, "What variants share was changed with it of "+command.Listed(others)+".")
		}
	}
	s.Deviations, err = deviations(ctx, w.Odoo, u.id, all)
	return s, err
}

// Check refuses what does not fit the product.
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
			g.AsItIs("product", f, u.given.ProtoReflect(), now.ProtoReflect())
		}
	}
	if err := g.Err(); err != nil {
		return err
	}
	_, err = u.changes(ctx, w, now)
	return err
}

// changes are the values that the product does not have yet; those that cannot be are
// refused.
func (u *update) changes(ctx context.Context, w *command.Work, now *productv1.Product) (changed []command.Value, err error) {
	o := w.Odoo
	found, err := u.read(ctx, o)
	if err != nil {
		return nil, err
	}
	var g command.Given
	for _, f := range u.fields {
		values := u.values[f.Name()]
		switch {
		case values == nil || says(f, u.given, now):
			continue
		case f.Name() == "gtin" && u.given.GetGtin() == "" && !mapping.ValidGTIN(found.barcode):
			continue // what stands there is another barcode
		case f.Name() == "cost":
			if err := u.revalues(ctx, o, &g, found); err != nil {
				return nil, err
			}
		case f.Name() == "expiry_policy" && u.given.GetExpiryPolicy().GetExpires() && now.GetTracking() <= productv1.Tracking_TRACKING_NONE:
			g.Wrong("product.expiry_policy", "only lots expire, and %s has none", u.name)
		}
		changed = append(changed, values...)
	}
	inCurrency(&g, "product.cost", u.given.GetCost(), []string{now.GetCost().GetCurrencyCode()})
	inCurrency(&g, "product.sales_price", u.given.GetSalesPrice(), []string{now.GetSalesPrice().GetCurrencyCode()})
	if err := referred(ctx, o, &g, changed); err != nil {
		return nil, err
	}
	if err := expirable(ctx, o, &g, changed); err != nil {
		return nil, err
	}
	if err := g.Err(); err != nil {
		return nil, err
	}
	if err := w.OthersFields(changed); err != nil {
		return nil, err
	}
	if shared(changed) && !u.variants {
		others, err := siblingNames(ctx, o, found)
		if err != nil {
			return nil, err
		}
		if len(others) > 0 {
			return nil, command.Refused("It would change %s as well, which are variants of the same template: say so by with_variants.", command.Listed(others))
		}
	}
	return changed, unlike(ctx, o, u.id, changed)
}

// revalues refuses another cost of what is in stock: Odoo would value the stock anew, and
// book the difference.
func (u *update) revalues(ctx context.Context, o *command.Odoo, g *command.Given, found variant) error {
	places, err := stockOf(ctx, o, found)
	if err == nil && len(places) > 0 {
		g.Wrong("product.cost", "Odoo would value anew what is in stock: %s", command.Listed(places))
	}
	return err
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
	return noted(ctx, w, u.id, command.Written(changed))
}

// noted writes a product, and in the same transaction who asked for it.
func noted(ctx context.Context, w *command.Work, id int64, vals map[string]any) (err error) {
	if vals["message_ids"], err = w.Note(ctx, productModel, id); err != nil {
		return err
	}
	_, err = w.Odoo.Do(ctx, productModel, "write", []int64{id}, map[string]any{"vals": vals, "context": w.Odoo.Spoken(map[string]any{})})
	return err
}
