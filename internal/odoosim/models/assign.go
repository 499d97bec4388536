package models

import (
	"cmp"
	"slices"

	"odoomesh/internal/odoosim/orm"
)

// confirmMoves takes drafts into work.
func confirmMoves(moves []record) error {
	for _, move := range moves {
		if move.text("state") != "draft" {
			continue
		}
		if err := move.keep(map[string]any{"state": "confirmed"}); err != nil {
			return err
		}
		if err := refreshMove(move); err != nil {
			return err
		}
	}
	return nil
}

// assignMoves reserves stock for moves as far as there is any: what comes from
// outside is simply expected.
func assignMoves(moves []record) error {
	for _, move := range moves {
		if ended(move) || move.text("state") == "draft" {
			continue
		}
		missing := inUnit(move.num("product_uom_qty")-reservedOf(move), move.to("product_uom"), move.to("product_id").to("uom_id"))
		if missing > 0.004 {
			if err := assignMove(move, missing); err != nil {
				return err
			}
		}
		if err := refreshMove(move); err != nil {
			return err
		}
	}
	return nil
}

func assignMove(move record, missing float64) error {
	product := move.to("product_id")
	if bypasses(move.to("location_id")) || !storable(product) {
		if product.text("tracking") != "serial" {
			return holdLine(move, spot{location: move.int("location_id")}, missing)
		}
		for ; missing > 0.004; missing-- {
			if err := holdLine(move, spot{location: move.int("location_id")}, min(1, missing)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, q := range available(move) {
		take := min(missing, cents(q.num("quantity")-q.num("reserved_quantity")))
		if take < 0.005 {
			continue
		}
		if err := holdLine(move, q.spot(), take); err != nil {
			return err
		}
		if missing -= take; missing < 0.005 {
			break
		}
	}
	return nil
}

// available are the quants under the move's source in the order in which they are
// taken: first in, first out. A return takes the lots that came.
func available(move record) []record {
	e, product := move.e, move.int("product_id")
	below := map[int64]bool{}
	ids, err := e.All().Search(e.DB().Model("stock.location"), []any{[]any{"id", "child_of", move.int("location_id")}}, orm.Page{Order: "id"})
	if err != nil {
		return nil
	}
	for _, id := range ids {
		below[id] = true
	}
	lots := map[int64]bool{}
	for _, l := range move.to("origin_returned_move_id").all("move_line_ids") {
		lots[l.int("lot_id")] = true
	}
	m := e.DB().Model("stock.quant")
	var out []record
	for _, id := range e.Referring(m.Field("product_id"), product) {
		q := record{e, m, id}
		if below[q.int("location_id")] && q.num("quantity") > 0 && (len(lots) == 0 || lots[q.int("lot_id")]) {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.int("in_date"), b.int("in_date")), cmp.Compare(a.id, b.id))
	})
	return out
}

// holdLine makes the line that reserves a quantity, in the product's unit, at a spot.
func holdLine(move record, s spot, quantity float64) error {
	product := move.to("product_id")
	_, err := add(move.e, "stock.move.line", map[string]any{
		"move_id": move.id, "picking_id": orNone(move.int("picking_id")), heldField(move.e): quantity, "product_uom_id": product.int("uom_id"), "location_id": s.location,
		"lot_id": orNone(s.lot), "package_id": orNone(s.pack), "result_package_id": orNone(s.pack), "owner_id": orNone(s.owner),
	})
	return err
}

// release drops what a move has reserved.
func release(move record) error {
	for _, l := range move.all("move_line_ids") {
		if err := move.e.Unlink(l.m, []int64{l.id}); err != nil {
			return err
		}
	}
	return nil
}

// cancelMoves cancels what is not done yet.
func cancelMoves(moves []record) error {
	for _, move := range moves {
		if move.text("state") == "done" {
			return orm.Rule("You cannot cancel a stock move that has been set to 'Done'. Create a return in order to reverse the moves which took place.")
		}
		if move.text("state") == "cancel" {
			continue
		}
		if err := release(move); err != nil {
			return err
		}
		if err := move.keep(map[string]any{"state": "cancel"}); err != nil {
			return err
		}
		if err := refreshMove(move); err != nil {
			return err
		}
	}
	return nil
}
