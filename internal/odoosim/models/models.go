// Package models says how the simulated Odoo's models behave beyond their recorded
// fields: defaults, computed values, rules, display names and orders, by version;
// and it fills a new database with what every Odoo has (countries, currencies,
// units, a company, users).
package models

import (
	"fmt"
	"time"

	"odoomesh/internal/odoosim/orm"
)

// Open makes a database of a version with its models and base data. The login is
// the administrator's.
func Open(version int, now func() time.Time, login string) (*orm.DB, error) {
	db, err := orm.NewDB(version, now)
	if err != nil {
		return nil, err
	}
	base(db)
	partners(db)
	merging(db)
	units(db)
	products(db)
	templates(db)
	supplierPrices(db)
	locations(db)
	lots(db)
	quants(db)
	moves(db)
	moveLines(db)
	pickings(db)
	scraps(db)
	returns(db)
	accounts(db)
	purchases(db)
	bills(db)
	resequencing(db)
	chatter(db)
	archiving(db)
	kits(db)
	automations(db)
	identities(db)
	requiredSelections(db)
	if err := db.Ready(); err != nil {
		return nil, fmt.Errorf("linking the models of Odoo %d: %w", version, err)
	}
	if err := db.Exclusive(func(tx *orm.Tx) error { return seed(tx.Env(1), login) }); err != nil {
		return nil, fmt.Errorf("filling a new Odoo %d: %w", version, err)
	}
	return db, db.Bulk(func(b orm.Bulk) error { describe(db, b); return nil })
}

// requiredSelections gives a required selection without a default its first option,
// as every one of Odoo's has some default.
func requiredSelections(db *orm.DB) {
	for _, m := range db.Models() {
		for _, f := range m.Fields {
			if f.Type == "selection" && f.Required && (f.Store || f.CompanyDependent) && f.Default == nil && len(f.Selection) > 0 {
				first := f.Selection[0][0]
				f.Default = func(*orm.Env) any { return first }
			}
		}
	}
}

func constant(v orm.Value) func(*orm.Env, int64) orm.Value {
	return func(*orm.Env, int64) orm.Value { return v }
}
