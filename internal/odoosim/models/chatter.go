package models

import (
	"fmt"
	"slices"
	"strings"

	"odoomesh/internal/odoosim/orm"
)

// chatter describes mail.message, and message_post on every model that has messages.
func chatter(db *orm.DB) {
	m := db.Model("mail.message")
	m.Label, m.RecName, m.Order = "Message", "record_name", "id desc"
	m.Indexed("res_id", "model")
	m.Field("date").Default = func(e *orm.Env) any { return now(e) }
	m.Defaults(map[string]any{"message_type": "notification"})
	m.BeforeCreate = completeMessage
	back := m.Field("res_id")
	for _, of := range db.Models() {
		f := of.Field("message_ids")
		if f == nil || f.Relation != m.Name {
			continue
		}
		f.Compute = func(e *orm.Env, id int64) orm.Value {
			var ids []int64
			for _, message := range e.Referring(back, id) {
				if e.Get(m, message, "model").S == of.Name {
					ids = append(ids, message)
				}
			}
			slices.Reverse(ids)
			return orm.IDs(ids)
		}
		if of.Actions == nil {
			of.Actions = map[string]orm.Action{}
		}
		of.Actions["message_post"] = orm.Action{
			Params: []string{"=body", "=subject", "=message_type", "=subtype_xmlid", "=partner_ids", "=attachment_ids"},
			Do: func(e *orm.Env, ids []int64, args map[string]any) (any, error) {
				return postMessage(e, of, ids, args)
			},
		}
	}
}

// postMessage writes a note on one record. Up to 18 it answers the message's id, from 19
// on a list with it.
func postMessage(e *orm.Env, of *orm.Model, ids []int64, args map[string]any) (any, error) {
	if len(ids) != 1 {
		return nil, orm.Unforeseen("ValueError", "Expected singleton: %s", orm.Recordset(of, ids))
	}
	if err := e.Present(of, ids); err != nil {
		return nil, err
	}
	if err := mayWriteMail(e); err != nil {
		return nil, err
	}
	body, _ := args["body"].(string)
	message, err := add(e, "mail.message", map[string]any{
		"model": of.Name, "res_id": ids[0], "body": asHTML(e, body), "record_name": e.DisplayName(of, ids[0]),
	})
	if err != nil {
		return nil, err
	}
	if e.DB().Version >= 19 {
		return []int64{message.id}, nil
	}
	return message.id, nil
}

// completeMessage says who writes a message. One that is made by a write of its document's
// message_ids has to say which document that is: Odoo looks for it before it knows.
func completeMessage(e *orm.Env, vals map[string]any) error {
	if to := id(vals["res_id"]); to != 0 && (vals["model"] == nil || vals["model"] == false) {
		return orm.Unforeseen("KeyError", "%d", to)
	}
	author := rec(e, "res.users", e.UID)
	if vals["author_id"] == nil {
		if err := mayWriteMail(e); err != nil {
			return err
		}
		vals["author_id"] = orNone(author.int("partner_id"))
		vals["email_from"] = fmt.Sprintf("\"%s\" <%s>", author.text("name"), author.text("email"))
	}
	if body, _ := vals["body"].(string); body != "" && !strings.HasPrefix(body, "<p>") {
		vals["body"] = "<p>" + body + "</p>"
	}
	return nil
}

// asHTML is a message's body as it is stored. 16 takes the text for HTML, later
// releases for plain text.
func asHTML(e *orm.Env, body string) string {
	if e.DB().Version >= 17 {
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	if body == "" || strings.HasPrefix(body, "<p>") {
		return body
	}
	return "<p>" + body + "</p>"
}

// mayWriteMail refuses what writes to a record's messages for a user without an e-mail
// address; from 19 on nobody asks for one.
func mayWriteMail(e *orm.Env) error {
	if e.DB().Version < 19 && rec(e, "res.users", e.UID).text("email") == "" {
		return orm.Rule("Unable to send message, please configure the sender's email address.")
	}
	return nil
}
