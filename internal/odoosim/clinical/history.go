package clinical

import (
	"fmt"
	"math/rand/v2"
)

// stages are the orders that a hospital has at any time, each in another state.
var stages = [...]struct {
	name string
	do   func(d desk) error
}{
	{"a draft", func(d desk) error { _, err := d.order(0, 14); return err }},
	{"received and billed", func(d desk) error { return d.course(-40, -20, 1, &deviation{}) }},
	{"on its way", func(d desk) error { _, err := d.placed(-3, 9); return err }},
	{"partly delivered", func(d desk) error { return d.course(-25, -10, 0.4, nil) }},
	{"overdue", func(d desk) error { _, err := d.placed(-45, -18); return err }},
	{"billed at another price", func(d desk) error { return d.course(-30, -12, 1, &deviation{price: 0.08}) }},
	{"asked for", func(d desk) error { return d.asked("sent") }},
	{"billed for more than came", func(d desk) error { return d.course(-28, -9, 1, &deviation{quantity: 2}) }},
	{"before the manager", func(d desk) error { return d.asked("to approve") }},
	{"cancelled", func(d desk) error { return d.cancelled() }},
	{"partly delivered and billed", func(d desk) error { return d.course(-22, -6, 0.5, &deviation{}) }},
	{"received, partly returned", func(d desk) error { return d.returned() }},
	{"locked", func(d desk) error { return d.locked() }},
	{"received, not billed", func(d desk) error { return d.course(-15, -4, 1, nil) }},
}

// LoadHistory loads what has happened so far with that many products, which Load has
// created: stock in several places, orders in all states, bills, movements.
func LoadHistory(o Odoo, products int) error {
	rng := rand.New(rand.NewPCG(31, uint64(products)))
	if err := o.work(rng, places); err != nil {
		return fmt.Errorf("loading the places: %w", err)
	}
	for from := 0; from < min(products, 120); from += batch {
		err := o.work(rng, func(d desk) error { return opening(d, from, min(from+batch, products, 120)) })
		if err != nil {
			return fmt.Errorf("loading the stock: %w", err)
		}
	}
	if products == 0 {
		return nil
	}
	for i := range min(len(stages)*4, len(stages)+products/8) {
		s := stages[i%len(stages)]
		if err := o.work(rng, s.do); err != nil {
			return fmt.Errorf("loading an order, %s: %w", s.name, err)
		}
	}
	for i := range min(24, 6+products/20) {
		things := []func(desk) error{desk.toWard, desk.toWard, desk.toPharmacy, desk.intoQuarantine, desk.outOfQuarantine, desk.scrap}
		if err := o.work(rng, things[i%len(things)]); err != nil {
			return fmt.Errorf("loading movements: %w", err)
		}
	}
	if err := o.work(rng, desk.requisitions); err != nil {
		return fmt.Errorf("loading the requisitions: %w", err)
	}
	for _, odd := range oddities {
		if err := o.work(rng, odd.do); err != nil {
			return fmt.Errorf("loading %s: %w", odd.name, err)
		}
	}
	return nil
}

// placed is a confirmed order; 0 where nothing could be ordered.
func (d desk) placed(ordered, planned int) (int64, error) {
	id, err := d.order(ordered, planned)
	if err != nil || id == 0 {
		return 0, err
	}
	if err := d.confirm(id); err != nil || ordered >= 0 {
		return id, err
	}
	// It was confirmed when it was ordered, and not as the hospital is loaded.
	return id, d.Write("purchase.order", []int64{id}, map[string]any{"date_approve": d.days(ordered)})
}

// course is an order that is placed, received to a share and perhaps billed.
func (d desk) course(ordered, planned int, share float64, billed *deviation) error {
	id, err := d.placed(ordered, planned)
	if err != nil || id == 0 {
		return err
	}
	receipts, err := d.openReceipts(id)
	if err != nil {
		return err
	}
	for _, p := range receipts {
		if err := d.receive(p, share); err != nil {
			return err
		}
	}
	if billed == nil {
		return nil
	}
	return d.billIfDue(id, *billed)
}

func (d desk) billIfDue(order int64, by deviation) error {
	o, err := d.one("purchase.order", order, "invoice_status")
	if err != nil || o["invoice_status"] != "to invoice" {
		return err
	}
	return d.bill(order, by)
}

func (d desk) asked(state string) error {
	id, err := d.order(-1, 12)
	if err != nil || id == 0 {
		return err
	}
	return d.Write("purchase.order", []int64{id}, map[string]any{"state": state})
}

func (d desk) cancelled() error {
	id, err := d.placed(-20, 5)
	if err != nil || id == 0 {
		return err
	}
	_, err = d.Call("purchase.order", "button_cancel", []int64{id}, nil)
	return err
}

func (d desk) locked() error {
	id, err := d.placed(-60, -45)
	if err != nil || id == 0 {
		return err
	}
	button := "button_done"
	if d.version >= 19 {
		button = "button_lock"
	}
	_, err = d.Call("purchase.order", button, []int64{id}, nil)
	return err
}

func (d desk) returned() error {
	id, err := d.placed(-35, -21)
	if err != nil || id == 0 {
		return err
	}
	receipts, err := d.openReceipts(id)
	if err != nil {
		return err
	}
	for _, p := range receipts {
		if err := d.receive(p, 1); err != nil {
			return err
		}
		if err := d.sendBack(p); err != nil {
			return err
		}
	}
	return d.billIfDue(id, deviation{})
}
