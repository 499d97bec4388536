package supplier

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/command"
)

// turn archives a supplier, or takes it into use again. Odoo's methods for it leave what
// is so already as it is.
type turn struct {
	existing
	// active is what it is to be.
	active bool
}

func (s *Service) beginArchive(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.ArchiveSupplierRequest)
	var g command.Given
	t := turn{existing: s.existing(&g, "name", r.GetName(), r.GetEtag())}
	return t, g.Err()
}

func (s *Service) beginRestore(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.RestoreSupplierRequest)
	var g command.Given
	t := turn{existing: s.existing(&g, "name", r.GetName(), r.GetEtag()), active: true}
	return t, g.Err()
}

// Look tells from the supplier's state.
func (t turn) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := t.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := t.standing(found)
	if found.active != t.active {
		return s, nil
	}
	s.Stage = command.Done
	if !t.active {
		s.Warnings, err = leftBehind(ctx, w.Odoo, t.id)
	}
	return s, err
}

// Check refuses to archive whom something is open with, and to restore one beside whom
// another of the same number or name is in use.
func (t turn) Check(ctx context.Context, w *command.Work) error {
	if err := t.Unchanged(ctx); err != nil {
		return err
	}
	found, err := t.read(ctx, w.Odoo)
	if err != nil {
		return err
	}
	if t.active {
		_, err := unlike(ctx, w.Odoo, found)
		return err
	}
	by := func(find func(context.Context, *command.Odoo, int64) ([]string, error)) func(context.Context) ([]string, error) {
		return func(ctx context.Context) ([]string, error) { return find(ctx, w.Odoo, t.id) }
	}
	return command.Unused(ctx, t.name,
		command.Use{What: "orders that are not released or not received", Find: by(ordersOf)},
		command.Use{What: "transfers on their way", Find: by(transfersOf)}, command.Use{What: "bills that are not settled", Find: by(billsOf)})
}

// Do turns it.
func (t turn) Do(ctx context.Context, w *command.Work) error {
	method := "action_archive"
	if t.active {
		method = "action_unarchive"
	}
	_, err := w.Odoo.Do(ctx, partnerModel, method, []int64{t.id}, nil)
	return err
}

// leftBehind tells what stays in use of a supplier that is archived.
func leftBehind(ctx context.Context, o *command.Odoo, id int64) (warnings []string, err error) {
	rows, err := o.Rows(ctx, partnerModel, command.Where("parent_id", "=", id).And("active", "=", true), "id")
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		warnings = append(warnings, fmt.Sprintf("%d addresses and contacts below it stay in use.", len(rows)))
	}
	if rows, err = o.Rows(ctx, priceModel, command.Where("partner_id", "=", id), "product_tmpl_id"); err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		warnings = append(warnings, fmt.Sprintf("Its %d prices stay in the price lists of products.", len(rows)))
	}
	return warnings, nil
}
