package command

import (
	"context"

	"odoomesh/internal/odoo"
)

// Holding is a command that can tell that Odoo holds already what is asked for, whoever
// has brought it there, so that nothing is left to do. Callers of one command have it
// carried out in any case, so that it is noted who has asked; an import of many does not.
type Holding interface {
	Holds(ctx context.Context, w *Work) (document string, holds bool, err error)
}

// Holds tells whether Odoo holds already what a request asks for. What was taken on before
// is not looked at: that is for Carry to tell.
func (d *Desk) Holds(ctx context.Context, method string, request Request) (document string, holds bool, err error) {
	ctx = odoo.WithPriority(ctx, odoo.PriorityCommand)
	w, err := d.wish(ctx, method, request)
	if err != nil {
		return "", false, err
	}
	command, can := w.command.(Holding)
	if !can {
		return "", false, nil
	}
	if kept, err := d.ledger.find(w.id); err != nil || kept != nil {
		return "", false, err
	}
	// What was put off before may change it yet.
	if err := d.queueRead(); err != nil || d.queue.ahead(w.command.Document()) != nil {
		return "", false, err
	}
	if err := d.admitted(ctx, w.kind); err != nil {
		return "", false, err
	}
	work := w.work(d, true)
	work.Odoo.seen.begin()
	defer work.Odoo.seen.end()
	return command.Holds(ctx, work)
}
