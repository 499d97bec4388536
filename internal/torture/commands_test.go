package torture

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

const (
	pressMethod = orderv1.OrderService_ReleaseOrder_FullMethodName
	makeMethod  = orderv1.OrderService_CreateOrder_FullMethodName
	sayMethod   = orderv1.OrderService_UpdateOrder_FullMethodName
	amendMethod = orderv1.OrderService_AmendOrder_FullMethodName
	bookMethod  = receiptv1.ReceiptService_ReceiveReceipt_FullMethodName
	countMethod = inventoryv1.InventoryService_AdjustStock_FullMethodName
	holdMethod  = inventoryv1.InventoryService_HoldLot_FullMethodName
)

// bodyOf is what a request asks for, in a word.
func bodyOf(request proto.Message) string {
	switch r := request.(type) {
	case *orderv1.ReleaseOrderRequest:
		return "press " + r.GetName()
	case *orderv1.UpdateOrderRequest:
		return "say " + r.GetOrder().GetName()
	case *orderv1.AmendOrderRequest:
		return "amend " + r.GetName()
	case *receiptv1.ReceiveReceiptRequest:
		return "book " + r.GetName()
	case *inventoryv1.AdjustStockRequest:
		return "count " + r.GetName()
	case *inventoryv1.HoldLotRequest:
		return "hold " + r.GetName()
	case *productv1.CreateProductRequest:
		return "row " + r.GetProduct().GetSku()
	case *receiptv1.AnnounceReceiptRequest:
		return "announce " + r.GetName()
	case *orderv1.CreateOrderRequest:
		return "make " + r.GetOrder().GetSupplierReference()
	}
	return ""
}

// kinds are the shapes of commands: one call on a record, one that makes a record, one
// that writes a record and notes it in the same transaction, one that adds a row to a record
// before it is written and noted, two calls of which the second is refused when it is
// repeated, one that is done again whenever it is called, and one that the mesh itself
// keeps, from which another follows; and moreKinds. They are those of one life.
func (h *house) kinds(l *life) []command.Kind {
	return append(h.moreKinds(l), []command.Kind{
		{Name: "press", Method: pressMethod, Request: &orderv1.ReleaseOrderRequest{}, Begin: func(r proto.Message) (command.Command, error) {
			name := r.(*orderv1.ReleaseOrderRequest).GetName()
			return press{on{h, name, idIn(name), bodyOf(r)}}, nil
		}},
		{Name: "make", Method: makeMethod, Request: &orderv1.CreateOrderRequest{}, Begin: func(r proto.Message) (command.Command, error) {
			return makes{on{h, "", 0, bodyOf(r)}}, nil
		}},
		{Name: "say", Method: sayMethod, Request: &orderv1.UpdateOrderRequest{}, Begin: func(r proto.Message) (command.Command, error) {
			name := r.(*orderv1.UpdateOrderRequest).GetOrder().GetName()
			return say{on{h, name, idIn(name), bodyOf(r)}}, nil
		}},
		{Name: "amend", Method: amendMethod, Request: &orderv1.AmendOrderRequest{}, Begin: func(r proto.Message) (command.Command, error) {
			name := r.(*orderv1.AmendOrderRequest).GetName()
			return amends{on{h, name, idIn(name), bodyOf(r)}}, nil
		}},
		{Name: "book", Method: bookMethod, Request: &receiptv1.ReceiveReceiptRequest{}, Begin: func(r proto.Message) (command.Command, error) {
			name := r.(*receiptv1.ReceiveReceiptRequest).GetName()
			return book{on{h, name, idIn(name), bodyOf(r)}}, nil
		}},
		{Name: "count", Method: countMethod, Request: &inventoryv1.AdjustStockRequest{}, Begin: func(r proto.Message) (command.Command, error) {
			name := r.(*inventoryv1.AdjustStockRequest).GetName()
			return counts{on{h, name, idIn(name), bodyOf(r)}}, nil
		}},
		{Name: "hold", Method: holdMethod, Request: &inventoryv1.HoldLotRequest{}, Own: true, Begin: func(r proto.Message) (command.Command, error) {
			name := r.(*inventoryv1.HoldLotRequest).GetName()
			return holds{on{h, name, idIn(name), bodyOf(r)}, l}, nil
		}},
	}...)
}

