package receipt

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
	"odoomesh/services/inventory/goods"
)

// sendBack sends goods back that have come with a receipt: by a transfer of its own, as
// each call of Odoo's wizard for it would make another one.
type sendBack struct {
	name, etag, reason string
	id                 int64
	// from is where the goods lie; 0: where the receipt has brought them.
	from  int64
	lines []goingBack
	words map[string]any
	live  func(ctx context.Context, name string) (*receiptv1.Receipt, error)
}

// goingBack is a quantity of a lot that goes back.
type goingBack struct {
	lotOfMove
	quantity string
}

func (s *Service) beginReturn(request proto.Message) (command.Command, error) {
	r := request.(*receiptv1.ReturnReceiptRequest)
	var g command.Given
	c := &sendBack{
		name: r.GetName(), etag: r.GetEtag(), id: g.ID("name", receiptservice.Receipts, r.GetName()), reason: strings.TrimSpace(g.Text("reason", r.GetReason(), 200)),
		// What has expired goes back like all else: whoever sends it back need not be asked.
		words: map[string]any{"skip_expired": true}, live: s.live,
	}
	if c.reason == "" {
		g.Wrong("reason", "say why, for people")
	}
	if r.GetNoTextMessage() {
		c.words["skip_sms"] = true
	}
	if r.GetSourceLocation() != "" {
		c.from = g.ID("source_location", "locations", r.GetSourceLocation())
	}
	seen := map[lotOfMove]int{}
	for i, l := range r.GetLines() {
		at := fmt.Sprintf("lines[%d]", i)
		move, err := strconv.ParseInt(l.GetLineId(), 10, 64)
		if err != nil {
			g.Wrong(at+".line_id", "give the id of a line of the receipt")
		}
		line := goingBack{lotOfMove{move, strings.TrimSpace(g.Text(at+".lot_number", l.GetLotNumber(), 200))}, g.Quantity(at+".quantity", l.GetQuantity())}
		if line.lot != l.GetLotNumber() {
			g.Wrong(at+".lot_number", "there is white space around it: leave that out")
		}
		if before, twice := seen[line.lotOfMove]; twice {
			g.Wrong(at, "lines[%d] says the same line and lot: give the sum", before)
		}
		seen[line.lotOfMove] = i
		c.lines = append(c.lines, line)
	}
	return c, g.Err()
}

// Document is the receipt.
func (c *sendBack) Document() string { return c.name }

// Unchanged refuses a receipt that has changed since its etag was read.
func (c *sendBack) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, c.name, c.etag, c.live)
}

// Look tells from the transfer that the mesh has made; it is the document from then on.
func (c *sendBack) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	made, err := goods.Find(ctx, w)
	if err != nil {
		return command.Standing{}, err
	}
	document := c.name
	if made.ID != 0 {
		document = resource.Name(receiptservice.Receipts, made.ID)
	}
	s := made.Standing(w, document)
	if s.Stage != command.Done {
		return s, nil
	}
	s.Deviations, err = c.deviations(ctx, w.Odoo, made)
	return s, err
}

