package models

import (
	"fmt"

	"odoomesh/internal/odoosim/orm"
)

// seeder creates base records and stops at the first failure.
type seeder struct {
	e         *orm.Env
	err       error
	countries map[string]int64 // by code
}

func (s *seeder) add(model string, vals map[string]any) int64 {
	if s.err != nil {
		return 0
	}
	m := s.e.DB().Model(model)
	// What a version does not know is left out, so that one list serves all.
	for name := range vals {
		if m.Field(name) == nil {
			delete(vals, name)
		}
	}
	id, err := s.e.Create(m, vals)
	if err != nil {
		s.err = fmt.Errorf("creating %s %v: %w", model, vals["name"], err)
	}
	return id
}

// addTo sets values that the version's model has on a record.
func (s *seeder) addTo(model string, id int64, vals map[string]any) {
	if s.err == nil {
		s.err = rec(s.e, model, id).write(vals)
	}
}

// named creates a record with an external id in module base.
func (s *seeder) named(xid, model string, vals map[string]any) int64 {
	id := s.add(model, vals)
	if s.err == nil {
		s.err = s.e.NameRecord(s.e.DB().Model(model), id, "base", xid)
	}
	return id
}

// Users of a new database, as Odoo numbers them, one with the rights of the mesh, and
// one with none.
const (
	SystemUser = 1
	AdminUser  = 2
	MeshUser   = 3
	GuestUser  = 4
)

func seed(e *orm.Env, login string) error {
	s := &seeder{e: e, countries: map[string]int64{}}
	for _, c := range currencies {
		s.named(c.name, "res.currency", map[string]any{"name": c.name, "symbol": c.symbol, "active": c.active, "decimal_places": 2})
	}
	for _, c := range countries {
		s.countries[c.code] = s.named(c.code, "res.country", map[string]any{"name": c.name, "code": upper(c.code), "phone_code": c.phone})
	}
	s.identity()
	s.named("lang_en", "res.lang", map[string]any{"name": "English (US)", "code": "en_US", "iso_code": "en"})
	for _, l := range []struct{ code, name string }{{"de_DE", "German / Deutsch"}, {"fr_FR", "French / Français"}, {"sv_SE", "Swedish / Svenska"}} {
		s.add("res.lang", map[string]any{"name": l.name, "code": l.code, "iso_code": l.code[:2], "active": false})
	}
	home := map[string]any{"name": "Nordhaven Hospital Supply", "currency_id": 1, "country_id": s.countries["se"]}
	s.named("main_company", "res.company", home)
	for _, name := range []string{"Internal User", "Access Rights", "Settings"} {
		s.add("res.groups", map[string]any{"name": name})
	}
	s.add("res.users", map[string]any{"name": "OdooBot", "login": "__system__", "active": false, "email": "odoobot@example.com"})
	s.named("user_admin", "res.users", map[string]any{"name": "Mitchell Admin", "login": login, "email": "admin@hospital.example", "tz": "Europe/Brussels"})
	s.add("res.users", map[string]any{"name": "Mesh", "login": "mesh", "email": "mesh@hospital.example"})
	s.add("res.users", map[string]any{"name": "Guest", "login": "guest", "email": "guest@hospital.example"})
	s.add("product.category", map[string]any{"name": firstCategory(e.DB().Version)})
	for _, name := range []string{"Immediate Payment", "15 Days", "30 Days", "45 Days", "60 Days"} {
		s.add("account.payment.term", map[string]any{"name": name})
	}
	if e.DB().Version < 19 {
		seedUnits(s)
	} else {
		seedRelativeUnits(s)
	}
	seedStock(s)
	seedAccounts(s)
	return s.err
}

func firstCategory(version int) string {
	if version >= 19 {
		return "Goods"
	}
	return "All"
}

func seedUnits(s *seeder) {
	for _, name := range []string{"Unit", "Weight", "Working Time", "Length / Distance", "Surface", "Volume"} {
		s.add("uom.category", map[string]any{"name": name})
	}
	for _, u := range categoryUnits {
		vals := map[string]any{"name": u.name, "category_id": u.category, "uom_type": u.kind, "factor": u.factor}
		s.add("uom.uom", vals)
	}
}

func seedRelativeUnits(s *seeder) {
	ids := map[string]int64{}
	for _, u := range relativeUnits {
		vals := map[string]any{"name": u.name, "relative_factor": u.factor}
		if u.of != "" {
			vals["relative_uom_id"] = ids[u.of]
		}
		ids[u.name] = s.add("uom.uom", vals)
	}
}
