package order

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	"odoomesh/internal/command"
)

// update changes a draft. Lines are added first, by load; all else is one write, which
// notes in the same transaction who asked for it: where the note stands, it was done.
type update struct {
	existing
	given *orderv1.Order
	// within is where the request says the order's fields: "order.", or nothing.
	within string
	// fields are those of the order that are meant.
	fields []protoreflect.FieldDescriptor
	// references are what becomes of the order's own fields, by Odoo's names.
	references map[string]string
	// whole says that lines are meant: lines are those that stay, and added the new ones.
	whole bool
	lines []changedLine
	added []newLine
	// made are the lines that were added, once this process has done so.
	made []int64
}

// changedLine is a line that is there. Empty is what stays as it is.
type changedLine struct {
	at                                      string
	id                                      int64
	given                                   *orderv1.OrderLine
	quantity, price, description, requested string
}

func (s *Service) beginUpdate(request proto.Message) (command.Command, error) {
	r := request.(*orderv1.UpdateOrderRequest)
	o := r.GetOrder()
	etag := r.GetEtag()
	if etag == "" {
		etag = o.GetEtag()
	}
	var g command.Given
	u := &update{existing: existing{name: o.GetName(), etag: etag, id: g.ID("order.name", orderservice.Orders, o.GetName()), live: s.live}, given: o, within: "order.", references: map[string]string{}}
	u.fields = g.Meant(o, r.GetUpdateMask().GetPaths(), "supplier_reference, origin, or lines")
	for _, f := range u.fields {
		switch f.Name() {
		case "supplier_reference":
			u.references["partner_ref"] = g.Text("order.supplier_reference", o.GetSupplierReference(), mostText)
		case "origin":
			u.references["origin"] = g.Text("order.origin", o.GetOrigin(), mostText)
		case "lines":
			u.whole = true
			u.readLines(&g, g.Quantity)
		}
	}
	if u.whole && etag == "" && g.Err() == nil {
		return nil, command.Blind(u.name, "the lines")
	}
	return u, g.Err()
}

// readLines reads the lines; quantity reads how much of one that is there is ordered.
func (u *update) readLines(g *command.Given, quantity func(field string, d *decimal.Decimal) string) {
	if n := len(u.given.GetLines()); n == 0 || n > mostLines {
		g.Wrong(u.within+"lines", "an order needs a line, and takes up to %d", mostLines)
	}
	said := map[int64]string{}
	for i, l := range u.given.GetLines() {
		at := fmt.Sprintf("%slines[%d]", u.within, i)
		if l.GetId() == "" {
			u.added = append(u.added, newLineOf(g, at, l, ""))
			continue
		}
		c := changedLine{
			at: at, given: l, description: g.Text(at+".description", l.GetDescription(), mostText), requested: requestedAt(g, at, l),
		}
		var err error
		if c.id, err = strconv.ParseInt(l.GetId(), 10, 64); err != nil || c.id <= 0 {
			g.Wrong(at+".id", "the id of a line of the order, such as 491; none of one that is to be added")
		}
		if before, twice := said[c.id]; twice {
			g.Wrong(at+".id", "%s is the same line", before)
		}
		said[c.id] = at
		if heading := l.GetType() > orderv1.LineType_LINE_TYPE_PRODUCT; l.GetQuantity() != nil && !heading {
			c.quantity = quantity(at+".quantity", l.GetQuantity())
		}
		if l.GetUnitPrice() != nil {
			c.price = g.Price(at+".unit_price", l.GetUnitPrice(), "")
		}
		u.lines = append(u.lines, c)
	}
	allScheduled(g, u.added)
}

// changeable are the fields of a line that is there which a caller may change.
var changeable = []protoreflect.Name{"id", "quantity", "unit_price", "requested_time", "description"}

// Check refuses what does not fit the order.
func (u *update) Check(ctx context.Context, w *command.Work) error {
	now, err := u.live(ctx, u.name)
	if err != nil {
		return err
	}
	if !command.Seen(u.etag, now) {
		return command.Stale(u.name)
	}
	if _, err := u.draft(ctx, w.Odoo); err != nil {
		return err
	}
	var g command.Given
	for _, f := range u.fields {
		switch f.Name() {
		case "supplier_reference", "origin":
		case "lines":
			u.fit(&g, now)
		default:
			g.AsItIs("order", f, u.given.ProtoReflect(), now.ProtoReflect())
		}
	}
	if len(u.added) > 0 {
		if err := orderable(ctx, w.Odoo, &g, u.added); err != nil {
			return err
		}
	}
	return g.Err()
}

// draft reads the order; one that is no draft is refused.
func (u *update) draft(ctx context.Context, o *command.Odoo) (order, error) {
	found, err := u.read(ctx, o)
	if err == nil && !found.draft() {
		err = command.Refused("%s is no draft: in Odoo it is in state %q.", u.name, found.state)
	}
	return found, err
}

// fit refuses lines that are not the order's, and what of them is not to be changed.
func (u *update) fit(g *command.Given, now *orderv1.Order) {
	for _, l := range u.lines {
		i := slices.IndexFunc(now.GetLines(), func(is *orderv1.OrderLine) bool { return is.GetId() == l.given.GetId() })
		if i < 0 {
			g.Wrong(l.at+".id", "%s has no such line", u.name)
			continue
		}
		is := now.GetLines()[i]
		l.given.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			if !slices.Contains(changeable, f.Name()) || is.GetType() != orderv1.LineType_LINE_TYPE_PRODUCT && f.Name() != "description" {
				g.AsItIs(l.at, f, l.given.ProtoReflect(), is.ProtoReflect())
			}
			return true
		})
	}
	for i, l := range u.given.GetLines() {
		if code := l.GetUnitPrice().GetCurrencyCode(); code != "" && code != now.GetCurrencyCode() {
			g.Wrong(fmt.Sprintf("%slines[%d].unit_price.currency_code", u.within, i), "the order is in %s", now.GetCurrencyCode())
		}
	}
}
