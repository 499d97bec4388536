package product

import (
	"context"

	"google.golang.org/protobuf/proto"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/command"
)

// turn archives a product, or takes it into use again. Odoo's methods for it leave what
// is so already as it is.
type turn struct {
	existing
	// active is what it is to be.
	active bool
}

func (s *Service) beginArchive(request proto.Message) (command.Command, error) {
	r := request.(*productv1.ArchiveProductRequest)
	var g command.Given
	t := turn{existing: s.existing(&g, "name", r.GetName(), r.GetEtag())}
	return t, g.Err()
}

func (s *Service) beginRestore(request proto.Message) (command.Command, error) {
	r := request.(*productv1.RestoreProductRequest)
	var g command.Given
	t := turn{existing: s.existing(&g, "name", r.GetName(), r.GetEtag()), active: true}
	return t, g.Err()
}

// Look tells from the product's state.
func (t turn) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := t.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := t.standing(found)
	if found.active == t.active {
		s.Stage = command.Done
		s.Warnings, err = t.besides(ctx, w.Odoo, found)
	}
	return s, err
}

// besides tells what becomes of the other variants of the template: nothing, but that the
// template goes with its last variant, and comes back with its first.
func (t turn) besides(ctx context.Context, o *command.Odoo, found variant) ([]string, error) {
	others, err := siblings(ctx, o, found)
	if err != nil || len(others) == 0 {
		return nil, err
	}
	var used, archived []string
	for _, other := range others {
		if other.active {
			used = append(used, productName(other.id))
		} else {
			archived = append(archived, productName(other.id))
		}
	}
	switch {
	case !t.active && len(used) > 0:
		return []string{"Other variants of its template stay in use: " + command.Listed(used) + "."}, nil
	case !t.active:
		return []string{"Its template is archived with it: no other variant is in use."}, nil
	case len(archived) > 0:
		return []string{"Other variants of its template stay archived: " + command.Listed(archived) + "."}, nil
	}
	return nil, nil
}

// Check refuses to archive what is in use: Odoo would take it out of all lists and go on
// with what is under way.
func (t turn) Check(ctx context.Context, w *command.Work) error {
	if err := t.Unchanged(ctx); err != nil || t.active {
		return err
	}
	found, err := t.read(ctx, w.Odoo)
	if err != nil {
		return err
	}
	by := func(find func(context.Context, *command.Odoo, variant) ([]string, error)) func(context.Context) ([]string, error) {
		return func(ctx context.Context) ([]string, error) { return find(ctx, w.Odoo, found) }
	}
	return command.Unused(ctx, t.name,
		command.Use{What: "in stock", Find: by(stockOf)}, command.Use{What: "on its way", Find: by(movesOf)},
		command.Use{What: "on orders that are not released", Find: by(draftsOf)})
}

// Do turns it.
func (t turn) Do(ctx context.Context, w *command.Work) error {
	method := "action_archive"
	if t.active {
		method = "action_unarchive"
	}
	_, err := w.Odoo.Do(ctx, productModel, method, []int64{t.id}, nil)
	return err
}
