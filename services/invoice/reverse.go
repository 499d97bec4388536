package invoice

import (
	"context"
	"fmt"
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

// reverse takes a posted bill back: it loads a refund with external ids, which makes it
// once however often it is sent, and posts it. Odoo's own wizard makes another refund at
// each call.
type reverse struct {
	name, etag             string
	id                     int64
	day, reference, reason string
	lines                  []reversedLine
	// planned are those that were sent where the request names none.
	planned []reversedLine
	live    func(ctx context.Context, name string) (*invoicev1.Invoice, error)
}

// reversedLine is how much of a line of the bill is taken back.
type reversedLine struct {
	id       int64
	quantity string
}

func (s *Service) beginReverse(request proto.Message) (command.Command, error) {
	r := request.(*invoicev1.ReverseInvoiceRequest)
	var g command.Given
	c := &reverse{
		name: r.GetName(), etag: r.GetEtag(), id: g.ID("name", invoiceservice.Invoices, r.GetName()), live: s.live,
		day: g.Day("invoice_date", r.GetInvoiceDate()), reference: g.Code("supplier_reference", r.GetSupplierReference(), 500), reason: g.Text("reason", r.GetReason(), 500),
	}
	if r.GetInvoiceDate() == nil {
		g.Wrong("invoice_date", "give the day that stands on the refund")
	}
	seen := map[int64]bool{}
	for n, l := range r.GetLines() {
		at := fmt.Sprintf("lines[%d].", n)
		id, err := strconv.ParseInt(l.GetLineId(), 10, 64)
		if err != nil || id < 1 || seen[id] {
			g.Wrong(at+"line_id", "give the id of a line of the bill, each once")
		}
		seen[id] = true
		c.lines = append(c.lines, reversedLine{id, g.Quantity(at+"quantity", l.GetQuantity())})
	}
	return c, g.Err()
}

// Document is the bill: of two that take it back at once the second has to see the first.
func (c *reverse) Document() string { return c.name }

// Look finds the refund by its external id, and tells from its state.
func (c *reverse) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil {
		return command.Standing{}, err
	}
	if id == 0 {
		return command.Standing{Evidence: "Odoo has nothing under the external id " + w.External(0)}, nil
	}
	refund, ok, err := readBill(ctx, w.Odoo, id)
	if err != nil || !ok {
		return command.Standing{}, err
	}
	s := command.Standing{
		Stage: command.Begun, Document: resource.Name(invoiceservice.Invoices, id), Model: invoiceModel, ID: id,
		Evidence: fmt.Sprintf("%s %d has the external id %s and is in state %q", invoiceModel, id, w.External(0), refund.state),
	}
	switch refund.state {
	case "cancel":
		s.Stage, s.Question = command.Asks, fmt.Sprintf("The refund %s was made, and somebody has cancelled it in Odoo: set it back to draft and post it there, or give this up.", s.Document)
	case "posted":
		s.Stage = command.Done
		s.Evidence += ", as " + refund.number
		s.Deviations, s.Warnings, err = c.differences(ctx, w, refund)
	}
	return s, err
}

// differences are what the refund says otherwise than it was asked, and what people should
// know of it.
func (c *reverse) differences(ctx context.Context, w *command.Work, refund bill) (all []*commandv1.Deviation, warnings []string, err error) {
	compare := func(field, asked, found string) {
		if asked != found {
			all = append(all, &commandv1.Deviation{Field: field, Asked: asked, Found: found})
		}
	}
	compare("supplier_reference", c.reference, refund.reference)
	compare("invoice_date", c.day, refund.day)
	compare("reversal_of", c.name, resource.Name(invoiceservice.Invoices, refund.reverses))
	lines, err := linesOf(ctx, w.Odoo, refund.id)
	if err != nil {
		return nil, nil, err
	}
	asked := c.lines
	if len(asked) == 0 {
		asked = c.planned // unknown to a mesh that has restarted since
	}
	for i, l := range asked {
		made, err := w.Odoo.Find(ctx, w.External(int(l.id)))
		if err != nil {
			return nil, nil, err
		}
		at := slices.IndexFunc(lines, func(is line) bool { return is.id == made })
		switch {
		case at < 0:
			compare(fmt.Sprintf("lines[%d]", i), "a line", "none: it was deleted")
		case !command.Same(l.quantity, lines[at].quantity):
			compare(fmt.Sprintf("lines[%d].quantity", i), l.quantity, command.Float(lines[at].quantity))
		}
	}
	if len(asked) > 0 && len(lines) > len(asked) {
		compare("lines", "no others", fmt.Sprintf("%d others", len(lines)-len(asked)))
	}
	if refund.total != 0 && command.Same(command.Float(refund.total), refund.residual) {
		warnings = append(warnings, fmt.Sprintf("Odoo has not set it off against %s: it stands as a credit of %s until somebody does.", c.name, command.Float(refund.residual)))
	}
	taken, err := takenBack(ctx, w.Odoo, c.id)
	if err != nil {
		return nil, nil, err
	}
	of, ok, err := readBill(ctx, w.Odoo, c.id)
	if sum := taken.total; err == nil && ok && sum > of.total && !command.Same(command.Float(of.total), sum) {
		warnings = append(warnings, fmt.Sprintf("Refunds of %s come to %s, and it bills %s: somebody else takes it back, too.", c.name, command.Float(sum), command.Float(of.total)))
	}
	return all, warnings, err
}

