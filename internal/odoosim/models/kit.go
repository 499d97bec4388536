package models

import (
	"math"

	"odoomesh/internal/odoosim/orm"
)

// kits describes recipes of the type "phantom": what is ordered as one thing comes as
// its parts.
func kits(db *orm.DB) {
	m, line := db.Model("mrp.bom"), db.Model("mrp.bom.line")
	m.Label, m.RecName = "Bill of Material", "product_tmpl_id"
	m.Indexed("product_tmpl_id")
	m.Cascades("product_tmpl_id")
	m.Defaults(map[string]any{"active": true, "product_qty": 1.0, "type": "normal"})
	line.Label, line.RecName = "Bill of Material Line", "product_id"
	line.Indexed("bom_id")
	line.Cascades("bom_id")
	line.Restricts("product_id")
	line.Defaults(map[string]any{"product_qty": 1.0})
}

// part is how many of a product, in its own unit, one of an order line's unit makes.
type part struct {
	product record
	per     float64
}

// partsOf are the parts of the kit that a line orders; none where it orders no kit.
func partsOf(l record) (parts []part) {
	product := l.to("product_id")
	m := l.e.DB().Model("mrp.bom")
	for _, id := range l.e.Referring(m.Field("product_tmpl_id"), product.int("product_tmpl_id")) {
		recipe := rec(l.e, m.Name, id)
		if recipe.text("type") != "phantom" || !recipe.is("active") {
			continue
		}
		one := inUnit(1, l.to(unitOfLine(l.e)), product.to("uom_id")) / recipe.num("product_qty")
		for _, c := range recipe.all("bom_line_ids") {
			parts = append(parts, part{c.to("product_id"), one * c.num("product_qty")})
		}
		return parts
	}
	return nil
}

// kitsReceived is how many whole kits the parts that have come make.
func kitsReceived(l record, parts []part) float64 {
	whole := math.Inf(1)
	for _, p := range parts {
		sum := 0.0
		for _, move := range l.all("move_ids") {
			if move.text("state") != "done" || move.int("product_id") != p.product.id {
				continue
			}
			q := inUnit(sumLines(move, doneField(l.e)), move.to("product_uom"), p.product.to("uom_id"))
			if move.to("location_dest_id").text("usage") == "supplier" {
				q = -q
			}
			sum += q
		}
		whole = min(whole, math.Floor(sum/p.per+1e-9))
	}
	return whole
}
