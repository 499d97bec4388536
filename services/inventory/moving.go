package inventory

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"strings"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/services/inventory/goods"
)

// spot is the stock position that a command is about, with what is to happen to it.
type spot struct {
	service            *Service
	name, etag, reason string
	at                 goods.Spot
	unit               int64
}

// spotted reads what commands about a stock position have in common.
func (s *Service) spotted(g *command.Given, name, etag, unit, reason string) spot {
	ids := g.IDs("name", inventoryservice.StockPositions, name, 5)
	c := spot{service: s, name: name, etag: etag, at: goods.Spot{Product: ids[0], Location: ids[1], Lot: ids[2]}}
	if ids[3] != 0 || ids[4] != 0 {
		g.Wrong("name", "goods of an owner, or in a package, are moved in Odoo alone")
	}
	if unit != "" {
		c.unit = g.ID("unit", "units", unit)
	}
	c.reason = strings.TrimSpace(g.Text("reason", reason, 200))
	return c
}

// Document is the stock position.
func (c *spot) Document() string { return c.name }

// Unchanged refuses a stock position that has changed since its etag was read.
func (c *spot) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, c.name, c.etag, c.service.livePosition)
}

// found is what a stock position is made of, as Odoo has it.
type found struct {
	article goods.Article
	place   goods.Place
	lot     heldLot
}

// look finds product, place and lot of a stock position, and refuses what cannot be one.
func (c *spot) look(ctx context.Context, o *command.Odoo, g *command.Given) (f found, err error) {
	var ok bool
	if f.article, ok, err = goods.ArticleOf(ctx, o, c.at.Product); err != nil {
		return f, err
	}
	switch {
	case !ok:
		g.Wrong("name", "there is no products/%d", c.at.Product)
		return f, g.Err()
	case !f.article.Stored:
		g.Wrong("name", "Odoo counts no stock of products/%d", c.at.Product)
	case f.article.Tracked() && c.at.Lot == 0:
		g.Wrong("name", "products/%d is tracked: name the position of a lot", c.at.Product)
	case !f.article.Tracked() && c.at.Lot != 0:
		g.Wrong("name", "products/%d has no lots", c.at.Product)
	}
	if f.place, ok, err = goods.PlaceOf(ctx, o, c.at.Location); err != nil {
		return f, err
	}
	switch {
	case !ok:
		g.Wrong("name", "there is no locations/%d", c.at.Location)
	case !f.place.InHouse():
		g.Wrong("name", "locations/%d (%s) is no place of the house", c.at.Location, f.place.Name)
	}
	if c.at.Lot != 0 {
		if f.lot, ok, err = lotThere(ctx, o, c.at.Lot); err != nil {
			return f, err
		}
		if !ok || f.lot.product != c.at.Product {
			g.Wrong("name", "there is no lots/%d of products/%d", c.at.Lot, c.at.Product)
		}
	}
	return f, g.Err()
}

// alone keeps other commands of the mesh from the stock of a product.
func (c *spot) alone(ctx context.Context, w *command.Work) (leave func(), err error) {
	return w.Alone(ctx, goods.Lane(c.at.Product))
}

// moving takes goods from where they lie to another place.
type moving struct {
	spot
	// quantity is how much; with everything, what lies there.
	quantity   string
	everything bool
	// why stands in Odoo where the caller says no reason.
	why string
	// to is where they go.
	to func(ctx context.Context, o *command.Odoo, g *command.Given, from goods.Place) (goods.Place, error)
	// lets refuses lots that must not go there.
	lets func(ctx context.Context, w *command.Work, g *command.Given, f found, to goods.Place) error
	// passes tells whether expired lots go to a place without Odoo's asking; nil: to any.
	passes func(to goods.Place) bool
	// chosen is the place, once plan has found it.
	chosen       goods.Place
	takeReserved bool
	// losers are the transfers that had reserved what was taken.
	losers []string
}

