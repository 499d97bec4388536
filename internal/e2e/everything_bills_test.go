package e2e

import (
	"fmt"
	"slices"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// charged is a bill, and the refunds that take it back.
type charged struct {
	reference string
	name      string
	state     string
	net       float64
	// cannulas, spoons and forks are what it bills.
	cannulas, spoons, forks float64
	refunds                 []refunded
}

type refunded struct {
	reference string
	net       float64
}

func billDay() *date.Date { return &date.Date{Year: 2026, Month: 11, Day: 28} }

// isBilled enters what has come and has not gone back, posts it, and takes it back in part
// or whole.
func (l *life) isBilled() {
	if l.err != nil {
		return
	}
	b := l.bought
	c := &charged{reference: "V-" + l.mark, state: "posted", cannulas: b.came - b.back, spoons: b.spoons, forks: b.forks}
	c.net = c.cannulas*2.75 + c.spoons*1.5 + c.forks*4
	l.bills = append(l.bills, c)
	made := does(l, "sue", l.invoices.CreateInvoice, &invoicev1.CreateInvoiceRequest{Invoice: &invoicev1.Invoice{
		Orders: []string{b.order.GetName()}, SupplierReference: c.reference, InvoiceDate: billDay(),
	}})
	c.name = made.GetInvoice().GetName()
	does(l, "sue", l.invoices.PostInvoice, &invoicev1.PostInvoiceRequest{Name: c.name})
	refused(l, "sue", l.invoices.CancelInvoice, &invoicev1.CancelInvoiceRequest{Name: c.name}, "BUSINESS_RULE")
	lines := made.GetInvoice().GetLines()
	if i := slices.IndexFunc(lines, func(line *invoicev1.InvoiceLine) bool { return line.GetProduct() == l.productName(l.cannula()) }); i >= 0 && l.maybe() {
		l.takesBack(c, 2.75, &invoicev1.ReversedLine{LineId: lines[i].GetId(), Quantity: much(1)})
	}
	if l.maybe() {
		l.takesBack(c, c.left())
		refused(l, "sue", l.invoices.ReverseInvoice, l.reversal(c), "BUSINESS_RULE")
	}
}

// left is what no refund has taken back.
func (c *charged) left() float64 {
	left := c.net
	for _, r := range c.refunds {
		left -= r.net
	}
	return left
}

func (l *life) reversal(c *charged, lines ...*invoicev1.ReversedLine) *invoicev1.ReverseInvoiceRequest {
	return &invoicev1.ReverseInvoiceRequest{
		Name: c.name, Lines: lines, Reason: "Broken & sent back", SupplierReference: fmt.Sprint("CN-", c.reference, "-", len(c.refunds)), InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 29},
	}
}

func (l *life) takesBack(c *charged, net float64, lines ...*invoicev1.ReversedLine) {
	request := l.reversal(c, lines...)
	does(l, "sue", l.invoices.ReverseInvoice, request)
	c.refunds = append(c.refunds, refunded{request.GetSupplierReference(), net})
}

// billsFreely enters a bill of no order, and cancels it, or posts it and takes it back.
func (l *life) billsFreely() {
	c := &charged{reference: "R-" + l.mark, net: 1300}
	l.bills = append(l.bills, c)
	line := func(text, n string, price float64) *invoicev1.InvoiceLine {
		return &invoicev1.InvoiceLine{Description: text, AccountCode: l.account, Quantity: &decimal.Decimal{Value: n}, UnitPrice: l.euros(price)}
	}
	request := &invoicev1.CreateInvoiceRequest{Invoice: &invoicev1.Invoice{
		Supplier: l.supplier, SupplierReference: c.reference, InvoiceDate: billDay(), Lines: []*invoicev1.InvoiceLine{line("Rent", "1", 1200), line("Heating", "2.5", 40)},
	}}
	c.name = does(l, "sue", l.invoices.CreateInvoice, request).GetInvoice().GetName()
	twin := &invoicev1.CreateInvoiceRequest{Invoice: request.GetInvoice()}
	refused(l, "sue", l.invoices.CreateInvoice, twin, "ALREADY_EXISTS")
	if c.state = "cancel"; l.maybe() {
		does(l, "sue", l.invoices.CancelInvoice, &invoicev1.CancelInvoiceRequest{Name: c.name})
		return
	}
	c.state = "posted"
	does(l, "sue", l.invoices.PostInvoice, &invoicev1.PostInvoiceRequest{Name: c.name})
	if l.maybe() {
		l.takesBack(c, c.net)
	}
}

// callsOff cancels an order of which nothing has come: a draft, or one that was released.
func (l *life) callsOff() {
	l.cancelled = l.mark + "-off"
	name := does(l, "sue", l.orders.CreateOrder, &orderv1.CreateOrderRequest{Order: &orderv1.Order{Supplier: l.supplier, Origin: l.cancelled, Lines: []*orderv1.OrderLine{
		{Product: l.productName(l.cannula()), Quantity: much(4), UnitPrice: l.euros(2.75)},
	}}}).GetOrder().GetName()
	if l.maybe() {
		does(l, "sue", l.orders.ReleaseOrder, &orderv1.ReleaseOrderRequest{Name: name})
	}
	does(l, "sue", l.orders.CancelOrder, &orderv1.CancelOrderRequest{Name: name})
	refused(l, "sue", l.orders.ReleaseOrder, &orderv1.ReleaseOrderRequest{Name: name}, "BUSINESS_RULE")
}
