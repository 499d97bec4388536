package receipt

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// receive books what has come: as much of each lot as the request says, and nothing of
// what Odoo proposes.
type receive struct {
	name, etag string
	id         int64
	close      bool
	lines      []received
	live       func(ctx context.Context, name string) (*receiptv1.Receipt, error)
	copied     reader
}

// received is a quantity of a lot that has come.
type received struct {
	move     int64
	quantity string
	lot      string
	expires  *date.Date
}

func (s *Service) beginReceive(request proto.Message) (command.Command, error) {
	r := request.(*receiptv1.ReceiveReceiptRequest)
	var g command.Given
	c := &receive{
		name: r.GetName(), etag: r.GetEtag(), id: g.ID("name", receiptservice.Receipts, r.GetName()),
		close: r.GetRemainder() == receiptv1.Remainder_REMAINDER_CLOSE, live: s.live, copied: s.copied,
	}
	for i, l := range r.GetLines() {
		at := fmt.Sprintf("lines[%d]", i)
		move, err := strconv.ParseInt(l.GetLineId(), 10, 64)
		if err != nil {
			g.Wrong(at+".line_id", "give the id of a line of the receipt")
		}
		line := received{move: move, quantity: g.Quantity(at+".quantity", l.GetQuantity()), lot: strings.TrimSpace(g.Text(at+".lot_number", l.GetLotNumber(), 200)), expires: g.Expiry(at+".expiration_date", l.GetExpirationDate())}
		if line.lot != l.GetLotNumber() {
			g.Wrong(at+".lot_number", "there is white space around it: leave that out")
		}
		if line.expires != nil && line.lot == "" {
			g.Wrong(at+".expiration_date", "it is the day of a lot: give its number")
		}
		c.lines = append(c.lines, line)
	}
	return c, g.Err()
}

// Document is the receipt.
func (c *receive) Document() string { return c.name }

// Look tells from the transfer's state, and whether a line that was asked for is in it:
// what others have booked is not what was asked for.
func (c *receive) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, ok, err := readTransfer(ctx, w.Odoo, c.id)
	if err == nil && !ok {
		err = fault.NotFound(c.name)
	}
	if err != nil {
		return command.Standing{}, err
	}
	s := command.Standing{Document: c.name, Model: transferModel, ID: c.id}
	own, err := c.own(ctx, w, found)
	if err != nil {
		return s, err
	}
	s.Evidence = fmt.Sprintf("%s %d is in state %q", transferModel, c.id, found.state)
	if own == 0 {
		return s, nil
	}
	s.Evidence += fmt.Sprintf(", and has the line %d of mesh.x_%s", own, w.ID)
	s.Stage = command.Begun
	if found.state != "done" {
		return s, nil
	}
	s.Stage = command.Done
	if s.Deviations, s.Warnings, err = c.deviations(ctx, w.Odoo); err == nil {
		s.Warnings = append(s.Warnings, c.announcedOtherwise(ctx)...)
	}
	return s, err
}

// announcedOtherwise warns of what came otherwise than the supplier had announced. What
// is booked is booked, also where that cannot be told.
func (c *receive) announcedOtherwise(ctx context.Context) (warnings []string) {
	r, err := c.copied(ctx, c.name)
	if err != nil || len(standing(r)) == 0 {
		return nil
	}
	if r, err = c.live(ctx, c.name); err != nil {
		return nil
	}
	rest, err := restsOf(ctx, r, c.live)
	if err != nil {
		return nil
	}
	for _, d := range differences(r, rest) {
		warnings = append(warnings, "Otherwise than announced: "+d+".")
	}
	return warnings
}

// own is one of the lines that were asked for; 0 where there is none. All are made at once;
// where the transfer is done, people may have deleted some of them before.
func (c *receive) own(ctx context.Context, w *command.Work, found transfer) (int64, error) {
	for n := range c.lines {
		id, err := w.Odoo.Find(ctx, w.External(n+1))
		if err != nil || id != 0 || found.state != "done" {
			return id, err
		}
	}
	return 0, nil
}

