package inventory

import (
	"context"
	"fmt"

	"odoomesh/internal/command"
)

// This file alone knows what Odoo calls things that commands about lots and the proof of stock need.

const lotModel = "stock.lot"

// Recounts tells whether a release of Odoo lets a product be counted that has moved before:
// up to 18.0 it refuses that.
func Recounts(major, minor int) bool { return major > 18 || major == 18 && minor > 0 }

// reservations says which transfers have reserved something of lots, for people: Odoo lets
// its users go on with them.
func reservations(ctx context.Context, o *command.Odoo, lots []int64) ([]string, error) {
	quantity := "quantity"
	if o.Major() < 17 {
		quantity = "reserved_uom_qty"
	}
	ids := make([]any, len(lots))
	for i, id := range lots {
		ids[i] = id
	}
	rows, err := o.Rows(ctx, "stock.move.line", command.Where("lot_id", "in", ids).And("state", "in", []any{"assigned", "partially_available", "confirmed", "waiting"}),
		"picking_id", "reference", "lot_id", quantity)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, row := range rows {
		n, err := row.Float(quantity)
		if err != nil {
			return nil, err
		}
		lot, _, err := row.Many2One("lot_id")
		if err != nil {
			return nil, err
		}
		transfer, _, err := row.Many2One("picking_id")
		if err != nil {
			return nil, err
		}
		reference, err := row.String("reference")
		if err != nil {
			return nil, err
		}
		if n != 0 {
			all = append(all, fmt.Sprintf("%s of lot %q is reserved by %s (stock.picking %d): Odoo's users can still move it.", command.Float(n), lot.Name, reference, transfer.ID))
		}
	}
	return all, nil
}

// heldLot is what commands about stock need of a lot.
type heldLot struct {
	product int64
	number  string
	// expires and removal are when, in Odoo's form; empty where it has no such date.
	expires, removal string
}

// lotThere reads a lot; ok is false where there is none.
func lotThere(ctx context.Context, o *command.Odoo, id int64) (l heldLot, ok bool, err error) {
	dated := true
	row, ok, err := o.Row(ctx, lotModel, id, "product_id", "name", "expiration_date", "removal_date")
	if command.HasNoField(err) { // those of the module product_expiry
		dated = false
		row, ok, err = o.Row(ctx, lotModel, id, "product_id", "name")
	}
	if err != nil || !ok {
		return l, false, err
	}
	if l.number, err = row.String("name"); err != nil {
		return l, false, err
	}
	if dated {
		if l.expires, err = row.String("expiration_date"); err != nil {
			return l, false, err
		}
		if l.removal, err = row.String("removal_date"); err != nil {
			return l, false, err
		}
	}
	return l, true, command.Refs(row, map[string]*int64{"product_id": &l.product})
}
