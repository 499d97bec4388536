package invoice

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// create makes a draft of a bill for an order: all of it in one call, which makes bill
// and lines once however often it is sent. Odoo's own way of making one makes another at
// each call.
type create struct {
	order     int64
	orderName string
	reference string
	day       string
	// lines are what is billed, by the order's lines; none: all that is to be billed.
	lines []newLine
	// planned are those that were sent where the request names none.
	planned []newLine
}

// newLine is a line of the order that is billed.
type newLine struct {
	orderLine int64
	quantity  string
	// price is empty where it is the order's; currency is the one that it was given in,
	// and empty where none was said.
	price, currency string
}

func beginCreate(request proto.Message) (command.Command, error) {
	i := request.(*invoicev1.CreateInvoiceRequest).GetInvoice()
	if len(i.GetOrders()) == 0 && i.GetSupplier() != "" {
		return beginFree(i)
	}
	var g command.Given
	g.Only("invoice", i, "orders", "supplier_reference", "invoice_date", "lines")
	c := &create{reference: g.Text("invoice.supplier_reference", i.GetSupplierReference(), 500)}
	if len(i.GetOrders()) != 1 {
		g.Wrong("invoice.orders", "give the one order that it bills, or the supplier of a bill without an order")
	} else {
		c.orderName = i.GetOrders()[0]
		c.order = g.ID("invoice.orders[0]", "orders", c.orderName)
	}
	if c.day = g.Day("invoice.invoice_date", i.GetInvoiceDate()); i.GetInvoiceDate() == nil {
		g.Wrong("invoice.invoice_date", "give the day that stands on the bill")
	}
	if len(i.GetLines()) > 1000 {
		g.Wrong("invoice.lines", "up to 1000 lines")
	}
	seen := map[int64]bool{}
	for n, l := range i.GetLines() {
		at := fmt.Sprintf("invoice.lines[%d]", n)
		g.Only(at, l, "order_line_id", "quantity", "unit_price")
		line := newLine{quantity: g.Quantity(at+".quantity", l.GetQuantity())}
		id, err := strconv.ParseInt(l.GetOrderLineId(), 10, 64)
		if err != nil || id < 1 || seen[id] {
			g.Wrong(at+".order_line_id", "give the id of a line of the order, each once")
		}
		line.orderLine, seen[id] = id, true
		if l.GetUnitPrice() != nil {
			line.price, line.currency = g.Price(at+".unit_price", l.GetUnitPrice(), ""), l.GetUnitPrice().GetCurrencyCode()
		}
		c.lines = append(c.lines, line)
	}
	return c, g.Err()
}

// Document is the order: of two that bill it at once the second has to see the first.
func (c *create) Document() string { return c.orderName }

// Look finds the bill by its external id.
func (c *create) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil {
		return command.Standing{}, err
	}
	if id == 0 {
		return command.Standing{Evidence: "Odoo has nothing under the external id " + w.External(0)}, nil
	}
	s := command.Standing{
		Stage: command.Done, Document: resource.Name(invoiceservice.Invoices, id), Model: invoiceModel, ID: id,
		Evidence: fmt.Sprintf("%s %d has the external id %s", invoiceModel, id, w.External(0)),
	}
	s.Deviations, s.Warnings, err = c.differences(ctx, w.Odoo, id)
	return s, err
}

