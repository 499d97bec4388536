package models

import "odoomesh/internal/odoosim/xmlrpc"

// showBill is the window action that opens a new bill. Its keys are the version's;
// the ids of views are those of some database.
func showBill(b record) xmlrpc.Struct {
	v := b.e.DB().Version
	list := "tree"
	if v >= 18 {
		list = "list"
	}
	mode, domain, ctx := list+",kanban,form,activity", "[('move_type', '=', 'in_invoice')]", any("{'default_move_type': 'in_invoice', 'display_account_trust': True}")
	views := []any{[]any{657, "form"}, []any{653, list}, []any{false, "kanban"}, []any{false, "activity"}}
	switch {
	case v == 16:
		mode, ctx, views = "tree,kanban,form", "{'default_move_type': 'in_invoice'}", views[:3]
	case v == 18:
		domain = "[('move_type', 'in', ['in_invoice', 'in_refund'])]"
		ctx = "{'search_default_in_invoice': 1, 'default_move_type': 'in_invoice', 'display_account_trust': True}"
	case v >= 19:
		domain = "[('move_type', 'in', ['in_invoice', 'in_refund', 'in_receipt'])]"
		ctx = xmlrpc.Struct{{Name: "default_move_type", Value: "in_invoice"}, {Name: "display_account_trust", Value: true},
			{Name: "default_partner_id", Value: b.int("partner_id")}}
	}
	groups := "groups_id"
	if v >= 19 {
		groups = "group_ids"
	}
	members := []struct {
		since, until int
		xmlrpc.Member
	}{
		{16, 99, xmlrpc.Member{Name: "id", Value: 247}},
		{16, 99, xmlrpc.Member{Name: "name", Value: "Bills"}},
		{16, 99, xmlrpc.Member{Name: "type", Value: "ir.actions.act_window"}},
		{16, 99, xmlrpc.Member{Name: "xml_id", Value: "account.action_move_in_invoice_type"}},
		{18, 99, xmlrpc.Member{Name: "path", Value: "bills"}},
		{16, 99, xmlrpc.Member{Name: "help", Value: "<p>Create a vendor bill</p>"}},
		{16, 99, xmlrpc.Member{Name: "binding_model_id", Value: false}},
		{16, 99, xmlrpc.Member{Name: "binding_type", Value: "action"}},
		{16, 99, xmlrpc.Member{Name: "binding_view_types", Value: "list,form"}},
		{16, 99, xmlrpc.Member{Name: "display_name", Value: "Bills"}},
		{16, 99, xmlrpc.Member{Name: "view_id", Value: []any{653, "account.out.invoice." + list}}},
		{16, 99, xmlrpc.Member{Name: "domain", Value: domain}},
		{16, 99, xmlrpc.Member{Name: "context", Value: ctx}},
		{16, 99, xmlrpc.Member{Name: "res_id", Value: b.id}},
		{16, 99, xmlrpc.Member{Name: "res_model", Value: "account.move"}},
		{16, 99, xmlrpc.Member{Name: "target", Value: "current"}},
		{16, 99, xmlrpc.Member{Name: "view_mode", Value: mode}},
		{17, 99, xmlrpc.Member{Name: "mobile_view_mode", Value: "kanban"}},
		{16, 99, xmlrpc.Member{Name: "views", Value: views}},
		{16, 99, xmlrpc.Member{Name: "limit", Value: 80}},
		{16, 99, xmlrpc.Member{Name: groups, Value: []any{}}},
		{16, 99, xmlrpc.Member{Name: "search_view_id", Value: []any{660, "account.invoice.select"}}},
		{18, 99, xmlrpc.Member{Name: "embedded_action_ids", Value: []any{}}},
		{16, 99, xmlrpc.Member{Name: "filter", Value: false}},
		{16, 16, xmlrpc.Member{Name: "search_view", Value: "{}"}},
		{19, 99, xmlrpc.Member{Name: "cache", Value: true}},
	}
	out := xmlrpc.Struct{}
	for _, m := range members {
		if m.since <= v && v <= m.until {
			out = append(out, m.Member)
		}
	}
	return out
}
