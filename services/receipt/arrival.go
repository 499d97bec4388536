package receipt

import (
	"context"
	"math/big"
	"strings"

	"odoomesh/internal/command"
)

// arrival is a receipt whose goods are to go back.
type arrival struct {
	transfer
	number string
	// operation is the one by which they go back, from and to the places between which they
	// have come.
	operation, partner, from, to int64
}

func readArrival(ctx context.Context, o *command.Odoo, id int64) (a arrival, ok bool, err error) {
	if a.transfer, ok, err = readTransfer(ctx, o, id); err != nil || !ok {
		return a, ok, err
	}
	row, ok, err := o.Row(ctx, transferModel, id, "name", "picking_type_id", "partner_id", "location_id", "location_dest_id")
	if err != nil || !ok {
		return a, false, err
	}
	if a.number, err = row.String("name"); err != nil {
		return a, false, err
	}
	var kind int64
	if err := command.Refs(row, map[string]*int64{"picking_type_id": &kind, "partner_id": &a.partner, "location_id": &a.from, "location_dest_id": &a.to}); err != nil {
		return a, false, err
	}
	operation, ok, err := o.Row(ctx, operationModel, kind, "return_picking_type_id")
	if err != nil {
		return a, false, err
	}
	if ok {
		err = command.Refs(operation, map[string]*int64{"return_picking_type_id": &a.operation})
	}
	if a.operation == 0 {
		a.operation = kind
	}
	return a, true, err
}

// orderLinesOf are the lines of orders that the lines of a transfer were expected by.
func orderLinesOf(ctx context.Context, o *command.Odoo, transfer int64) (map[int64]int64, error) {
	rows, err := o.Rows(ctx, moveModel, command.Where("picking_id", "=", transfer), "purchase_line_id")
	if err != nil {
		return nil, err
	}
	lines := map[int64]int64{}
	for _, row := range rows {
		var line int64
		if err := command.Refs(row, map[string]*int64{"purchase_line_id": &line}); err != nil {
			return nil, err
		}
		lines[row.ID()] = line
	}
	return lines, nil
}

// goneBack is how much of the lines of a receipt has gone back, or is on its way, by line
// and by line and lot, in the product's base unit; a transfer that is left out counts not.
func goneBack(ctx context.Context, o *command.Odoo, receipt, except int64) (byLine map[int64]*big.Rat, byLot map[lotOfMove]*big.Rat, err error) {
	byLine, byLot = map[int64]*big.Rat{}, map[lotOfMove]*big.Rat{}
	domain := command.Where("origin_returned_move_id.picking_id", "=", receipt).And("state", "!=", "cancel")
	if except != 0 {
		domain = domain.And("picking_id", "!=", except)
	}
	moves, err := o.Rows(ctx, moveModel, domain, "origin_returned_move_id", "product_qty", "state")
	if err != nil {
		return nil, nil, err
	}
	var ids []any
	back := map[int64]int64{}
	for _, row := range moves {
		var of int64
		if err := command.Refs(row, map[string]*int64{"origin_returned_move_id": &of}); err != nil {
			return nil, nil, err
		}
		n, err := row.Float("product_qty")
		if err != nil {
			return nil, nil, err
		}
		ids, back[row.ID()] = append(ids, row.ID()), of
		add(byLine, of, n)
	}
	if len(ids) == 0 {
		return byLine, byLot, nil
	}
	quantities := []string{"quantity_product_uom"}
	if o.Major() < 17 {
		quantities = []string{"qty_done", "reserved_qty"}
	}
	rows, err := o.Rows(ctx, moveLineModel, command.Where("move_id", "in", ids), append([]string{"move_id", "lot_id"}, quantities...)...)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		var move int64
		if err := command.Refs(row, map[string]*int64{"move_id": &move}); err != nil {
			return nil, nil, err
		}
		lot, _, err := row.Many2One("lot_id")
		if err != nil {
			return nil, nil, err
		}
		most := 0.0
		for _, field := range quantities {
			n, err := row.Float(field)
			if err != nil {
				return nil, nil, err
			}
			most = max(most, n)
		}
		add(byLot, lotOfMove{back[move], strings.TrimSpace(lot.Name)}, most)
	}
	return byLine, byLot, nil
}

func add[K comparable](sums map[K]*big.Rat, key K, n float64) {
	if sums[key] == nil {
		sums[key] = new(big.Rat)
	}
	sums[key].Add(sums[key], command.Rat(n))
}
