package order

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/owned"
)

const (
	accepted    = orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_ACCEPTED
	changed     = orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_CHANGED
	backordered = orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_BACKORDERED
	rejected    = orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_REJECTED
	unanswered  = orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_UNSPECIFIED
)

// acknowledge keeps what the supplier answered to an order.
type acknowledge struct {
	command.Kept
	etag  string
	lines []*orderv1.AcknowledgedLine
	// order reads the order as the copy has it, so that it works while Odoo is down.
	order func(ctx context.Context, name string) (*orderv1.Order, error)
	clock clock.Clock
}

func (s *Service) beginAcknowledge(request proto.Message) (command.Command, error) {
	r := request.(*orderv1.AcknowledgeOrderRequest)
	var g command.Given
	c := &acknowledge{
		Kept: command.Kept{Name: r.GetName(), Model: orderModel, ID: g.ID("name", orderservice.Orders, r.GetName()), Book: s.owned},
		etag: r.GetEtag(), lines: r.GetLines(), order: s.whole, clock: s.desk.Clock,
	}
	c.Says = c.write
	if len(c.lines) == 0 {
		g.Wrong("lines", "give what the supplier said of a line")
	}
	said := map[string]int{}
	for i, l := range c.lines {
		at := fmt.Sprintf("lines[%d]", i)
		if before, twice := said[l.GetLineId()]; twice {
			g.Wrong(at+".line_id", "lines[%d] says something of the same line", before)
		}
		said[l.GetLineId()] = i
		sayable(&g, at, l)
	}
	return c, g.Err()
}

// sayable refuses what makes no sense of any line.
func sayable(g *command.Given, at string, l *orderv1.AcknowledgedLine) {
	g.Time(at+".promised_time", l.GetPromisedTime())
	if l.GetQuantity() != nil {
		g.Quantity(at+".quantity", l.GetQuantity())
	}
	if l.GetUnitPrice() != nil {
		g.Price(at+".unit_price", l.GetUnitPrice(), "")
	}
	none := func(field string, given bool) {
		if given {
			g.Wrong(at+"."+field, "leave it out: the line is not delivered")
		}
	}
	switch l.GetStatus() {
	case accepted, changed:
	case backordered:
		if l.GetPromisedTime() != nil {
			g.Wrong(at+".promised_time", "BACKORDERED means without a date: with one it is CHANGED")
		}
	case rejected:
		none("quantity", l.GetQuantity() != nil)
		none("promised_time", l.GetPromisedTime() != nil)
		none("unit_price", l.GetUnitPrice() != nil)
	default:
		g.Wrong(at+".status", "ACCEPTED, CHANGED, BACKORDERED or REJECTED")
	}
}

// Check refuses what does not fit the order, or is not the mesh's to keep.
func (c *acknowledge) Check(ctx context.Context, w *command.Work) error {
	if err := command.Unchanged(ctx, c.Name, c.etag, c.order); err != nil {
		return err
	}
	return c.Kept.Check(ctx, w)
}

// write is what is to be kept. What was said before is the book's to tell, as the copy
// may not show it yet.
func (c *acknowledge) write(ctx context.Context, w *command.Work) (owned.Write, error) {
	write := c.Write(w)
	o, err := c.order(ctx, c.Name)
	if err != nil {
		return write, err
	}
	kept, err := c.Book.Get(c.Collection(), c.Key())
	if err != nil {
		return write, err
	}
	before := answersIn(kept)
	answers, err := c.answers(o)
	if err != nil {
		return write, err
	}
	says := &orderv1.Order{}
	paths := []string{"acknowledgement_status"}
	status := before.status
	for i, a := range answers {
		id := c.lines[i].GetLineId()
		status[id] = a.GetStatus()
		says.Lines = append(says.Lines, &orderv1.OrderLine{Id: id, Acknowledgement: a, PromisedTime: a.GetPromisedTime()})
		paths = append(paths, "lines["+id+"].acknowledgement")
		if a.GetPromisedTime() != nil || before.promised[id] {
			paths = append(paths, "lines["+id+"].promised_time")
		}
	}
	says.AcknowledgementStatus = overall(o.GetLines(), status)
	write.Owner, write.Seen = optionsv1.Owner_OWNER_SUPPLIER_PORTAL, &kept.Revision
	write.Fields, err = owned.FieldsOf(says, paths...)
	return write, err
}

// answered is what was said of lines, by their ids.
type answered struct {
	status   map[string]orderv1.AcknowledgementStatus
	promised map[string]bool
}

