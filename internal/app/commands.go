package app

import (
	"context"
	"strings"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/resource"
	"odoomesh/internal/stream"
	"odoomesh/services/supplier/sourcing"
)

// openCommands makes the desk that carries out what callers ask to change.
func (a *App) openCommands() {
	a.desk = command.New(command.Config{
		Tokens: a.tokens, Ledger: a.stores.ledger, Client: a.client, Refresh: a.refreshRecord, Zone: a.zone, Probe: a.probe, Apart: a.apart, Others: a.othersFields,
		LongestRequest: a.config.LongestRequest, Patience: a.config.CommandWait, DeferredLimit: a.config.DeferredLimit,
		Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
	})
}

// apart tells what one person does not do to a document who has done something else to it,
// by the access file in force.
func (a *App) apart(ctx context.Context, method string) (all []command.Apart) {
	for _, s := range a.servers.guard.Apart(ctx, method) {
		all = append(all, command.Apart{From: s.From, Because: s.Because})
	}
	return all
}

// othersFields tells which fields that a method writes are somebody else's than the
// caller's, by the access file in force.
func (a *App) othersFields(ctx context.Context, method string) (all []command.Owner) {
	for _, o := range a.servers.guard.OthersFields(ctx, method) {
		all = append(all, command.Owner(o))
	}
	return all
}

// Commands is who carries commands out.
func (r *rooms) Commands() *command.Desk { return r.app.desk }

// VendorsByTwo says that who proposes an approved vendor does not approve it.
func (r *rooms) VendorsByTwo() bool { return r.app.policies().VendorsByTwo }

// Sourcing is what orders are held to.
func (r *rooms) Sourcing() sourcing.Policy {
	c := r.app.policies().Purchasing
	return sourcing.Policy{Approved: sourcing.Mode(c.ApprovedSuppliers), Price: sourcing.Mode(c.PriceCheck), Tolerance: c.PriceTolerance}
}

// IntentFeed is what watches of intents read from.
func (r *rooms) IntentFeed() stream.FeedDeps[*commandv1.Intent] {
	return r.app.desk.Feed(r.app.config.StreamHeartbeat, r.app.closing)
}

// refreshRecord brings the copy of a record up to Odoo, by its name; what is asked for
// while others of the collection are read goes as one.
func (a *App) refreshRecord(ctx context.Context, name string) error {
	collection, _, _ := strings.Cut(name, "/")
	key, err := resource.KeyOf(collection, name)
	if err != nil {
		return err
	}
	_, err = a.refreshes.Do(ctx, collection, string(key), func(ctx context.Context, keys []string) (func(string) struct{}, error) {
		all := make([][]byte, len(keys))
		for i, k := range keys {
			all[i] = []byte(k)
		}
		return func(string) (none struct{}) { return none }, a.engine.Refresh(ctx, collection, all)
	})
	return refreshed(err)
}

// zone is in which time zone records are shown; UTC before Odoo was reached.
func (a *App) zone() *time.Location {
	if zone := a.connector.zoneInUse.Load(); zone != nil {
		return zone
	}
	return time.UTC
}
