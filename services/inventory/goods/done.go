package goods

import (
	"context"
	"math/big"
	"strings"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/resource"
)

// Booked is what a transfer that is done has moved, in the product's base unit.
type Booked struct {
	Spot
	Move, To int64
	// Number is that of the lot; empty for goods without lots.
	Number   string
	Quantity *big.Rat
}

// BookedOf reads what a transfer has moved, line by line.
func BookedOf(ctx context.Context, o *command.Odoo, transfer int64) ([]Booked, error) {
	quantity := "quantity_product_uom"
	if o.Major() < 17 {
		quantity = "qty_done"
	}
	rows, err := o.Rows(ctx, lineModel, command.Where("picking_id", "=", transfer).And("state", "=", "done"), "move_id", "product_id", "location_id", "location_dest_id", "lot_id", quantity)
	if err != nil {
		return nil, err
	}
	all := make([]Booked, len(rows))
	for i, row := range rows {
		b := &all[i]
		if err := command.Refs(row, map[string]*int64{"move_id": &b.Move, "product_id": &b.Product, "location_id": &b.Location, "location_dest_id": &b.To}); err != nil {
			return nil, err
		}
		lot, _, err := row.Many2One("lot_id")
		if err != nil {
			return nil, err
		}
		b.Lot, b.Number = lot.ID, strings.TrimSpace(lot.Name)
		n, err := row.Float(quantity)
		if err != nil {
			return nil, err
		}
		b.Quantity = command.Rat(n)
	}
	return all, nil
}

// Beside are what was moved that was not asked for, as deviations: people have changed the
// transfer before it was booked.
func Beside(booked []Booked, asked func(Booked) bool) (all []*commandv1.Deviation) {
	for _, b := range booked {
		if asked(b) || b.Quantity.Sign() == 0 {
			continue
		}
		all = append(all, &commandv1.Deviation{
			Field: resource.Name("stockPositions", b.Product, b.Location, b.Lot, 0, 0) + " to " + resource.Name("locations", b.To), Asked: "0", Found: Text(b.Quantity),
		})
	}
	return all
}
