package inventory

import (
	"context"
	"fmt"
	"math/big"

	"odoomesh/internal/command"
	"odoomesh/services/inventory/goods"
)

// Models of Odoo's that commands about lots and counts, and the proof of stock, read and
// write; no other file names one.
const (
	lotModel       = "stock.lot"
	productModel   = "product.product"
	moveModel      = "stock.move"
	stockModel     = "stock.quant"
	warehouseModel = "stock.warehouse"
	lineModel      = "stock.move.line"
)

// countNeeds are what counting needs to be let do. Up to 17 Odoo asks for the group that
// may also make warehouses.
var countNeeds = []command.Need{
	{Model: stockModel, Operation: "create"},
	{Model: warehouseModel, Operation: "create", Until: 17, Means: "apply counts, for which up to 17 it has to be an administrator of the inventory"},
}

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
	rows, err := o.Rows(ctx, lineModel, command.Where("lot_id", "in", ids).And("state", "in", []any{"assigned", "partially_available", "confirmed", "waiting"}),
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

// referenceOf is how the reference of the movement begins that a count has booked.
func referenceOf(w *command.Work) string { return "mesh:x_" + w.ID }

// countMove is a movement that a count has booked.
type countMove struct {
	id, to   int64
	quantity *big.Rat
}

// countedBy are the movements that the count of an intent has booked. Odoo may write its
// user behind the reference.
func countedBy(ctx context.Context, w *command.Work) (all []countMove, err error) {
	quantity := "quantity"
	if w.Odoo.Major() < 17 {
		quantity = "quantity_done"
	}
	rows, err := w.Odoo.Rows(ctx, moveModel, command.Where("reference", "=like", referenceOf(w)+"%").And("state", "=", "done"), "location_dest_id", quantity)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		m := countMove{id: row.ID()}
		if err := command.Refs(row, map[string]*int64{"location_dest_id": &m.to}); err != nil {
			return nil, err
		}
		n, err := row.Float(quantity)
		if err != nil {
			return nil, err
		}
		m.quantity = command.Rat(n)
		all = append(all, m)
	}
	return all, nil
}

// book counts and books in one transaction, in which the movement gets its reference.
func book(ctx context.Context, w *command.Work, at goods.Spot, counted *big.Rat, reason string) error {
	n, _ := counted.Float64()
	vals := map[string]any{"product_id": at.Product, "location_id": at.Location, "inventory_quantity_auto_apply": n}
	if at.Lot != 0 {
		vals["lot_id"] = at.Lot
	}
	name := referenceOf(w) + " counted for " + w.Principal
	if reason != "" {
		name += ": " + reason
	}
	_, err := w.Odoo.Run(ctx, stockModel, "create", name, []any{vals}, map[string]any{"context": map[string]any{"inventory_mode": true, "inventory_name": name}})
	return err
}

// mergeRows has Odoo make one of rows that say the same: opening the window of stock does.
func mergeRows(ctx context.Context, o *command.Odoo) error {
	_, err := o.Run(ctx, stockModel, "action_view_quants", "rows of one place, product and lot become one", nil, nil)
	return err
}

// serialElsewhere is another place of the house where a serial lies; 0 where there is none.
func serialElsewhere(ctx context.Context, o *command.Odoo, at goods.Spot) (int64, error) {
	rows, err := o.Rows(ctx, stockModel, command.Where("lot_id", "=", at.Lot).And("product_id", "=", at.Product).And("quantity", ">", 0.0).
		And("location_id", "!=", at.Location).And("location_id.usage", "in", []any{"internal", "transit"}), "location_id")
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	var place int64
	err = command.Refs(rows[0], map[string]*int64{"location_id": &place})
	return place, err
}
