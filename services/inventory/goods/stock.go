package goods

import (
	"context"
	"fmt"
	"math/big"

	"odoomesh/internal/command"
)

// Spot is where goods of one lot lie; the lot is 0 for goods without lots. What belongs to
// an owner, or lies in a package, is none of it.
type Spot struct{ Product, Location, Lot int64 }

// orNone is how Odoo writes an id that may be none.
func orNone(id int64) any {
	if id == 0 {
		return false
	}
	return id
}

// Stock is what Odoo has of goods at a spot, in the product's base unit.
type Stock struct {
	// Rows are how many rows it is made of: races leave several.
	Rows               int
	Quantity, Reserved *big.Rat
}

// Free is what no transfer has reserved.
func (s Stock) Free() *big.Rat { return new(big.Rat).Sub(s.Quantity, s.Reserved) }

// StockAt reads what is at a spot.
func StockAt(ctx context.Context, o *command.Odoo, s Spot) (Stock, error) {
	stock := Stock{Quantity: new(big.Rat), Reserved: new(big.Rat)}
	rows, err := o.Rows(ctx, stockModel, command.Where("product_id", "=", s.Product).And("location_id", "=", s.Location).And("lot_id", "=", orNone(s.Lot)).
		And("owner_id", "=", false).And("package_id", "=", false), "quantity", "reserved_quantity")
	if err != nil {
		return stock, err
	}
	stock.Rows = len(rows)
	for _, row := range rows {
		var quantity, reserved float64
		if err := command.Numbers(row, map[string]*float64{"quantity": &quantity, "reserved_quantity": &reserved}); err != nil {
			return stock, err
		}
		stock.Quantity.Add(stock.Quantity, command.Rat(quantity))
		stock.Reserved.Add(stock.Reserved, command.Rat(reserved))
	}
	return stock, nil
}

// SpotStock is what of a lot lies at a place.
type SpotStock struct {
	Spot
	Stock
}

// StockBelow are the places of the house at one place, or below it, where something of a
// lot lies, those that it came to first first.
func StockBelow(ctx context.Context, o *command.Odoo, at Spot) (all []SpotStock, err error) {
	rows, err := o.Rows(ctx, stockModel, command.Where("product_id", "=", at.Product).And("lot_id", "=", orNone(at.Lot)).And("location_id", "child_of", at.Location).
		And("location_id.usage", "=", "internal").And("owner_id", "=", false).And("package_id", "=", false), "location_id")
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, row := range rows {
		l := SpotStock{Spot: at}
		if err := command.Refs(row, map[string]*int64{"location_id": &l.Location}); err != nil {
			return nil, err
		}
		if seen[l.Location] {
			continue
		}
		seen[l.Location] = true
		if l.Stock, err = StockAt(ctx, o, l.Spot); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

// Holders are the transfers that have reserved goods at a spot, in words.
func Holders(ctx context.Context, o *command.Odoo, s Spot) (all []string, err error) {
	rows, err := o.Rows(ctx, lineModel, command.Where("product_id", "=", s.Product).And("location_id", "=", s.Location).And("lot_id", "=", orNone(s.Lot)).
		And("state", "in", []any{"assigned", "partially_available"}), "picking_id", "reference", reservedField(o))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		n, err := row.Float(reservedField(o))
		if err != nil {
			return nil, err
		}
		reference, err := row.String("reference")
		if err != nil {
			return nil, err
		}
		if n != 0 {
			all = append(all, fmt.Sprintf("%s by %s", command.Float(n), reference))
		}
	}
	return all, nil
}

// reservedField is what a line of a transfer has reserved; from 17 on it is what it will
// move.
func reservedField(o *command.Odoo) string {
	if o.Major() < 17 {
		return "reserved_uom_qty"
	}
	return "quantity"
}

// movedField is what a line of a transfer moves.
func movedField(o *command.Odoo) string {
	if o.Major() < 17 {
		return "qty_done"
	}
	return "quantity"
}

// Lane is the name under which one command at a time works on the stock of a product.
func Lane(product int64) string { return fmt.Sprintf("stock of products/%d", product) }
