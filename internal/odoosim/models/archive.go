package models

import "odoomesh/internal/odoosim/orm"

// archiving describes action_archive and action_unarchive, which leave what is so already
// as it is, and answer None.
func archiving(db *orm.DB) {
	for _, name := range []string{"product.product", "res.partner"} {
		m := db.Model(name)
		for method, active := range map[string]bool{"action_archive": false, "action_unarchive": true} {
			m.Act(method, func(e *orm.Env, ids []int64) (any, error) {
				for _, r := range recs(e, m.Name, ids) {
					if err := turned(r, active); err != nil {
						return nil, err
					}
				}
				return nil, nil
			})
		}
	}
}

// turned archives a record, or takes it into use again. The template of a product goes with
// its last variant, and comes back with its first.
func turned(r record, active bool) error {
	switch {
	case !r.exists():
		return r.e.Present(r.m, []int64{r.id})
	case r.is("active") == active:
		return nil
	}
	if r.m.Name == "res.partner" && !active {
		if err := noUser(r); err != nil {
			return err
		}
	}
	if err := r.write(map[string]any{"active": active}); err != nil || r.m.Name != "product.product" {
		return err
	}
	template, used := r.to("product_tmpl_id"), false
	for _, id := range r.e.All().Get(template.m, template.id, "product_variant_ids").L {
		used = used || rec(r.e, r.m.Name, id).is("active")
	}
	if used == template.is("active") {
		return nil
	}
	return template.write(map[string]any{"active": used})
}

// noUser refuses to archive the partner of a user.
func noUser(r record) error {
	users := r.e.DB().Model("res.users")
	for _, id := range r.e.Referring(users.Field("partner_id"), r.id) {
		if rec(r.e, users.Name, id).is("active") {
			return orm.Rule("You cannot archive contacts linked to an active user.\nAsk an administrator to archive their associated user first.\n\nLinked active users :\n%s", rec(r.e, users.Name, id).text("name"))
		}
	}
	return nil
}
