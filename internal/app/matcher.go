package app

import (
	"odoomesh/services"
	"odoomesh/services/invoice"
	"odoomesh/services/invoice/match"
)

// openMatcher makes what compares invoices with their orders and receipts.
func (a *App) openMatcher(domains []services.Domain, all *rooms) error {
	if !serves(domains, "invoice") || !serves(domains, "order") || !serves(domains, "product") {
		return nil
	}
	compared := []string{"invoices", "orders", "products"}
	var err error
	a.matcher, err = invoice.NewMatcher(invoice.MatcherConfig{
		Rooms: all, Log: a.stores.log, Cache: a.stores.cache, Owned: a.owned, Rules: func() match.Rules { return a.policies().tolerances }, Clock: a.clock, Logger: a.logger,
		Followers: a.engine.Followers(),
		Loaded: func() (bool, error) {
			mark, err := a.loadOf(compared)
			return mark != nil, err
		},
	})
	return err
}

// Matcher compares invoices with their orders.
func (r *rooms) Matcher() *invoice.Matcher { return r.app.matcher }
