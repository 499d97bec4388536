package models

import "odoomesh/internal/odoosim/orm"

// transfer is a quantity that moves at once and without a picking: a count's
// difference, a scrap.
type transfer struct {
	spot
	from, to  int64
	quantity  float64 // in the product's unit
	name      string
	inventory bool
	scrap     int64
}

// run makes the move with its line and books it.
func (t transfer) run(e *orm.Env) (record, error) {
	product := rec(e, "product.product", t.product)
	vals := map[string]any{"product_id": t.product, "product_uom": product.int("uom_id"), "product_uom_qty": t.quantity,
		"location_id": t.from, "location_dest_id": t.to, "name": t.name, "reference": t.name, "inventory_name": t.name,
		"is_inventory": t.inventory, "state": "confirmed", "scrap_id": orNone(t.scrap)}
	move, err := add(e, "stock.move", vals)
	if err != nil {
		return move, err
	}
	_, err = add(e, "stock.move.line", map[string]any{"move_id": move.id, "product_id": t.product, "lot_id": orNone(t.lot),
		"package_id": orNone(t.pack), "result_package_id": packAfter(t), "owner_id": orNone(t.owner),
		"location_id": t.from, "location_dest_id": t.to, doneField(e): t.quantity, "picked": true})
	if err != nil {
		return move, err
	}
	_, err = doneMove(move, t.quantity, true)
	return move, err
}

// packAfter keeps a counted quantity in its package; what is scrapped leaves it.
func packAfter(t transfer) any {
	if t.inventory {
		return orNone(t.pack)
	}
	return false
}