// Unchanged refuses a bill that has changed since its etag was read.
func (c *reverse) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, c.name, c.etag, c.live)
}

// Check refuses what Odoo would take: more than is billed, and twice.
func (c *reverse) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	_, _, err := c.plan(ctx, w.Odoo)
	return err
}

// plan finds the lines of the bill, with how much of each is taken back.
func (c *reverse) plan(ctx context.Context, o *command.Odoo) (of bill, lines []line, err error) {
	of, ok, err := readBill(ctx, o, c.id)
	switch {
	case err != nil:
		return of, nil, err
	case !ok:
		return of, nil, fault.NotFound(c.name)
	case of.kind != "in_invoice":
		return of, nil, command.Refused("%s is no bill: in Odoo it is of type %q.", c.name, of.kind)
	case of.state == "draft":
		return of, nil, command.Refused("%s is a draft: it is cancelled, by invoices.cancel.", c.name)
	case of.state != "posted":
		return of, nil, command.Refused("%s is not posted: in Odoo it is in state %q.", c.name, of.state)
	}
	var g command.Given
	if c.day < of.day {
		g.Wrong("invoice_date", "not before the bill, which is of %s", of.day)
	}
	all, err := linesOf(ctx, o, c.id)
	if err != nil {
		return of, nil, err
	}
	taken, err := takenBack(ctx, o, c.id)
	if err != nil {
		return of, nil, err
	}
	open := taken.open(all)
	for i, asked := range c.lines {
		at := fmt.Sprintf("lines[%d].", i)
		n := slices.IndexFunc(all, func(l line) bool { return l.id == asked.id })
		if n < 0 {
			g.Wrong(at+"line_id", "%s has no such line", c.name)
			continue
		}
		want, _ := new(big.Rat).SetString(asked.quantity)
		if want == nil || want.Cmp(open[n]) > 0 {
			g.Wrong(at+"quantity", "of the line %s can be taken back: what is billed, less what refunds have taken back", command.Float(asFloat(open[n])))
		}
		l := all[n]
		l.reversing = asked.quantity
		lines = append(lines, l)
	}
	if len(c.lines) == 0 {
		for n, l := range all {
			if open[n].Sign() != 0 {
				l.reversing = open[n].FloatString(digits)
				lines = append(lines, l)
			}
		}
	}
	if err := g.Err(); err != nil {
		return of, nil, err
	}
	if len(lines) == 0 {
		return of, nil, command.Refused("There is nothing to take back of %s: refunds have taken it back (%s).", c.name, command.Listed(taken.names))
	}
	return of, lines, c.unused(ctx, o, of)
}

// unused refuses a number of the supplier's that another of its refunds is posted under.
func (c *reverse) unused(ctx context.Context, o *command.Odoo, of bill) error {
	if c.reference == "" {
		return nil
	}
	return unlike(ctx, o, bill{supplier: of.supplier, reference: c.reference, kind: "in_refund"})
}

// Do loads the refund, and posts it. One document of a supplier is posted at a time.
func (c *reverse) Do(ctx context.Context, w *command.Work) error {
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil {
		return err
	}
	if id == 0 {
		of, lines, err := c.plan(ctx, w.Odoo)
		if err != nil {
			return err
		}
		leave, err := w.Alone(ctx, resource.Name("suppliers", of.supplier))
		if err != nil {
			return err
		}
		defer leave()
		if err := c.unused(ctx, w.Odoo, of); err != nil {
			return err
		}
		if id, err = c.load(ctx, w, lines); err != nil {
			return err
		}
	}
	if w.Odoo.Dry() { // there is none to be read
		return book(ctx, w, bill{id: id})
	}
	draft, ok, err := readBill(ctx, w.Odoo, id)
	if err == nil && !ok {
		err = fault.NotFound(resource.Name(invoiceservice.Invoices, id))
	}
	if err != nil {
		return err
	}
	return book(ctx, w, draft)
}

func (c *reverse) load(ctx context.Context, w *command.Work, lines []line) (int64, error) {
	head, err := headOf(ctx, w.Odoo, c.id)
	if err != nil {
		return 0, err
	}
	c.planned = nil
	for _, l := range lines {
		c.planned = append(c.planned, reversedLine{l.id, l.reversing})
	}
	columns, rows := refundOf(w, c, head, lines)
	ids, err := w.Odoo.Load(ctx, invoiceModel, columns, rows)
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}
