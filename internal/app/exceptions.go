package app

import (
	"context"

	"odoomesh/internal/read"
	"odoomesh/services"
	"odoomesh/services/inventory"
	"odoomesh/services/operations"
	"odoomesh/services/operations/exception"
	"odoomesh/services/order"
	"odoomesh/services/receipt"
)

// openBoard makes the board of exceptions, which lies in the journal of events.
func (a *App) openBoard() error {
	var err error
	a.board, err = exception.New(exception.Config{
		Journal: a.stores.events, Tokens: a.tokens, Escalate: a.events.Escalate, Zone: a.zone, Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
		Accept: func(ctx context.Context, c exception.Cause, reason, by string) error {
			if a.notices != nil && c.Kind == exception.AnnouncementDifference {
				return a.notices.Accept(ctx, c, reason, by)
			}
			if a.book == nil {
				return nil
			}
			return inventory.AcceptDrift(ctx, a.book, c, reason, by)
		},
	})
	return err
}

// Exceptions is the board as its service sees it.
func (r *rooms) Exceptions() operations.Exceptions { return r.app.board }

// openLookouts makes what looks for causes in what the mesh knows of records.
func (a *App) openLookouts(domains []services.Domain, all *rooms) (err error) {
	if serves(domains, "inventory") {
		if a.heldMoves, err = inventory.NewHeldMoves(all, a.config.HoldLocations, a.stores.log.Head); err != nil {
			return err
		}
	}
	if serves(domains, "order") {
		if a.answers, err = order.NewAnswers(all, a.clock, a.stores.log.Head); err != nil {
			return err
		}
	}
	if serves(domains, "receipt") {
		a.notices, err = receipt.NewNotices(all, a.owned, a.clock, a.stores.log.Head)
	}
	return err
}

// watches look for what people have to settle.
func (a *App) watches() []exception.Watch {
	faulty := func(ctx context.Context, collections []string, atMost int) ([]read.FaultyRecord, error) {
		found, _, err := read.FaultyRecords(ctx, a.stores.cache, a.stores.log.ID(), a.tokens.For(ctx), collections, atMost, "")
		return found, err
	}
	all := append(exception.Capture(a.engine, faulty), exception.Trust(a.servers.guard, a.trail)...)
	all = append(all, exception.Odoo(a.desk.Changed), exception.OdooPassword(a.keeper.Ending), exception.Deferred(a.desk.Deferred, a.config.DeferredAlarm, a.clock))
	if a.governed != nil {
		all = append(all, exception.Governed(a.governed.Beside))
	}
	if a.heldMoves != nil {
		all = append(all, a.heldMoves.Watch())
	}
	if a.matcher != nil {
		all = append(all, a.matcher.Watch())
	}
	if a.answers != nil {
		all = append(all, a.answers.Watch())
	}
	if a.notices != nil {
		all = append(all, a.notices.Watch())
	}
	return all
}