// answersIn reads what the book keeps of lines.
func answersIn(kept owned.State) answered {
	a := answered{map[string]orderv1.AcknowledgementStatus{}, map[string]bool{}}
	for _, f := range kept.Fields {
		line, inside := strings.CutPrefix(f.Path, "lines[")
		id, field, _ := strings.Cut(line, "].")
		switch {
		case !inside:
		case field == "acknowledgement.status":
			a.status[id] = orderv1.AcknowledgementStatus(f.Value.Enum())
		case field == "promised_time":
			a.promised[id] = true
		}
	}
	return a
}

// answers are what is to be kept of each line of the request, and refuses what does not
// fit the line.
func (c *acknowledge) answers(o *orderv1.Order) ([]*orderv1.Acknowledgement, error) {
	switch o.GetState() {
	case orderv1.State_STATE_DRAFT:
		return nil, command.Refused("%s is a draft: the supplier has not been asked yet.", c.Name)
	case orderv1.State_STATE_CANCELLED:
		return nil, command.Refused("%s is cancelled.", c.Name)
	}
	lines := map[string]*orderv1.OrderLine{}
	for _, l := range o.GetLines() {
		lines[l.GetId()] = l
	}
	var g command.Given
	now := timestamppb.New(c.clock.Now())
	all := make([]*orderv1.Acknowledgement, len(c.lines))
	for i, said := range c.lines {
		at := fmt.Sprintf("lines[%d]", i)
		switch line := lines[said.GetLineId()]; {
		case line == nil:
			g.Wrong(at+".line_id", "%s has no such line", c.Name)
		case line.GetType() != orderv1.LineType_LINE_TYPE_PRODUCT:
			g.Wrong(at+".line_id", "this line of %s orders nothing", c.Name)
		default:
			all[i] = answer(&g, at, said, line, o.GetCurrencyCode())
			all[i].AcknowledgeTime, all[i].Revision = now, o.GetRevision()
		}
	}
	return all, g.Err()
}

// answer is what is to be kept of a line, and refuses what does not fit it.
func answer(g *command.Given, at string, said *orderv1.AcknowledgedLine, line *orderv1.OrderLine, currency string) *orderv1.Acknowledgement {
	a := &orderv1.Acknowledgement{Status: said.GetStatus(), Quantity: said.GetQuantity(), PromisedTime: said.GetPromisedTime(), Comment: said.GetComment()}
	otherQuantity := a.Quantity != nil && !equal(a.GetQuantity().GetValue(), line.GetQuantity().GetValue())
	if a.Quantity == nil {
		a.Quantity = line.GetQuantity()
	}
	if said.GetStatus() == rejected {
		a.Quantity = &decimal.Decimal{Value: "0"}
	}
	price := said.GetUnitPrice()
	if code := price.GetCurrencyCode(); code != "" && code != currency {
		g.Wrong(at+".unit_price.currency_code", "the order is in %s", currency)
	}
	otherPrice := price != nil && (line.GetUnitPrice() == nil || command.Amount(price) != command.Amount(line.GetUnitPrice()))
	if otherPrice {
		a.UnitPrice = &money.Money{CurrencyCode: currency, Units: price.GetUnits(), Nanos: price.GetNanos()}
	}
	otherTime := a.PromisedTime != nil && !proto.Equal(a.PromisedTime, line.GetRequestedTime())
	switch said.GetStatus() {
	case accepted:
		if otherQuantity {
			g.Wrong(at+".quantity", "%s are ordered: another quantity is CHANGED", line.GetQuantity().GetValue())
		}
		if otherPrice {
			g.Wrong(at+".unit_price", "the order says %s: another price is CHANGED", command.Amount(line.GetUnitPrice()))
		}
	case changed:
		if !otherQuantity && !otherPrice && !otherTime {
			g.Wrong(at+".status", "CHANGED needs another quantity, promised_time or unit_price than the line's")
		}
	}
	return a
}

// equal tells whether two decimals are one number.
func equal(a, b string) bool {
	x, known := number(a)
	y, is := number(b)
	return known && is && x.Cmp(y) == 0
}

func number(text string) (*big.Rat, bool) { return new(big.Rat).SetString(text) }

// overall is what was said of an order: the least favourable of what was said of its
// lines, where a line without an answer is worse than one that is accepted, and better
// than all others.
func overall(lines []*orderv1.OrderLine, said map[string]orderv1.AcknowledgementStatus) orderv1.AcknowledgementStatus {
	worst, open := unanswered, false
	for _, l := range lines {
		if l.GetType() == orderv1.LineType_LINE_TYPE_PRODUCT {
			status := said[l.GetId()]
			worst, open = max(worst, status), open || status == unanswered
		}
	}
	if open && worst == accepted {
		return unanswered
	}
	return worst
}
