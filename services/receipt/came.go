package receipt

import (
	"context"
	"math/big"

	"odoomesh/internal/command"
	"odoomesh/services/inventory/goods"
)

// came is what a receipt has brought, and what of it has gone back.
type came struct {
	demands    map[int64]demand
	orderLines map[int64]int64
	booked     []goods.Booked
	lineGone   map[int64]*big.Rat
	lotGone    map[lotOfMove]*big.Rat
	// taken is what earlier lines of the request take from where it lies.
	taken map[goods.Spot]*big.Rat
}

func (c *sendBack) has(ctx context.Context, w *command.Work) (m came, err error) {
	m.taken = map[goods.Spot]*big.Rat{}
	if m.demands, err = demandsOf(ctx, w.Odoo, c.id); err != nil {
		return m, err
	}
	if m.orderLines, err = orderLinesOf(ctx, w.Odoo, c.id); err != nil {
		return m, err
	}
	if m.booked, err = goods.BookedOf(ctx, w.Odoo, c.id); err != nil {
		return m, err
	}
	own, err := goods.Find(ctx, w)
	if err != nil {
		return m, err
	}
	m.lineGone, m.lotGone, err = goneBack(ctx, w.Odoo, c.id, own.ID)
	return m, err
}

// move finds for a line of the request where its goods lie.
func (c *sendBack) move(ctx context.Context, o *command.Odoo, g *command.Given, at string, l goingBack, m came, from int64) (move goods.Move, err error) {
	d, ok := m.demands[l.move]
	if !ok || d.state != "done" {
		g.Wrong(at+".line_id", "%s has no such line that has come", c.name)
		return move, nil
	}
	move.Of, move.OrderLine = l.move, m.orderLines[l.move]
	if move.Article, ok, err = goods.ArticleOf(ctx, o, d.product); err != nil || !ok {
		return move, err
	}
	if move.Quantity, err = move.Article.Base(ctx, o, g, at+".quantity", at+".line_id", l.quantity, d.unit); err != nil {
		return move, err
	}
	switch {
	case move.Article.Tracked() && l.lot == "":
		g.Wrong(at+".lot_number", "%s is tracked: give the number of the lot", productName(d.product))
		return move, nil
	case !move.Article.Tracked() && l.lot != "":
		g.Wrong(at+".lot_number", "%s has no lots", productName(d.product))
		return move, nil
	case move.Article.Tracking == "serial" && move.Quantity.Cmp(big.NewRat(1, 1)) != 0:
		g.Wrong(at+".quantity", "%s is tracked by serials: 1 of each", productName(d.product))
		return move, nil
	}
	ofLine, ofLot, lots, places := new(big.Rat), new(big.Rat), []int64{}, []int64{}
	for _, b := range m.booked {
		if b.Move != l.move {
			continue
		}
		ofLine.Add(ofLine, b.Quantity)
		if b.Number == l.lot {
			ofLot.Add(ofLot, b.Quantity)
			lots, places = append(lots, b.Lot), append(places, b.To)
		}
	}
	if len(lots) == 0 {
		g.Wrong(at+".lot_number", "nothing of it has come with this line")
		return move, nil
	}
	gone := atLeast(m.lotGone[l.lotOfMove])
	left := new(big.Rat).Sub(ofLot, gone)
	if of := new(big.Rat).Sub(ofLine, atLeast(m.lineGone[l.move])); of.Cmp(left) < 0 {
		left, gone, ofLot = of, atLeast(m.lineGone[l.move]), ofLine
	}
	if left.Cmp(move.Quantity) < 0 {
		g.Wrong(at+".quantity", "it is %s in the product's base unit: %s have come, of which %s have gone back or are on their way", goods.Text(move.Quantity), goods.Text(ofLot), goods.Text(gone))
		return move, nil
	}
	if c.from != 0 {
		places = []int64{from}
	}
	move.Lines, err = m.take(ctx, o, g, at, move, d.product, compact(lots), compact(places))
	return move, err
}

// take takes a quantity from where it lies, and refuses what is not there, or is reserved.
func (m came) take(ctx context.Context, o *command.Odoo, g *command.Given, at string, move goods.Move, product int64, lots, places []int64) (lines []goods.Line, err error) {
	rest, there, reserved := new(big.Rat).Set(move.Quantity), new(big.Rat), new(big.Rat)
	met := map[goods.Spot]bool{}
	for _, lot := range lots {
		for _, place := range places {
			lying, err := goods.StockBelow(ctx, o, goods.Spot{Product: product, Location: place, Lot: lot})
			if err != nil {
				return nil, err
			}
			for _, l := range lying {
				if met[l.Spot] {
					continue
				}
				met[l.Spot] = true
				there.Add(there, l.Quantity)
				reserved.Add(reserved, l.Reserved)
				free := l.Free()
				free.Sub(free, atLeast(m.taken[l.Spot]))
				if free.Cmp(rest) > 0 {
					free = new(big.Rat).Set(rest)
				}
				if free.Sign() <= 0 {
					continue
				}
				rest.Sub(rest, free)
				m.taken[l.Spot] = new(big.Rat).Add(atLeast(m.taken[l.Spot]), free)
				lines = append(lines, goods.Line{From: l.Location, Lot: lot, Quantity: free})
			}
		}
	}
	if rest.Sign() > 0 {
		g.Wrong(at+".quantity", "it is %s in the product's base unit, and of it %s lie there by Odoo, of which %s are reserved: say with source_location where the goods are", goods.Text(move.Quantity), goods.Text(there), goods.Text(reserved))
	}
	return lines, nil
}

func atLeast(n *big.Rat) *big.Rat {
	if n == nil {
		return new(big.Rat)
	}
	return n
}
