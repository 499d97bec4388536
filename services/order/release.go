package order

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// existing is what the commands on an order that is there have in common.
type existing struct {
	name, etag string
	id         int64
	live       func(ctx context.Context, name string) (*orderv1.Order, error)
}

func (s *Service) existing(name, etag string) (existing, error) {
	var g command.Given
	e := existing{name: name, etag: etag, id: g.ID("name", orderservice.Orders, name), live: s.live}
	return e, g.Err()
}

// Document is the order.
func (e existing) Document() string { return e.name }

// Unchanged refuses an order that has changed since its etag was read.
func (e existing) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, e.name, e.etag, e.live)
}

// read reads the order; one that is gone is refused.
func (e existing) read(ctx context.Context, o *command.Odoo) (order, error) {
	found, ok, err := readOrder(ctx, o, e.id)
	if err == nil && !ok {
		err = fault.NotFound(e.name)
	}
	return found, err
}

func (e existing) standing(found order) command.Standing {
	return command.Standing{Document: e.name, Model: orderModel, ID: e.id, Evidence: fmt.Sprintf("%s %d is in state %q", orderModel, e.id, found.state)}
}

// release orders what a draft says.
type release struct {
	existing
	*sourced
	// lastPrice is the newest row of the suppliers' price list before the order was
	// confirmed; below 0 where that is not known.
	lastPrice int64
	policy    policy
}

func (s *Service) beginRelease(request proto.Message) (command.Command, error) {
	r := request.(*orderv1.ReleaseOrderRequest)
	e, err := s.existing(r.GetName(), r.GetEtag())
	return &release{existing: e, sourced: s.sourced(), lastPrice: -1, policy: s.policy()}, err
}

// Look tells from the order's state.
func (r *release) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, price, err := r.readWithPrice(ctx, w.Odoo, r.lastPrice >= 0)
	if err != nil {
		return command.Standing{}, err
	}
	s := r.standing(found)
	switch {
	case found.released():
		s.Stage = command.Done
		s.Evidence += ", released at " + found.approved
		if price < 0 || price != r.lastPrice {
			s.Deviations, err = r.pricesLearnt(ctx, w.Odoo, found)
		}
	case found.state == "to approve":
		s.Stage = command.Asks
		s.Question = "Odoo wants the order approved: somebody with the right to approve purchases has to do that in Odoo."
	}
	return s, err
}

// readWithPrice reads the order and, where it is wanted, beside it which row of the price
// list is the newest; below 0 where it is not.
func (r *release) readWithPrice(ctx context.Context, o *command.Odoo, wanted bool) (found order, price int64, err error) {
	price = -1
	priced := command.Beside(func() (err error) {
		if wanted {
			price, err = o.Newest(ctx, priceModel)
		}
		return err
	})
	found, err = r.read(ctx, o)
	err = errors.Join(err, <-priced)
	return found, price, err
}

// Check refuses what Odoo would take, and nobody can have meant.
func (r *release) Check(ctx context.Context, w *command.Work) error {
	if err := r.Unchanged(ctx); err != nil {
		return err
	}
	found, err := r.read(ctx, w.Odoo)
	if err != nil {
		return err
	}
	if !found.draft() {
		return r.noDraft(found)
	}
	priced := command.Beside(func() (err error) {
		r.lastPrice, err = w.Odoo.Newest(ctx, priceModel)
		return err
	})
	_, err = r.ordered(ctx, w.Odoo)
	if err = errors.Join(err, <-priced); err != nil {
		return err
	}
	if err := r.policy.approved(ctx, r.existing); err != nil {
		return err
	}
	return r.judgeAll(ctx, w, found)
}

// ordered are the lines of an order; one of nothing, or of less, is refused.
func (e existing) ordered(ctx context.Context, o *command.Odoo) ([]line, error) {
	lines, err := linesOf(ctx, o, e.id)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, command.Refused("%s has no line that orders something.", e.name)
	}
	for i, l := range lines {
		// Odoo makes a delivery to the supplier of it.
		if l.quantity < 0 {
			return nil, command.Refused("Line %d of %s orders %s.", i+1, e.name, command.Float(l.quantity))
		}
	}
	return lines, nil
}

