package models

import "odoomesh/internal/odoosim/orm"

// cancelOrder cancels an order and what has not come of it. It answers None. Up to 18
// an order of which something has come is kept; from 19 on a locked one is.
func cancelOrder(order record) error {
	checks := []func(record) error{receivedBefore, billedBefore}
	if order.e.DB().Version >= 19 {
		checks = []func(record) error{lockedBefore, billedBefore}
	}
	for _, check := range checks {
		if err := check(order); err != nil {
			return err
		}
	}
	for _, p := range recs(order.e, "stock.picking", pickingsOf(order)) {
		if ended(p) {
			continue
		}
		if err := cancelMoves(p.all("move_ids")); err != nil {
			return err
		}
	}
	if err := order.write(map[string]any{"state": "cancel"}); err != nil {
		return err
	}
	return refreshWithLines(order)
}

func receivedBefore(order record) error {
	for _, l := range order.all("order_line") {
		for _, move := range l.all("move_ids") {
			switch {
			case move.text("state") != "done":
			case order.e.DB().Version < 18:
				return orm.Rule("Unable to cancel purchase order %s as some receptions have already been done.", order.text("name"))
			default:
				return orm.Rule("Unable to cancel purchase order(s): %s since they have receipts that are already done.", order.text("name"))
			}
		}
	}
	return nil
}

func billedBefore(order record) error {
	for _, bill := range order.all("invoice_ids") {
		switch s := bill.text("state"); {
		case s == "draft" || s == "cancel":
		case order.e.DB().Version < 18:
			return orm.Rule("Unable to cancel this purchase order. You must first cancel the related vendor bills.")
		default:
			return orm.Rule("Unable to cancel purchase order(s): %s. You must first cancel their related vendor bills.", order.e.DisplayName(order.m, order.id))
		}
	}
	return nil
}

func lockedBefore(order record) error {
	if order.is("locked") {
		return orm.Rule("Unable to cancel purchase order(s): %s. You must first unlock them.", order.e.DisplayName(order.m, order.id))
	}
	return nil
}