func (s *Service) beginScrap(request proto.Message) (command.Command, error) {
	r := request.(*inventoryv1.ScrapStockRequest)
	var g command.Given
	c := &moving{spot: s.spotted(&g, r.GetName(), r.GetEtag(), r.GetUnit(), r.GetReason()), quantity: g.Quantity("quantity", r.GetQuantity()), takeReserved: r.GetTakeReserved()}
	if c.reason == "" {
		g.Wrong("reason", "say why, for people")
	}
	c.to = func(ctx context.Context, o *command.Odoo, _ *command.Given, from goods.Place) (goods.Place, error) {
		return goods.ScrapPlace(ctx, o, from.Company)
	}
	// Whoever throws a lot away does not need to be asked whether an expired one may move:
	// it passes anywhere.
	return c, g.Err()
}

// Look tells from the transfer that the mesh has made.
func (c *moving) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	made, err := goods.Find(ctx, w)
	if err != nil {
		return command.Standing{}, err
	}
	s := made.Standing(w, c.name)
	if s.Stage != command.Done {
		return s, nil
	}
	s.Deviations, s.Warnings, err = c.became(ctx, w.Odoo, made)
	return s, err
}

// became is what was moved otherwise than was asked, and what people should know of it.
func (c *moving) became(ctx context.Context, o *command.Odoo, made goods.Made) (all []*commandv1.Deviation, warnings []string, err error) {
	booked, err := goods.BookedOf(ctx, o, made.ID)
	if err != nil {
		return nil, nil, err
	}
	var g command.Given
	f, err := c.look(ctx, o, &g)
	if fault.ReasonOf(err) == errorsv1.Reason_REASON_INVALID_ARGUMENT {
		return nil, []string{"What was moved cannot be compared with what was asked for any more: " + err.Error()}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	to, err := c.to(ctx, o, &g, f.place)
	if err != nil {
		return nil, nil, err
	}
	mine := func(b goods.Booked) bool { return b.Spot == c.at && b.To == to.ID }
	moved := new(big.Rat)
	for _, b := range booked {
		if mine(b) {
			moved.Add(moved, b.Quantity)
		}
	}
	asked := moved
	if !c.everything {
		if asked, err = f.article.Base(ctx, o, &g, "quantity", "unit", c.quantity, c.unit); err != nil {
			return nil, nil, err
		}
	}
	if moved.Cmp(asked) != 0 {
		all = append(all, &commandv1.Deviation{Field: "quantity", Asked: goods.Text(asked), Found: goods.Text(moved)})
	}
	all = append(all, goods.Beside(booked, mine)...)
	stock, err := goods.StockAt(ctx, o, c.at)
	if err == nil && stock.Quantity.Sign() < 0 {
		warnings = append(warnings, fmt.Sprintf("Of %s there are %s in Odoo now: somebody else has taken some at the same time.", c.name, goods.Text(stock.Quantity)))
	}
	return all, append(warnings, c.losers...), err
}

// Check refuses what Odoo would book although it cannot have been meant.
func (c *moving) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	_, err := c.plan(ctx, w)
	return err
}

// plan finds what Odoo needs to move the goods, and refuses what is not there.
func (c *moving) plan(ctx context.Context, w *command.Work) (goods.Transfer, error) {
	var g command.Given
	o := w.Odoo
	f, err := c.look(ctx, o, &g)
	if err != nil {
		return goods.Transfer{}, err
	}
	quantity, err := c.amount(ctx, o, &g, f)
	if err != nil {
		return goods.Transfer{}, err
	}
	if f.article.Tracking == "serial" && quantity.Cmp(big.NewRat(1, 1)) != 0 {
		g.Wrong("quantity", "products/%d is tracked by serials: 1 of each", c.at.Product)
	}
	to, err := c.to(ctx, o, &g, f.place)
	if err != nil {
		return goods.Transfer{}, err
	}
	c.chosen = to
	if c.lets != nil {
		if err := c.lets(ctx, w, &g, f, to); err != nil {
			return goods.Transfer{}, err
		}
	}
	if err := c.enough(ctx, o, &g, quantity); err != nil {
		return goods.Transfer{}, err
	}
	if err := g.Err(); err != nil {
		return goods.Transfer{}, err
	}
	operation, err := goods.OperationOf(ctx, o, f.place)
	return goods.Transfer{
		Operation: operation, From: c.at.Location, To: to.ID, Company: f.place.Company, Origin: cmp.Or(c.reason, c.why), TakeReserved: c.takeReserved,
		Moves: []goods.Move{{Article: f.article, Quantity: quantity, Lines: []goods.Line{{From: c.at.Location, Lot: c.at.Lot, Quantity: quantity}}}},
	}, err
}