// deviations are what has gone back otherwise than it was asked.
func (c *sendBack) deviations(ctx context.Context, o *command.Odoo, made goods.Made) (all []*commandv1.Deviation, err error) {
	booked, err := goods.BookedOf(ctx, o, made.ID)
	if err != nil {
		return nil, err
	}
	demands, err := demandsOf(ctx, o, c.id)
	if err != nil {
		return nil, err
	}
	asked := map[lotOfProduct]*big.Rat{}
	var g command.Given
	for i, l := range c.lines {
		article, ok, err := goods.ArticleOf(ctx, o, demands[l.move].product)
		if err != nil || !ok {
			return nil, err
		}
		n, err := article.Base(ctx, o, &g, fmt.Sprintf("lines[%d].quantity", i), "lines", l.quantity, demands[l.move].unit)
		if err != nil {
			return nil, err
		}
		key := lotOfProduct{article.ID, l.lot}
		if asked[key] == nil {
			asked[key] = new(big.Rat)
		}
		asked[key].Add(asked[key], n)
	}
	went := map[lotOfProduct]*big.Rat{}
	for _, b := range booked {
		key := lotOfProduct{b.Product, b.Number}
		if went[key] == nil {
			went[key] = new(big.Rat)
		}
		went[key].Add(went[key], b.Quantity)
	}
	for i, l := range c.lines {
		key := lotOfProduct{demands[l.move].product, l.lot}
		found := went[key]
		if found == nil {
			found = new(big.Rat)
		}
		if found.Cmp(asked[key]) != 0 {
			all = append(all, &commandv1.Deviation{Field: fmt.Sprintf("lines[%d].quantity", i), Asked: goods.Text(asked[key]), Found: goods.Text(found)})
		}
	}
	return append(all, goods.Beside(booked, func(b goods.Booked) bool { return asked[lotOfProduct{b.Product, b.Number}] != nil })...), nil
}

// lotOfProduct is a lot by its number; empty for goods without lots.
type lotOfProduct struct {
	product int64
	lot     string
}

// Check refuses what Odoo would send back although it has not come, or is not there.
func (c *sendBack) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	_, err := c.plan(ctx, w)
	return err
}

// plan finds what Odoo needs to send the goods back, and refuses what does not fit.
func (c *sendBack) plan(ctx context.Context, w *command.Work) (goods.Transfer, error) {
	o := w.Odoo
	var g command.Given
	a, ok, err := readArrival(ctx, o, c.id)
	switch {
	case err != nil:
		return goods.Transfer{}, err
	case !ok:
		return goods.Transfer{}, fault.NotFound(c.name)
	case a.kind != "incoming":
		return goods.Transfer{}, command.Refused("%s has brought nothing: in Odoo its operation is %q.", c.name, a.kind)
	case a.state != "done":
		return goods.Transfer{}, command.Refused("Of %s nothing can go back: in Odoo it is in state %q.", c.name, a.state)
	}
	t := goods.Transfer{Operation: a.operation, From: a.to, To: a.from, Partner: a.partner, ReturnOf: c.id, Origin: "Return of " + a.number + ": " + c.reason}
	if c.from != 0 {
		place, ok, err := goods.PlaceOf(ctx, o, c.from)
		switch {
		case err != nil:
			return t, err
		case !ok:
			g.Wrong("source_location", "there is no locations/%d", c.from)
		case !place.InHouse():
			g.Wrong("source_location", "locations/%d (%s) is no place of the house", c.from, place.Name)
		}
		t.From = c.from
	}
	if err := g.Err(); err != nil {
		return t, err
	}
	m, err := c.has(ctx, w)
	if err != nil {
		return t, err
	}
	for i, l := range c.lines {
		move, err := c.move(ctx, o, &g, fmt.Sprintf("lines[%d]", i), l, m, t.From)
		if err != nil {
			return t, err
		}
		t.Company = m.demands[l.move].company
		t.Moves = append(t.Moves, move)
	}
	return t, g.Err()
}

// Do makes the return and books it.
func (c *sendBack) Do(ctx context.Context, w *command.Work) error {
	demands, err := demandsOf(ctx, w.Odoo, c.id)
	if err != nil {
		return err
	}
	var products []int64
	for _, l := range c.lines {
		products = append(products, demands[l.move].product)
	}
	var lanes []string
	for _, product := range compact(products) {
		lanes = append(lanes, goods.Lane(product))
	}
	leave, err := w.Alone(ctx, lanes...)
	if err != nil {
		return err
	}
	defer leave()
	return goods.Book(ctx, w, func(ctx context.Context) (goods.Transfer, error) { return c.plan(ctx, w) }, func(context.Context) (map[string]any, error) { return c.words, nil })
}

// compact leaves each id once, in order.
func compact(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
