package models

import (
	"fmt"
	"slices"
	"strings"

	"odoomesh/internal/odoosim/orm"
)

// shownName is a bill's name as Python shows it: from 19 on a draft has none.
func shownName(b record) string {
	if name := b.text("name"); name != "" {
		return name
	}
	return "False"
}

// enteredTwice refuses, on 17 alone, to post a bill of which one with the same vendor,
// reference and date is posted. The other releases only hint at it. What comes is the
// Python text of a warning with the window that it would open.
func enteredTwice(b record) error {
	ref := b.text("ref")
	if b.e.DB().Version != 17 || ref == "" {
		return nil
	}
	m := b.m
	same, err := b.e.All().Search(m, []any{[]any{"ref", "=", ref}, []any{"state", "=", "posted"}, []any{"move_type", "=", b.text("move_type")},
		[]any{"commercial_partner_id", "=", b.int("commercial_partner_id")}, []any{"company_id", "=", b.int("company_id")},
		[]any{"invoice_date", "=", b.at("invoice_date").Format("2006-01-02")}, []any{"id", "!=", b.id}}, orm.Page{Order: "id"})
	if err != nil || len(same) == 0 {
		return err
	}
	ids := append(slices.Clone(same), b.id)
	slices.Sort(ids)
	list := strings.ReplaceAll(strings.Trim(fmt.Sprint(ids), "[]"), " ", ", ")
	return orm.Rule("('Duplicated vendor reference detected. You probably encoded twice the same vendor bill/credit note.', "+
		"{'id': 264, 'name': 'Entries', 'type': 'ir.actions.act_window', 'xml_id': 'account.action_move_line_form', 'help': False, "+
		"'binding_model_id': False, 'binding_type': 'action', 'binding_view_types': 'list,form', 'display_name': 'Entries', "+
		"'view_id': (648, 'account.move.tree'), 'domain': [('id', 'in', [%s])], 'context': '{}', 'res_id': 0, 'res_model': 'account.move', "+
		"'target': 'current', 'view_mode': 'tree,form', 'mobile_view_mode': 'kanban', 'views': [(648, 'list'), (False, 'form')], 'limit': 80, "+
		"'groups_id': [], 'search_view_id': (659, 'account.move.select'), 'filter': False}, 'Open list', None)", list)
}