// differences are what the bill says otherwise than it was asked, because somebody has
// changed it since, and what of the order is billed twice: Odoo lets two bill one thing.
func (c *create) differences(ctx context.Context, o *command.Odoo, id int64) (all []*commandv1.Deviation, warnings []string, err error) {
	compare := func(field, asked, found string) {
		if asked != found {
			all = append(all, &commandv1.Deviation{Field: field, Asked: asked, Found: found})
		}
	}
	bill, _, err := readBill(ctx, o, id)
	if err != nil {
		return nil, nil, err
	}
	compare("state", "draft", bill.state)
	compare("supplier_reference", c.reference, bill.reference)
	compare("invoice_date", c.day, bill.day)
	found, others, err := billedBy(ctx, o, id)
	if err != nil {
		return nil, nil, err
	}
	billed := slices.Sorted(maps.Keys(found))
	asked := c.lines
	if len(asked) == 0 {
		asked = c.planned // unknown to a mesh that has restarted since
	}
	for i, l := range asked {
		at, is := fmt.Sprintf("lines[%d].", i), found[l.orderLine]
		if !command.Same(l.quantity, is.quantity) {
			compare(at+"quantity", l.quantity, command.Float(is.quantity))
		}
		if l.price != "" && !command.Same(l.price, is.price) {
			compare(at+"unit_price", l.price, command.Float(is.price))
		}
		delete(found, l.orderLine)
	}
	if len(asked) > 0 {
		others += len(found)
	}
	if others > 0 {
		compare("lines", "no others", fmt.Sprintf("%d others", others))
	}
	warnings, err = c.billedTwice(ctx, o, billed)
	return all, warnings, err
}

// billedTwice tells which lines are billed by more than is to be billed by now.
func (c *create) billedTwice(ctx context.Context, o *command.Odoo, billed []int64) (warnings []string, err error) {
	lines, err := orderLines(ctx, o, c.order)
	for _, id := range billed {
		if l, ok := lines[id]; ok && l.billable().Sign() < 0 {
			warnings = append(warnings, fmt.Sprintf("Of line %d of %s %s more are billed than are to be billed: somebody else bills them, too, or goods went back.", id, c.orderName, command.Float(-asFloat(l.billable()))))
		}
	}
	return warnings, err
}

// Check refuses what Odoo would take: more than has come, and twice.
func (c *create) Check(ctx context.Context, w *command.Work) error {
	_, _, err := c.plan(ctx, w.Odoo)
	return err
}

// plan finds the lines of the order, with how much of each is billed.
func (c *create) plan(ctx context.Context, o *command.Odoo) (order, []orderLine, error) {
	found, ok, err := readOrder(ctx, o, c.order)
	switch {
	case err != nil:
		return order{}, nil, err
	case !ok:
		return order{}, nil, fault.NotFound(c.orderName)
	case !found.released:
		return order{}, nil, command.Refused("%s is not released: there is nothing to bill.", c.orderName)
	}
	all, err := orderLines(ctx, o, c.order)
	if err != nil {
		return order{}, nil, err
	}
	var lines []orderLine
	if len(c.lines) == 0 {
		for _, l := range all {
			if open := l.billable(); open.Sign() > 0 {
				l.billing = open.FloatString(digits)
				lines = append(lines, l)
			}
		}
		if len(lines) == 0 {
			return order{}, nil, command.Refused("There is nothing to bill of %s: what has come is billed.", c.orderName)
		}
		return found, lines, nil
	}
	var g command.Given
	for i, asked := range c.lines {
		at := fmt.Sprintf("invoice.lines[%d]", i)
		l, ok := all[asked.orderLine]
		if !ok {
			g.Wrong(at+".order_line_id", "%s has no such line", c.orderName)
			continue
		}
		if asked.currency != "" && asked.currency != found.currencyCode {
			g.Wrong(at+".unit_price.currency_code", "the order is in %s", found.currencyCode)
		}
		want, _ := new(big.Rat).SetString(asked.quantity)
		if open := l.billable(); want == nil || want.Cmp(open) > 0 {
			g.Wrong(at+".quantity", "of the line %s is to be billed: what has come (or, where the product is billed as ordered, what was ordered) less what is billed", command.Float(asFloat(open)))
		}
		l.billing, l.asked = asked.quantity, asked.price
		lines = append(lines, l)
	}
	return found, lines, g.Err()
}

// digits are those behind the point of a quantity.
const digits = 9

func asFloat(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}
