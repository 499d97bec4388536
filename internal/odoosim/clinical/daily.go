package clinical

// daily is what goes on in purchasing and in the store, one thing a step.
var daily = [...]struct {
	name string
	do   func(d desk) error
}{
	{"something is asked for", func(d desk) error { _, err := d.requisition(); return err }},
	{"a requisition is approved", desk.approveSome},
	{"an order is drafted", func(d desk) error { _, err := d.order(0, 3+d.rng.IntN(20)); return err }},
	{"an order is confirmed", desk.confirmSome},
	{"goods come", func(d desk) error { return d.receiveSome(1) }},
	{"some of the goods come", func(d desk) error { return d.receiveSome(0.5) }},
	{"a bill is posted", desk.billSome},
	{"a ward is supplied", desk.toWard},
	{"the pharmacy is supplied", desk.toPharmacy},
	{"something is held back", desk.intoQuarantine},
	{"something is released", desk.outOfQuarantine},
	{"something is thrown away", desk.scrap},
	{"something is counted", desk.recount},
	{"something goes back to its supplier", desk.returnSome},
	{"an order is cancelled", desk.cancelSome},
	{"the scheduler tidies up", desk.tidy},
}

// tidy is what Odoo's scheduler does: quants are merged, empty ones deleted.
func (d desk) tidy() error {
	_, err := d.Call("stock.quant", "_quant_tasks", nil, nil)
	return err
}

func (d desk) confirmSome() error {
	id, err := d.pick("purchase.order", leaf("state", "in", []any{"draft", "sent"}))
	if err != nil || id == 0 {
		return err
	}
	return d.confirm(id)
}

func (d desk) receiveSome(share float64) error {
	id, err := d.pick("stock.picking", leaf("state", "=", "assigned"), leaf("picking_type_code", "=", "incoming"))
	if err != nil || id == 0 {
		return err
	}
	return d.receive(id, share)
}

// billSome bills an order; one bill in five does not match what came.
func (d desk) billSome() error {
	id, err := d.pick("purchase.order", leaf("invoice_status", "=", "to invoice"))
	if err != nil || id == 0 {
		return err
	}
	by := deviation{}
	switch d.rng.IntN(10) {
	case 0:
		by.price = 0.05
	case 1:
		by.quantity = 1
	}
	return d.bill(id, by)
}

func (d desk) returnSome() error {
	id, err := d.pick("stock.picking", leaf("state", "=", "done"), leaf("picking_type_code", "=", "incoming"), leaf("partner_id", "!=", false))
	if err != nil || id == 0 {
		return err
	}
	return d.sendBack(id)
}

func (d desk) cancelSome() error {
	id, err := d.pick("purchase.order", leaf("state", "in", []any{"draft", "sent"}))
	if err != nil || id == 0 {
		return err
	}
	_, err = d.Call("purchase.order", "button_cancel", []int64{id}, nil)
	return err
}
