package product

import (
	"context"
	"strconv"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/command"
)

// withdraw ends a supplier's price, or removes it, in one write of the product that notes
// who asked for it: where the note stands, it was done.
type withdraw struct {
	existing
	row int64
	// until is the last day; empty: it is removed.
	until string
}

func (s *Service) beginWithdraw(request proto.Message) (command.Command, error) {
	r := request.(*productv1.WithdrawSupplierPriceRequest)
	var g command.Given
	c := withdraw{existing: s.existing(&g, "name", r.GetName(), r.GetEtag()), until: g.Day("valid_until", r.GetValidUntil())}
	var err error
	if c.row, err = strconv.ParseInt(r.GetSupplierPriceId(), 10, 32); err != nil || c.row < 1 {
		g.Wrong("supplier_price_id", "the id of one of the product's supplier_prices, such as 12")
	}
	return c, g.Err()
}

// Look tells by the note whether it was done.
func (c withdraw) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := c.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := c.standing(found)
	if s.Noted, err = w.Noted(ctx, productModel, c.id); err != nil || !s.Noted {
		return s, err
	}
	s.Stage = command.Done
	s.Evidence += ", and the note of this intent stands on it"
	row, there, err := c.price(ctx, w.Odoo, found)
	if err != nil {
		return s, err
	}
	asked, is := "no price", "no price"
	if c.until != "" {
		asked = "until " + c.until
	}
	if there {
		is = "until " + row.until
	}
	if asked != is {
		s.Deviations = []*commandv1.Deviation{{Field: "supplier_price", Asked: asked, Found: is}}
	}
	return s, nil
}

func (c withdraw) price(ctx context.Context, o *command.Odoo, found variant) (listed, bool, error) {
	prices, err := pricesOf(ctx, o, found)
	if err != nil {
		return listed{}, false, err
	}
	row, there := priceByID(prices, c.row)
	return row, there, nil
}

// Check refuses a price that the product does not have.
func (c withdraw) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	return c.possible(ctx, w.Odoo)
}

func (c withdraw) possible(ctx context.Context, o *command.Odoo) error {
	found, err := c.read(ctx, o)
	if err != nil {
		return err
	}
	row, there, err := c.price(ctx, o, found)
	if err != nil {
		return err
	}
	var g command.Given
	switch {
	case !there:
		g.Wrong("supplier_price_id", "%s has no such price", c.name)
	case c.until != "" && row.from > c.until:
		g.Wrong("valid_until", "the price holds from %s on: without a day it is removed", row.from)
	case c.until != "" && row.until != "" && row.until < c.until:
		g.Wrong("valid_until", "the price ends on %s already", row.until)
	}
	return g.Err()
}

// Do ends the price or removes it.
func (c withdraw) Do(ctx context.Context, w *command.Work) error {
	if err := c.possible(ctx, w.Odoo); err != nil {
		return err
	}
	if c.until == "" {
		return changePrice(ctx, w, c.id, []any{2, c.row, 0})
	}
	return changePrice(ctx, w, c.id, []any{1, c.row, map[string]any{"date_end": c.until}})
}
