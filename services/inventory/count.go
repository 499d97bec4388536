package inventory

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/command"
	"odoomesh/services/inventory/goods"
)

// count books what was counted at a place. Odoo applies a count as the new quantity,
// whatever has moved since, and so what was expected is compared right before; what it then
// booked is compared with the difference.
type count struct {
	spot
	counted, expected string
	// confirmed says that Odoo had the quantity that was counted: there is nothing to book.
	confirmed bool
}

func (s *Service) beginAdjust(request proto.Message) (command.Command, error) {
	r := request.(*inventoryv1.AdjustStockRequest)
	var g command.Given
	c := &count{spot: s.spotted(&g, r.GetName(), r.GetEtag(), r.GetUnit(), r.GetReason())}
	c.counted, c.expected = g.Count("counted_quantity", r.GetCountedQuantity()), g.Count("expected_quantity", r.GetExpectedQuantity())
	return c, g.Err()
}

// Look tells from the movement that Odoo has booked for the count, which has its name from
// the same transaction. Where nothing had to be booked, the note tells.
func (c *count) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	s := command.Standing{Document: c.name, Model: lotModel, ID: c.at.Lot}
	if s.ID == 0 {
		s.Model, s.ID = productModel, c.at.Product
	}
	booked, err := countedBy(ctx, w)
	if err != nil {
		return s, err
	}
	if len(booked) > 0 {
		// The movement names who asked: no note is needed beside.
		s.Stage, s.Noted = command.Done, true
		s.Evidence = fmt.Sprintf("%s %d has the reference %s", moveModel, booked[0].id, referenceOf(w))
		s.Deviations, s.Warnings, err = c.became(ctx, w.Odoo, booked)
		return s, err
	}
	s.Evidence = "no " + moveModel + " has the reference " + referenceOf(w)
	there := c.confirmed
	if !there && !w.Odoo.Dry() {
		if there, err = w.Noted(ctx, s.Model, s.ID); err != nil {
			return s, err
		}
	}
	if there {
		s.Stage, s.Evidence = command.Done, "Odoo had the quantity that was counted"
	}
	return s, nil
}

// became is what Odoo booked otherwise than was meant: something has moved in the moment
// between the last look and the count.
func (c *count) became(ctx context.Context, o *command.Odoo, booked []countMove) (all []*commandv1.Deviation, warnings []string, err error) {
	article, ok, err := goods.ArticleOf(ctx, o, c.at.Product)
	if err != nil || !ok {
		return nil, nil, err
	}
	var g command.Given
	counted, err := article.Base(ctx, o, &g, "counted_quantity", "unit", c.counted, c.unit)
	if err != nil {
		return nil, nil, err
	}
	expected, err := article.Base(ctx, o, &g, "expected_quantity", "unit", c.expected, c.unit)
	if err != nil {
		return nil, nil, err
	}
	before := new(big.Rat).Set(counted)
	for _, m := range booked {
		if m.to == c.at.Location {
			before.Sub(before, m.quantity)
		} else {
			before.Add(before, m.quantity)
		}
	}
	if g.Err() == nil && before.Cmp(expected) != 0 {
		all = append(all, &commandv1.Deviation{Field: "expected_quantity", Asked: goods.Text(expected), Found: goods.Text(before)})
		warnings = append(warnings, fmt.Sprintf("Something has moved in the moment of the count: it has taken %s for %s. Count %s again.", goods.Text(before), goods.Text(counted), c.name))
	}
	stock, err := goods.StockAt(ctx, o, c.at)
	if err != nil {
		return nil, nil, err
	}
	if stock.Free().Sign() < 0 {
		holders, err := goods.Holders(ctx, o, c.at)
		if err != nil {
			return nil, nil, err
		}
		warnings = append(warnings, fmt.Sprintf("More is reserved than is there now: %s.", strings.Join(holders, ", ")))
	}
	return all, warnings, nil
}

// counting is what Odoo needs to book a count.
type counting struct {
	counted *big.Rat
	stock   goods.Stock
}

