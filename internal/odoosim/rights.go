package odoosim

import (
	"odoomesh/internal/odoosim/models"
	"odoomesh/internal/odoosim/orm"
)

// rightsMethod answers what a user may do on a model: up to 17 check_access_rights,
// from 18 on has_access.
func rightsMethod(version int, method string) (handler, bool) {
	if method == "has_access" && version >= 18 {
		return handler{params: []string{"ids", "operation"}, do: hasAccess}, true
	}
	if method == "check_access_rights" && version < 18 {
		return handler{params: []string{"operation", "raise_exception"}, do: func(r *request, a arguments) (any, error) {
			err := r.sim.allowed(r.env.UID, a.text("operation"), r.model)
			if err != nil && a["raise_exception"] != false {
				return nil, err
			}
			return err == nil, nil
		}}, true
	}
	if method == "has_group" {
		params := []string{"group_ext_id"}
		if version >= 18 { // it runs on the user
			params = append([]string{"*ids"}, params...)
		}
		return handler{params: params, do: func(r *request, a arguments) (any, error) {
			administrator := r.env.UID == models.AdminUser || r.env.UID == models.SystemUser
			return administrator && a.text("group_ext_id") == "purchase.group_purchase_manager", nil
		}}, true
	}
	return handler{}, false
}

// hasAccess runs on records: over XML-RPC Odoo takes the first argument for their ids, also
// where there is none.
func hasAccess(r *request, a arguments) (any, error) {
	if _, given := a["ids"]; !given {
		return nil, orm.Unforeseen("IndexError", "list index out of range")
	}
	return r.sim.allowed(r.env.UID, a.text("operation"), r.model) == nil, nil
}