// amount is how much is to be moved, in the product's base unit.
func (c *moving) amount(ctx context.Context, o *command.Odoo, g *command.Given, f found) (*big.Rat, error) {
	if !c.everything {
		return f.article.Base(ctx, o, g, "quantity", "unit", c.quantity, c.unit)
	}
	stock, err := goods.StockAt(ctx, o, c.at)
	if err != nil {
		return nil, err
	}
	there := stock.Quantity
	if !c.takeReserved {
		there = stock.Free()
	}
	if there.Sign() <= 0 {
		g.Wrong("name", "nothing lies there that could be moved")
	}
	return there, g.Err()
}

// enough refuses more than is there, which Odoo would move below nothing, and what others
// have reserved, which it would take from them in silence.
func (c *moving) enough(ctx context.Context, o *command.Odoo, g *command.Given, quantity *big.Rat) error {
	stock, err := goods.StockAt(ctx, o, c.at)
	if err != nil {
		return err
	}
	c.losers = nil
	switch {
	case stock.Quantity.Cmp(quantity) < 0:
		g.Wrong("quantity", "it is %s in the product's base unit, and Odoo has %s of it there", goods.Text(quantity), goods.Text(stock.Quantity))
	case stock.Free().Cmp(quantity) < 0:
		holders, err := goods.Holders(ctx, o, c.at)
		if err != nil {
			return err
		}
		whose := strings.Join(holders, ", ")
		if !c.takeReserved {
			g.Wrong("quantity", "it is %s in the product's base unit, and of %s that Odoo has there %s are reserved (%s)", goods.Text(quantity), goods.Text(stock.Quantity), goods.Text(stock.Reserved), whose)
			return nil
		}
		c.losers = []string{fmt.Sprintf("Some of it was reserved (%s), and is missing there now.", whose)}
	}
	return nil
}

// Do makes the transfer and books it.
func (c *moving) Do(ctx context.Context, w *command.Work) error {
	leave, err := c.alone(ctx, w)
	if err != nil {
		return err
	}
	defer leave()
	return goods.Book(ctx, w, func(ctx context.Context) (goods.Transfer, error) { return c.plan(ctx, w) }, func(ctx context.Context) (map[string]any, error) {
		if c.passes != nil && c.chosen.ID == 0 {
			var g command.Given
			if c.chosen, err = c.to(ctx, w.Odoo, &g, goods.Place{}); err != nil {
				return nil, err
			}
		}
		if c.passes != nil && !c.passes(c.chosen) {
			return nil, nil
		}
		return map[string]any{"skip_expired": true}, nil
	})
}

// position reads a stock position as the copy has it.
func (s *Service) position(ctx context.Context, name string) (*inventoryv1.StockPosition, error) {
	return s.StockPositions.Get(ctx, name, nil, nil)
}

// livePosition reads a stock position as Odoo has it.
func (s *Service) livePosition(ctx context.Context, name string) (*inventoryv1.StockPosition, error) {
	return s.StockPositions.Get(ctx, name, live, nil)
}

// ScrapStock throws goods away.
func (s *Service) ScrapStock(ctx context.Context, r *inventoryv1.ScrapStockRequest) (*inventoryv1.ScrapStockResponse, error) {
	intent, position, err := command.Carried(ctx, s.desk, inventoryv1.InventoryService_ScrapStock_FullMethodName, r, s.position)
	if err != nil {
		return nil, err
	}
	return &inventoryv1.ScrapStockResponse{Intent: intent, StockPosition: position}, nil
}
