package console

import (
	"fmt"
	"net/http"

	"google.golang.org/grpc/codes"

	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

// trace shows where a lot came from and went: as a picture, and as tables.
func (c *Console) trace(r *http.Request) (*page, error) {
	name := "lots/" + r.PathValue("id")
	t, err := tracev1.NewTraceServiceClient(c.Conn).TraceLot(r.Context(), &tracev1.TraceLotRequest{Name: name})
	switch codeOf(err) {
	case codes.OK:
	case codes.InvalidArgument, codes.NotFound:
		return &page{code: http.StatusNotFound, Title: cut(clean(name), longestCell), Problem: "There is no such lot, or it is not for you."}, nil
	default:
		return nil, err
	}
	known := c.named(r.Context(), gather(t.ProtoReflect())...)
	for _, w := range t.GetWhereabouts() {
		if known[w.GetLocation()] == "" && w.GetLocationName() != "" {
			known[w.GetLocation()] = w.GetLocationName()
		}
	}
	unit := clean(t.GetUnit().GetDisplayName())
	p := &page{Title: "The way of lot " + cut(clean(t.GetLot().GetLotNumber()), longestCell), Lead: []value{c.ref(t.GetLot().GetProduct(), known), {Text: "The lot itself", Link: c.link(name)}, {Text: "Quantities are in " + unit + "."}}}
	p.Sections = append(p.Sections, section{Title: "The picture", Graph: c.drawn(t, known)})
	from := &table{Caption: "Where it came from", None: "It is not known where it came from.", Head: []column{{Name: "Supplier"}, {Name: "Order"}, {Name: "Receipt"}, {Name: "When"}, {"Quantity", true}}}
	for _, o := range t.GetOrigins() {
		supplier := c.short(o.GetSupplier(), known)
		if o.GetSupplierName() != "" {
			supplier.Text = words(o.GetSupplierName()).Text
		}
		if o.GetAssignedLocation() != "" {
			supplier = c.short(o.GetAssignedLocation(), known)
			supplier.Note = "stock that became this lot"
		}
		if supplier.Text == "" {
			supplier.Text = "not from a supplier"
		}
		receipt := c.short(o.GetReceipt(), known)
		if o.GetTransferNumber() != "" {
			receipt.Text = words(o.GetTransferNumber()).Text
		}
		from.Rows = append(from.Rows, []value{supplier, c.short(o.GetOrder(), known), receipt, c.when(o.GetArriveTime()), numeral(o.GetQuantity().GetValue())})
	}
	where := &table{Caption: "Where it is, and where it left the house", None: "It is nowhere.", Head: []column{{Name: "Place"}, {Name: "In the house"}, {Name: "Last moved"}, {"Quantity", true}}}
	for _, w := range t.GetWhereabouts() {
		in := value{Text: "no"}
		if w.GetInHouse() {
			in.Text = "yes"
		}
		where.Rows = append(where.Rows, []value{c.short(w.GetLocation(), known), in, c.when(w.GetLastMoveTime()), numeral(w.GetQuantity().GetValue())})
	}
	steps := &table{Caption: "Every movement, in order", None: "It has not moved.", Head: []column{{Name: "When"}, {Name: "Why"}, {Name: "From"}, {Name: "To"}, {Name: "Transfer"}, {"Quantity", true}}}
	for _, s := range t.GetSteps()[:min(len(t.GetSteps()), mostRows)] {
		transfer := words(s.GetTransferNumber())
		if transfer.Text == "" {
			transfer.Text = s.GetMovement() + s.GetInventoryEvent()
		}
		transfer.Link = c.link(s.GetMovement() + s.GetInventoryEvent())
		steps.Rows = append(steps.Rows, []value{c.when(s.GetMoveTime()), {Text: enumText(s.GetType().Descriptor(), s.GetType().Number())}, c.short(s.GetSourceLocation(), known), c.short(s.GetDestinationLocation(), known), transfer, numeral(s.GetQuantity().GetValue())})
	}
	last := section{Title: "Movements", Table: steps}
	if n := len(t.GetSteps()); n > mostRows {
		last.More = &value{Text: fmt.Sprintf("The first %d of %d are shown; all are in the answer as JSON.", mostRows, n), Link: "/v1/" + name + ":trace"}
	}
	p.Sections = append(p.Sections, section{Title: "Origins", Table: from}, section{Title: "Whereabouts", Table: where}, last)
	return p, nil
}
