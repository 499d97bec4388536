package models

import (
	"slices"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// merging describes the wizard that makes one partner of several.
func merging(db *orm.DB) {
	m := db.Model("base.partner.merge.automatic.wizard")
	m.Label, m.RecName = "Merge Partner Wizard", "state"
	m.Defaults(map[string]any{"state": "option"})
	m.Act("action_merge", func(e *orm.Env, ids []int64) (any, error) {
		for _, w := range recs(e, m.Name, ids) {
			if err := merge(w); err != nil {
				return nil, err
			}
		}
		return xmlrpc.Struct{{Name: "type", Value: "ir.actions.act_window"}, {Name: "res_model", Value: m.Name},
			{Name: "res_id", Value: ids[0]}, {Name: "view_mode", Value: "form"}, {Name: "target", Value: "new"}}, nil
	})
}

// merge points whatever names one of the partners at the one that stays, as Odoo does
// with SQL past the ORM: no row that is moved gets a stamp. Then it deletes the others.
func merge(w record) error {
	e, m := w.e, w.e.DB().Model("res.partner")
	all := w.all("partner_ids")
	if len(all) > 3 && e.UID != AdminUser {
		return orm.Rule("For safety reasons, you cannot merge more than 3 contacts together. You can re-open the wizard several times if needed.")
	}
	stays := w.int("dst_partner_id")
	if stays == 0 && len(all) > 0 {
		stays = all[len(all)-1].id
	}
	for _, p := range all {
		if p.id == stays {
			continue
		}
		for up := rec(e, m.Name, stays); up.id != 0; up = up.to("parent_id") {
			if up.id == p.id {
				return orm.Rule("You cannot merge a contact with one of his parent.")
			}
		}
		if err := repoint(e, p.id, stays); err != nil {
			return err
		}
		if err := e.Unlink(m, []int64{p.id}); err != nil {
			return err
		}
	}
	// What the one that stays lacks is taken from the others by a write.
	return rec(e, m.Name, stays).write(map[string]any{"is_company": rec(e, m.Name, stays).is("is_company")})
}

func repoint(e *orm.Env, from, to int64) error {
	for _, f := range e.DB().References("res.partner") {
		if f.Model().Name == "base.partner.merge.automatic.wizard" {
			continue
		}
		ids, err := e.All().Search(f.Model(), []any{[]any{f.Name, "=", from}}, orm.Page{Order: "id"})
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(slices.Values(ids)) {
			if err := e.Raw(f.Model(), id, map[string]any{f.Name: to}); err != nil {
				return err
			}
		}
	}
	return nil
}