func idIn(name string) (id int64) {
	_, _ = fmt.Sscan(name[strings.Index(name, "/")+1:], &id)
	return id
}

// on is what all commands have.
type on struct {
	house *house
	name  string
	id    int64
	body  string
}

func (o on) Document() string                           { return o.name }
func (o on) Check(context.Context, *command.Work) error { return nil }

// says is what Odoo is told beside: for whom it does it.
func (o on) says(w *command.Work) map[string]any {
	return map[string]any{"intent": w.ID, "body": o.body}
}

type press struct{ on }

func (p press) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	p.house.note(happening{what: looked, intent: w.ID})
	row, ok, err := w.Odoo.Row(ctx, "order", p.id, "pressed")
	if err == nil && !ok {
		err = fault.NotFound(p.name)
	}
	if err != nil {
		return command.Standing{}, err
	}
	s := command.Standing{Document: p.name, Model: "order", ID: p.id}
	if done, _ := row.Bool("pressed"); done {
		s.Stage = command.Done
	}
	return s, nil
}

func (p press) Do(ctx context.Context, w *command.Work) error {
	answer, err := w.Odoo.Do(ctx, "order", "press", []int64{p.id}, p.says(w))
	if command.Window(answer) != "" {
		return &command.Question{Text: "Is it meant?"}
	}
	return err
}

type makes struct{ on }

func (m makes) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	m.house.note(happening{what: looked, intent: w.ID})
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil || id == 0 {
		return command.Standing{}, err
	}
	return command.Standing{Stage: command.Done, Document: fmt.Sprint("orders/", id), Model: "order", ID: id}, nil
}

func (m makes) Do(ctx context.Context, w *command.Work) error {
	_, err := w.Odoo.Load(ctx, "order", []string{"id", "intent", "body"}, [][]string{{w.External(0), w.ID, m.body}})
	return err
}

// say writes a record: whether it was done is known from the note alone.
type say struct{ on }

func (c say) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	c.house.note(happening{what: looked, intent: w.ID})
	_, ok, err := w.Odoo.Row(ctx, "order", c.id, "pressed")
	if err == nil && !ok {
		err = fault.NotFound(c.name)
	}
	s := command.Standing{Document: c.name, Model: "order", ID: c.id}
	if err != nil {
		return s, err
	}
	if s.Noted, err = w.Noted(ctx, "order", c.id); s.Noted {
		s.Stage = command.Done
	}
	return s, err
}

func (c say) Do(ctx context.Context, w *command.Work) error {
	if _, err := w.Note(ctx, "order", c.id); err != nil {
		return err
	}
	_, err := w.Odoo.Do(ctx, "order", "write", []int64{c.id}, c.says(w))
	return err
}

// amends adds a row, once, and then writes the record: it is done where the note stands.
type amends struct{ on }

func (a amends) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	s, err := say(a).Look(ctx, w)
	if err != nil || s.Stage == command.Done {
		return s, err
	}
	added, err := w.Odoo.Find(ctx, w.External(1))
	if added != 0 {
		s.Stage, s.Evidence = command.Begun, "its row was added"
	}
	return s, err
}

func (a amends) Do(ctx context.Context, w *command.Work) error {
	added, err := w.Odoo.Find(ctx, w.External(1))
	if err == nil && added == 0 {
		_, err = w.Odoo.Load(ctx, "row", []string{"id", "intent", "body"}, [][]string{{w.External(1), w.ID, a.body}})
		if err == nil { // a yes is advice, and the note says that all is done
			added, err = w.Odoo.Find(ctx, w.External(1))
		}
		if err == nil && added == 0 {
			err = command.NotSeen("the row is not there")
		}
	}
	if err != nil {
		return err
	}
	return say(a).Do(ctx, w)
}