// Unchanged refuses a receipt that has changed since its etag was read.
func (c *receive) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, c.name, c.etag, c.live)
}

// Check refuses what Odoo would book otherwise than it was meant, or in silence.
func (c *receive) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	lines, err := c.plan(ctx, w.Odoo)
	if err != nil {
		return err
	}
	_, err = c.proposed(ctx, w, lines)
	return err
}

func (c *receive) closed(found transfer) error {
	return command.Refused("%s cannot be received: in Odoo it is in state %q.", c.name, found.state)
}

// booked is a line of the request with what Odoo needs to book it.
type booked struct {
	received
	demand demand
	goods  article
	// lot is the one that Odoo has; 0 where it is new.
	lot int64
}

// plan finds for each line of the request what Odoo needs, and refuses what does not fit.
func (c *receive) plan(ctx context.Context, o *command.Odoo) ([]booked, error) {
	found, ok, err := readTransfer(ctx, o, c.id)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fault.NotFound(c.name)
	case !found.open():
		return nil, c.closed(found)
	case found.kind != "incoming":
		return nil, command.Refused("%s is no receipt: in Odoo its operation is %q.", c.name, found.kind)
	}
	demands, err := demandsOf(ctx, o, c.id)
	if err != nil {
		return nil, err
	}
	products, err := articlesOf(ctx, o, demands)
	if err != nil {
		return nil, err
	}
	var g command.Given
	lines := make([]booked, len(c.lines))
	seen := map[string]int{}
	for i, l := range c.lines {
		at := fmt.Sprintf("lines[%d]", i)
		d, ok := demands[l.move]
		if !ok || d.state == "cancel" {
			g.Wrong(at+".line_id", "%s has no such line that is open", c.name)
			continue
		}
		lines[i] = booked{received: l, demand: d, goods: products[d.product]}
		if before, twice := seen[fmt.Sprint(l.move, " ", l.lot)]; twice {
			g.Wrong(at, "lines[%d] says the same line and lot: give the sum", before)
		}
		seen[fmt.Sprint(l.move, " ", l.lot)] = i
		if err := lines[i].check(ctx, o, at, &g); err != nil {
			return nil, err
		}
	}
	return lines, g.Err()
}

// check looks for the lot, and refuses what Odoo would drop or make up.
func (b *booked) check(ctx context.Context, o *command.Odoo, at string, g *command.Given) error {
	switch {
	case b.goods.tracking == "none" && b.received.lot != "":
		g.Wrong(at+".lot_number", "%s has no lots", productName(b.demand.product))
		return nil
	case b.goods.tracking == "none":
		return nil
	case b.received.lot == "":
		g.Wrong(at+".lot_number", "%s is tracked: give the number of the lot", productName(b.demand.product))
		return nil
	case b.goods.tracking == "serial" && b.quantity != "1":
		g.Wrong(at+".quantity", "%s is tracked by serials: 1 of each", productName(b.demand.product))
	}
	lots, err := lotsOf(ctx, o, b.demand, b.received.lot)
	if err != nil {
		return err
	}
	switch {
	case len(lots) > 1:
		g.Wrong(at+".lot_number", "Odoo has %d lots of this number, told apart by white space or by company: merge them first", len(lots))
	case len(lots) == 0 && b.goods.expires && b.expires == nil:
		g.Wrong(at+".expiration_date", "the lot is new and %s expires: without the date Odoo makes one up", productName(b.demand.product))
	case b.expires != nil && !b.goods.expires:
		g.Wrong(at+".expiration_date", "%s has no expiry dates in Odoo, which would drop it in silence", productName(b.demand.product))
	case len(lots) == 1:
		b.lot = lots[0].id
		if day := lots[0].day(o.Zone()); b.expires != nil && day != dayText(b.expires) {
			g.Wrong(at+".expiration_date", "Odoo has the lot with the expiry %q: one of the two is wrong", day)
		}
	}
	return nil
}