// Check refuses a count that Odoo would book although something has moved since, or that
// it would book otherwise than it was meant.
func (c *count) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	_, err := c.plan(ctx, w.Odoo)
	return err
}

func (c *count) plan(ctx context.Context, o *command.Odoo) (counting, error) {
	var g command.Given
	var p counting
	f, err := c.look(ctx, o, &g)
	if err != nil {
		return p, err
	}
	if p.counted, err = f.article.Base(ctx, o, &g, "counted_quantity", "unit", c.counted, c.unit); err != nil {
		return p, err
	}
	expected, err := f.article.Base(ctx, o, &g, "expected_quantity", "unit", c.expected, c.unit)
	if err != nil {
		return p, err
	}
	if f.article.Tracking == "serial" {
		if err := c.oneOf(ctx, o, &g, p.counted); err != nil {
			return p, err
		}
	}
	if p.stock, err = goods.StockAt(ctx, o, c.at); err != nil {
		return p, err
	}
	if p.stock.Quantity.Cmp(expected) != 0 {
		g.Wrong("expected_quantity", "it is %s in the product's base unit, and Odoo has %s there: something has moved since it was counted, so count again", goods.Text(expected), goods.Text(p.stock.Quantity))
	}
	return p, g.Err()
}

// oneOf refuses a serial of which there would be more than one.
func (c *count) oneOf(ctx context.Context, o *command.Odoo, g *command.Given, counted *big.Rat) error {
	switch {
	case counted.Sign() == 0:
		return nil
	case counted.Cmp(big.NewRat(1, 1)) != 0:
		g.Wrong("counted_quantity", "products/%d is tracked by serials: 0 or 1 of each", c.at.Product)
		return nil
	}
	elsewhere, err := serialElsewhere(ctx, o, c.at)
	if err == nil && elsewhere != 0 {
		g.Wrong("counted_quantity", "the serial lies at locations/%d by Odoo: count it there as 0 first", elsewhere)
	}
	return err
}

// Do books the count, by one call in one transaction. Odoo would do it again, over whatever
// has moved since: so nothing is sent while it may still be at an earlier one.
func (c *count) Do(ctx context.Context, w *command.Work) error {
	if w.Adrift {
		return command.Wait()
	}
	leave, err := c.alone(ctx, w)
	if err != nil {
		return err
	}
	defer leave()
	p, err := c.plan(ctx, w.Odoo)
	if err != nil {
		return err
	}
	if p.stock.Rows > 1 {
		// A count sets one row, and races leave several: then the sum would be wrong.
		if p, err = c.merged(ctx, w.Odoo); err != nil {
			return err
		}
	}
	if p.stock.Quantity.Cmp(p.counted) != 0 {
		if err := book(ctx, w, c.at, p.counted, c.reason); err != nil || w.Odoo.Dry() {
			return err
		}
		if p.stock, err = goods.StockAt(ctx, w.Odoo, c.at); err != nil {
			return err
		}
	}
	c.confirmed = p.stock.Quantity.Cmp(p.counted) == 0
	return nil
}

// merged has Odoo make one of the rows that a stock position is made of.
func (c *count) merged(ctx context.Context, o *command.Odoo) (counting, error) {
	if err := mergeRows(ctx, o); err != nil {
		return counting{}, err
	}
	p, err := c.plan(ctx, o)
	if err == nil && p.stock.Rows > 1 && !o.Dry() {
		err = command.Refused("Odoo keeps %s in %d rows and does not merge them, as where a count of it waits to be applied: settle that in Odoo first.", c.name, p.stock.Rows)
	}
	return p, err
}

// AdjustStock books how much was counted at a place.
func (s *Service) AdjustStock(ctx context.Context, r *inventoryv1.AdjustStockRequest) (*inventoryv1.AdjustStockResponse, error) {
	intent, position, err := command.Carried(ctx, s.desk, inventoryv1.InventoryService_AdjustStock_FullMethodName, r, s.position)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.AdjustStockResponse{Intent: intent, StockPosition: position}, nil
}