// counts is done again by each call: it waits while Odoo may still be at one.
type counts struct{ on }

func (c counts) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	c.house.note(happening{what: looked, intent: w.ID})
	row, _, err := w.Odoo.Row(ctx, "stockPosition", c.id, "counted")
	if err != nil {
		return command.Standing{}, err
	}
	s := command.Standing{Document: c.name, Model: "stockPosition", ID: c.id, Noted: true}
	if by, _ := row.String("counted"); slices.Contains(strings.Fields(by), w.ID) {
		s.Stage = command.Done
	}
	return s, nil
}

func (c counts) Do(ctx context.Context, w *command.Work) error {
	if w.Adrift {
		return command.Wait()
	}
	_, err := w.Odoo.Run(ctx, "stockPosition", "count", c.body, nil, map[string]any{"document": c.name, "intent": w.ID, "body": c.body})
	return err
}

type book struct{ on }

// read reads the receipt, and who has filled it.
func (b book) read(ctx context.Context, w *command.Work) (booked bool, by []string, err error) {
	row, ok, err := w.Odoo.Row(ctx, "receipt", b.id, "booked", "filled")
	if err == nil && !ok {
		err = fault.NotFound(b.name)
	}
	if err != nil {
		return false, nil, err
	}
	filled, _ := row.String("filled")
	booked, _ = row.Bool("booked")
	return booked, strings.Fields(filled), nil
}

func (b book) Check(ctx context.Context, w *command.Work) error {
	booked, _, err := b.read(ctx, w)
	if booked {
		return command.Refused("%s is booked already.", b.name)
	}
	return err
}

func (b book) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	b.house.note(happening{what: looked, intent: w.ID})
	booked, by, err := b.read(ctx, w)
	if err != nil {
		return command.Standing{}, err
	}
	mine := slices.Contains(by, w.ID)
	s := command.Standing{Document: b.name, Model: "receipt", ID: b.id}
	switch {
	case booked && mine:
		s.Stage = command.Done
	case mine:
		s.Stage, s.Evidence = command.Begun, "its lines are there"
	case len(by) > 0 && !booked:
		s.Stage, s.Question = command.Asks, b.name+" was filled by somebody else."
	}
	return s, nil
}

func (b book) Do(ctx context.Context, w *command.Work) error {
	if _, err := w.Odoo.Do(ctx, "receipt", "fill", []int64{b.id}, b.says(w)); err != nil {
		return err
	}
	_, err := w.Odoo.Do(ctx, "receipt", "book", []int64{b.id}, b.says(w))
	return err
}

// holds is kept by the mesh and not by Odoo. Before it is done, what follows from it is
// known to the ledger.
type holds struct {
	on
	life *life
}

// followsFrom is the request id of what follows from an intent.
func followsFrom(intent string) string { return "follows-" + intent }

func following(w *command.Work) *orderv1.CreateOrderRequest {
	return &orderv1.CreateOrderRequest{RequestId: followsFrom(w.ID), Order: &orderv1.Order{SupplierReference: "F-" + w.ID}}
}

func (c holds) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	c.house.note(happening{what: looked, intent: w.ID})
	s := command.Standing{Document: c.name, Model: "lot", ID: c.id}
	if !c.house.keeps(w.ID) {
		return s, nil
	}
	s.Stage = command.Begun
	followed, err := c.life.desk.Followed(ctx, w.Principal, makeMethod, following(w))
	if err == nil && followed != nil {
		s.Stage = command.Done
	}
	return s, err
}

func (c holds) Do(ctx context.Context, w *command.Work) error {
	if err := c.life.keep(w.ID, c.body, c.name); err != nil {
		return err
	}
	_, err := c.life.desk.Follow(ctx, w.Principal, makeMethod, following(w))
	return err
}