// deviations are what is booked otherwise than it was asked.
func (c *receive) deviations(ctx context.Context, o *command.Odoo) (all []*commandv1.Deviation, warnings []string, err error) {
	sums, expected, err := bookedOf(ctx, o, c.id)
	if err != nil {
		return nil, nil, err
	}
	asked := map[lotOfMove]float64{}
	for i, l := range c.lines {
		quantity, err := strconv.ParseFloat(l.quantity, 64)
		if err != nil {
			return nil, nil, err
		}
		key := lotOfMove{l.move, l.lot}
		asked[key] += quantity
		if found := sums[key]; !command.Same(l.quantity, found) {
			all = append(all, &commandv1.Deviation{Field: fmt.Sprintf("lines[%d].quantity", i), Asked: l.quantity, Found: command.Float(found)})
		}
	}
	late, err := c.lotDays(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, late...)
	received := map[int64]float64{}
	for key, quantity := range sums {
		if _, ours := asked[key]; !ours && quantity != 0 {
			all = append(all, &commandv1.Deviation{Field: fmt.Sprintf("line %d, lot %q", key.move, key.lot), Asked: "0", Found: command.Float(quantity)})
		}
		received[key.move] += quantity
	}
	rest, err := c.remainder(ctx, o, received)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, rest...)
	for move, quantity := range received {
		if quantity > expected[move] && expected[move] > 0 {
			warnings = append(warnings, fmt.Sprintf("Of line %d more has come than was expected: %s of %s.", move, command.Float(quantity), command.Float(expected[move])))
		}
	}
	return all, warnings, nil
}

// remainder is what became of what has not come, where somebody has booked the transfer
// in Odoo and decided otherwise.
func (c *receive) remainder(ctx context.Context, o *command.Odoo, received map[int64]float64) ([]*commandv1.Deviation, error) {
	open, err := backordersOf(ctx, o, c.id)
	switch {
	case err != nil || c.close == (len(open) == 0):
		return nil, err
	case c.close:
		return []*commandv1.Deviation{{Field: "remainder", Asked: "closed", Found: strings.Join(open, ", ") + " still expects it"}}, nil
	}
	demands, err := demandsOf(ctx, o, c.id)
	if err != nil {
		return nil, err
	}
	came := map[int64]bool{}
	for move := range received {
		came[demands[move].product] = true
	}
	for move, d := range demands {
		// Up to 16 Odoo splits what is not wanted off, as a cancelled line.
		if d.state == "cancel" && o.Major() < 17 && came[d.product] || d.state == "done" && received[move] < d.quantity {
			return []*commandv1.Deviation{{Field: "remainder", Asked: "still expected", Found: "closed: no transfer expects it"}}, nil
		}
	}
	return nil, nil
}

// lotDays are the lots that expire on another day than was asked for: somebody else has
// received the same new lot at the same time, or corrected it.
func (c *receive) lotDays(ctx context.Context, o *command.Odoo) (all []*commandv1.Deviation, err error) {
	demands, err := demandsOf(ctx, o, c.id)
	if err != nil {
		return nil, err
	}
	for i, l := range c.lines {
		if l.expires == nil {
			continue
		}
		lots, err := lotsOf(ctx, o, demands[l.move], l.lot)
		if err != nil {
			return nil, err
		}
		for _, lot := range lots {
			if day := lot.day(o.Zone()); day != dayText(l.expires) {
				all = append(all, &commandv1.Deviation{Field: fmt.Sprintf("lines[%d].expiration_date", i), Asked: dayText(l.expires), Found: day})
			}
		}
	}
	return all, nil
}

func productName(id int64) string { return resource.Name("products", id) }
