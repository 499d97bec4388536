package order

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	"odoomesh/internal/command"
	"odoomesh/internal/resource"
)

// create makes a draft: all of it in one call, which makes order and lines once however
// often it is sent.
type create struct {
	*sourced
	supplier          int64
	reference, origin string
	currency          string
	// company is whose order it is to be; 0: Odoo's choice.
	company int64
	lines   []newLine
}

// newLine is a line that is to be made.
type newLine struct {
	at              string // where the request says it, such as "order.lines[0]"
	product, unit   int64  // a unit of 0 is the one that the product is bought in
	description     string
	quantity, price string
	// discount is in percent; a new line has none.
	discount float64
	// requested is in Odoo's form; empty: Odoo counts from the supplier's delay.
	requested string
}

const (
	// mostLines and mostText bound an order, and each of its texts in characters.
	mostLines = 1000
	mostText  = 500
)

// currencyOf is the currency of an order: what it says, else what its prices say; empty
// where they say nothing, and Odoo takes the supplier's. A price in another one is
// refused.
func currencyOf(o *orderv1.Order) string {
	if o.GetCurrencyCode() != "" {
		return o.GetCurrencyCode()
	}
	for _, l := range o.GetLines() {
		if code := l.GetUnitPrice().GetCurrencyCode(); code != "" {
			return code
		}
	}
	return ""
}

// odooTime is how Odoo writes a time, in UTC.
const odooTime = time.DateTime

func (s *Service) beginCreate(request proto.Message) (command.Command, error) {
	asked := request.(*orderv1.CreateOrderRequest)
	o := asked.GetOrder()
	var g command.Given
	g.Only("order", o, "supplier", "supplier_reference", "origin", "currency_code", "lines")
	c := &create{
		sourced: s.sourced(), supplier: g.ID("order.supplier", "suppliers", o.GetSupplier()), reference: g.Text("order.supplier_reference", o.GetSupplierReference(), mostText),
		origin: g.Text("order.origin", o.GetOrigin(), mostText), currency: currencyOf(o), company: asked.GetCompanyId(),
	}
	if n := len(o.GetLines()); n == 0 || n > mostLines {
		g.Wrong("order.lines", "an order needs a line, and takes up to %d", mostLines)
	}
	for i, l := range o.GetLines() {
		c.lines = append(c.lines, newLineOf(&g, fmt.Sprintf("order.lines[%d]", i), l, c.currency))
	}
	allScheduled(&g, c.lines)
	return c, g.Err()
}

// newLineOf reads a line that is to be made.
func newLineOf(g *command.Given, at string, l *orderv1.OrderLine, currency string) newLine {
	g.Only(at, l, "product", "description", "quantity", "unit", "unit_price", "requested_time")
	line := newLine{
		at: at, product: g.ID(at+".product", "products", l.GetProduct()), description: g.Text(at+".description", l.GetDescription(), mostText),
		quantity: g.Quantity(at+".quantity", l.GetQuantity()), price: g.Price(at+".unit_price", l.GetUnitPrice(), currency),
		requested: requestedAt(g, at, l),
	}
	if l.GetUnit() != nil {
		g.Only(at+".unit", l.GetUnit(), "name")
		line.unit = g.ID(at+".unit.name", "units", l.GetUnit().GetName())
	}
	return line
}

// requestedAt is when a line is wanted, in Odoo's form; empty where that is not said.
func requestedAt(g *command.Given, at string, l *orderv1.OrderLine) string {
	g.Time(at+".requested_time", l.GetRequestedTime())
	if l.GetRequestedTime() == nil {
		return ""
	}
	return l.GetRequestedTime().AsTime().Format(odooTime)
}

// allScheduled refuses new lines of which some say when they are wanted and others do
// not: load takes a time for each or for none.
func allScheduled(g *command.Given, lines []newLine) {
	for _, l := range lines {
		if l.requested == "" && slices.ContainsFunc(lines, func(other newLine) bool { return other.requested != "" }) {
			g.Wrong(l.at+".requested_time", "give it of all new lines or of none")
		}
	}
}

// Document is none: the order is not there yet.
func (c *create) Document() string { return "" }

// Look finds the order by its external id.
func (c *create) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil {
		return command.Standing{}, err
	}
	if id == 0 {
		return command.Standing{Evidence: "Odoo has nothing under the external id " + w.External(0)}, nil
	}
	s := command.Standing{
		Stage: command.Done, Document: resource.Name(orderservice.Orders, id), Model: orderModel, ID: id,
		Evidence: fmt.Sprintf("%s %d has the external id %s", orderModel, id, w.External(0)),
	}
	s.Deviations, err = c.deviations(ctx, w.Odoo, id)
	return s, err
}

// deviations are what the order says otherwise than it was asked: Odoo has rounded, or
// somebody has changed it since.
func (c *create) deviations(ctx context.Context, o *command.Odoo, id int64) ([]*commandv1.Deviation, error) {
	var lines []line
	read := command.Beside(func() (err error) {
		lines, err = linesOf(ctx, o, id)
		return err
	})
	head, err := readHead(ctx, o, id)
	if err := cmp.Or(err, <-read); err != nil {
		return nil, err
	}
	var all []*commandv1.Deviation
	compare := func(field, asked, found string) {
		if asked != found {
			all = append(all, &commandv1.Deviation{Field: field, Asked: asked, Found: found})
		}
	}
	compare("state", "draft", strings.Replace(head.state, "sent", "draft", 1))
	compare("supplier", supplierName(c.supplier), supplierName(head.supplier))
	compare("supplier_reference", c.reference, head.reference)
	compare("origin", c.origin, head.origin)
	if c.currency != "" {
		compare("currency_code", c.currency, head.currency)
	}
	if c.company != 0 {
		compare("company_id", strconv.FormatInt(c.company, 10), strconv.FormatInt(head.company, 10))
	}
	compare("lines", strconv.Itoa(len(c.lines))+" lines", strconv.Itoa(len(lines))+" lines")
	if len(lines) != len(c.lines) {
		return all, nil
	}
	for i, l := range c.lines {
		all = append(all, deviationsOf(l, lines[i], fmt.Sprintf("lines[%d].", i))...)
	}
	return all, nil
}

// deviationsOf are what a line says otherwise than it was asked.
func deviationsOf(asked newLine, found line, at string) (all []*commandv1.Deviation) {
	compare := func(field, asked, found string) {
		if asked != found {
			all = append(all, &commandv1.Deviation{Field: at + field, Asked: asked, Found: found})
		}
	}
	compare("product", productName(asked.product), productName(found.product))
	if !command.Same(asked.quantity, found.quantity) {
		compare("quantity", asked.quantity, command.Float(found.quantity))
	}
	if !command.Same(asked.price, found.price) {
		compare("unit_price", asked.price, command.Float(found.price))
	}
	if found.discount != asked.discount {
		compare("discount_percent", command.Float(asked.discount), command.Float(found.discount))
	}
	if asked.unit != 0 {
		compare("unit.name", unitName(asked.unit), unitName(found.unit))
	}
	if asked.requested != "" {
		compare("requested_time", asked.requested, found.requested)
	}
	return all
}

func supplierName(id int64) string { return resource.Name("suppliers", id) }

func unitName(id int64) string { return resource.Name("units", id) }
