package app

import (
	"odoomesh/services"
	"odoomesh/services/summary"
)

// openSheets makes what is kept in memory to be added up; nothing where sums are not served.
func (a *App) openSheets(domains []services.Domain, all *rooms) {
	if serves(domains, "summary") {
		_, bills := all.Records("invoices")
		a.sheets = summary.NewSheets(summary.Config{
			Log: a.stores.log, Cache: a.stores.cache, Followers: a.engine.Followers(), Read: all.Read, Bills: bills, Zone: a.zone, Clock: a.clock, Logger: a.logger,
		})
	}
}

// Sheets are what sums are made of.
func (r *rooms) Sheets() *summary.Sheets { return r.app.sheets }
