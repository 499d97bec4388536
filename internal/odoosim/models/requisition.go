package models

import (
	"fmt"

	"odoomesh/internal/odoosim/orm"
)

// requisitions describes purchase agreements and calls for tenders, as far as they
// are data, and how one is confirmed.
func requisitions(db *orm.DB) {
	m := db.Model("purchase.requisition")
	m.Label, m.Order = "Purchase Requisition", "id desc"
	m.Defaults(map[string]any{"company_id": 1, "state": "draft", "requisition_type": "blanket_order", "active": true})
	m.Field("currency_id").Default = func(e *orm.Env) any { return companyCurrency(e, 0).N }
	m.Field("picking_type_id").Default = func(e *orm.Env) any { return rec(e, "stock.warehouse", 1).int("in_type_id") }
	m.Field("user_id").Default = func(e *orm.Env) any { return e.UID }
	m.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		if n := vals["name"]; n == nil || n == "New" {
			vals["name"] = fmt.Sprintf("BO%05d", e.DB().Next("BO"))
		}
		return nil
	}
	button := "action_confirm"
	if db.Version < 18 {
		button = "action_in_progress"
	}
	m.Act(button, func(e *orm.Env, ids []int64) (any, error) {
		for _, r := range recs(e, m.Name, ids) {
			if err := confirmRequisition(db, r); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	l := db.Model("purchase.requisition.line")
	l.Label, l.RecName = "Purchase Requisition Line", "product_id"
	l.Indexed("requisition_id")
	l.Cascades("requisition_id")
	l.Defaults(map[string]any{"company_id": 1})
	l.BeforeCreate = func(e *orm.Env, vals map[string]any) error {
		if id(vals["product_uom_id"]) == 0 {
			vals["product_uom_id"] = rec(e, "product.product", id(vals["product_id"])).int("uom_id")
		}
		return nil
	}
}

// confirmRequisition lets a requisition be ordered from. Up to 17 one with a supplier
// is an agreement that goes on, one without a call for tenders.
func confirmRequisition(db *orm.DB, r record) error {
	if len(r.all("line_ids")) == 0 {
		return orm.Rule("You cannot confirm agreement '%s' because there is no product line.", r.text("name"))
	}
	state := "confirmed"
	if db.Version < 18 {
		state = "in_progress"
		if r.int("vendor_id") != 0 {
			state = "ongoing"
		}
	}
	return r.write(map[string]any{"state": state})
}
