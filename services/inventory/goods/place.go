package goods

import (
	"context"

	"odoomesh/internal/command"
)

// Place is a location of Odoo's.
type Place struct {
	ID int64
	// Name is its path from the top, such as "WH/Stock".
	Name    string
	Active  bool
	Company int64

	usage     string
	warehouse int64
}

// InHouse tells whether goods lie there: it stands for nobody else, and for no loss.
func (p Place) InHouse() bool { return p.usage == "internal" }

// PlaceOf reads a location; ok is false where there is none.
func PlaceOf(ctx context.Context, o *command.Odoo, id int64) (p Place, ok bool, err error) {
	row, ok, err := o.Row(ctx, locationModel, id, "complete_name", "active", "usage", "company_id", "warehouse_id")
	if err != nil || !ok {
		return p, false, err
	}
	p.ID = id
	if p.Name, err = row.String("complete_name"); err != nil {
		return p, false, err
	}
	if p.usage, err = row.String("usage"); err != nil {
		return p, false, err
	}
	if p.Active, err = row.Bool("active"); err != nil {
		return p, false, err
	}
	return p, true, command.Refs(row, map[string]*int64{"company_id": &p.Company, "warehouse_id": &p.warehouse})
}

// ScrapPlace is where Odoo puts what a company throws away: the place that its own scrap
// orders would take. From 19 on that is the first counterpart of counts.
func ScrapPlace(ctx context.Context, o *command.Odoo, company int64) (Place, error) {
	domain := command.Where("usage", "=", "inventory")
	if o.Major() < 19 {
		domain = command.Where("scrap_location", "=", true)
	}
	for _, whose := range []any{company, false} {
		rows, err := o.Rows(ctx, locationModel, domain.And("company_id", "=", whose).And("active", "=", true), "id")
		if err != nil {
			return Place{}, err
		}
		if len(rows) > 0 {
			place, _, err := PlaceOf(ctx, o, rows[0].ID())
			return place, err
		}
	}
	return Place{}, command.Refused("Odoo has no place of scrap for the company of the goods: make one there.")
}

// OperationOf is the type of operation by which goods leave a place within the house. It
// may be archived, as where Odoo does not show several places to its users.
func OperationOf(ctx context.Context, o *command.Odoo, from Place) (int64, error) {
	if from.warehouse != 0 {
		row, ok, err := o.Row(ctx, warehouseModel, from.warehouse, "int_type_id")
		if err != nil {
			return 0, err
		}
		var operation int64
		if ok {
			err = command.Refs(row, map[string]*int64{"int_type_id": &operation})
		}
		if err != nil || operation != 0 {
			return operation, err
		}
	}
	rows, err := o.Rows(ctx, operationModel, command.Where("code", "=", "internal").And("company_id", "=", from.Company), "id")
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, command.Refused("Odoo has no type of operation for transfers within the house that would move goods of %s: make one there.", from.Name)
	}
	return rows[0].ID(), nil
}