// noDraft refuses what cannot be confirmed any more. Odoo keeps when an order was released
// also where somebody has cancelled it since.
func (e existing) noDraft(found order) error {
	if found.approved != "" {
		return command.Refused("%s is no draft: it was released at %s, and is in state %q in Odoo now.", e.name, found.approved, found.state)
	}
	return command.Refused("%s is no draft: in Odoo it is in state %q.", e.name, found.state)
}

// Do confirms the order. Odoo leaves one that is no draft as it is.
func (r *release) Do(ctx context.Context, w *command.Work) error {
	if r.policy.on { // somebody may have changed it since it was checked
		found, err := r.read(ctx, w.Odoo)
		if err == nil && found.draft() {
			err = r.policy.approved(ctx, r.existing)
		}
		if err != nil {
			return err
		}
	}
	return confirm(ctx, w.Odoo, r.id)
}

// pricesLearnt are the supplier's prices that Odoo writes into its list when it confirms
// an order of something that it has no price of. Where nobody has seen the list before,
// those count that are no older than the confirmation.
func (r *release) pricesLearnt(ctx context.Context, o *command.Odoo, found order) ([]*commandv1.Deviation, error) {
	prices, err := pricesSince(ctx, o, found, r.lastPrice)
	if err != nil || len(prices) == 0 {
		return nil, err
	}
	return []*commandv1.Deviation{{Field: "supplier_prices of the products", Found: "Odoo took over as the supplier's: " + strings.Join(prices, ", ")}}, nil
}

// cancel cancels an order of which nothing has come.
type cancel struct{ existing }

func (s *Service) beginCancel(request proto.Message) (command.Command, error) {
	r := request.(*orderv1.CancelOrderRequest)
	e, err := s.existing(r.GetName(), r.GetEtag())
	return cancel{e}, err
}

// Look tells from the order's state.
func (c cancel) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	found, err := c.read(ctx, w.Odoo)
	if err != nil {
		return command.Standing{}, err
	}
	s := c.standing(found)
	if found.state == "cancel" {
		s.Stage = command.Done
		s.Warnings, err = c.come(ctx, w.Odoo)
	}
	return s, err
}

// come tells what has come, or is billed, of an order that is cancelled, as some releases
// of Odoo let people do.
func (c cancel) come(ctx context.Context, o *command.Odoo) (warnings []string, err error) {
	lines, err := linesOf(ctx, o, c.id)
	for i, l := range lines {
		if l.received != 0 || l.billed != 0 {
			warnings = append(warnings, fmt.Sprintf("Of line %d of %s, %s have been received and %s billed: somebody has cancelled it nevertheless, or received it meanwhile.", i+1, c.name, command.Float(l.received), command.Float(l.billed)))
		}
	}
	return warnings, err
}

// Check refuses what some releases of Odoo cancel and others do not: an order of which
// something has come, or is billed, or that is locked.
func (c cancel) Check(ctx context.Context, w *command.Work) error {
	if err := c.Unchanged(ctx); err != nil {
		return err
	}
	return c.possible(ctx, w.Odoo)
}

func (c cancel) possible(ctx context.Context, o *command.Odoo) error {
	found, err := c.read(ctx, o)
	if err != nil {
		return err
	}
	if found.locked {
		return command.Refused("%s is locked: unlock it in Odoo first.", c.name)
	}
	lines, err := linesOf(ctx, o, c.id)
	if err != nil {
		return err
	}
	for i, l := range lines {
		if l.received != 0 || l.billed != 0 {
			return command.Refused("Of line %d of %s, %s have been received and %s billed: it cannot be cancelled.", i+1, c.name, command.Float(l.received), command.Float(l.billed))
		}
	}
	return nil
}

// Do cancels the order, while nobody receives something of it through the mesh: from 19 on
// Odoo lets both be done. Odoo leaves an order that is cancelled as it is.
func (c cancel) Do(ctx context.Context, w *command.Work) error {
	receipts, err := receiptsOf(ctx, w.Odoo, c.id)
	if err != nil {
		return err
	}
	leave, err := w.Alone(ctx, receipts...)
	if err != nil {
		return err
	}
	defer leave()
	if err := c.possible(ctx, w.Odoo); err != nil {
		return err
	}
	_, err = w.Odoo.Do(ctx, orderModel, "button_cancel", []int64{c.id}, nil)
	return err
}

func productName(id int64) string { return resource.Name("products", id) }
