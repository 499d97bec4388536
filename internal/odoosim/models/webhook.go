package models

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// Webhook is one message that an automation rule sends about one record.
type Webhook struct {
	URL  string
	Body []byte
}

// Webhooks are the messages about what a transaction has stored, one a record and
// action, in order of rules and ids. Odoo 16 has none.
func Webhooks(tx *orm.Tx) ([]Webhook, error) {
	e := tx.Env(SystemUser)
	m := e.DB().Model("base.automation")
	if e.DB().Version < 17 {
		return nil, nil
	}
	rules, err := e.Search(m, []any{[]any{"active", "=", true}}, orm.Page{Order: "id"})
	if err != nil {
		return nil, err
	}
	var out []Webhook
	for _, rule := range recs(e, m.Name, rules) {
		model := e.DB().Model(rule.to("model_id").text("model"))
		if model == nil {
			continue
		}
		for _, id := range triggered(tx, e, rule, model) {
			for _, action := range rule.all("action_server_ids") {
				if action.text("state") != "webhook" || action.text("webhook_url") == "" {
					continue
				}
				body, err := message(record{e, model, id}, action)
				if err != nil {
					return nil, err
				}
				out = append(out, Webhook{action.text("webhook_url"), body})
			}
		}
	}
	return out, nil
}

// triggered are the stored records for which a rule runs.
func triggered(tx *orm.Tx, e *orm.Env, rule record, model *orm.Model) []int64 {
	ids, isNew := tx.Saved(model)
	trigger := rule.text("trigger")
	var out []int64
	for _, id := range ids {
		fits := trigger == "on_create_or_write" || trigger == "on_create" && isNew[id] || trigger == "on_write" && !isNew[id]
		if fits && e.Exists(model, id) {
			out = append(out, id)
		}
	}
	text := rule.text("filter_domain")
	if text == "" || len(out) == 0 {
		return out
	}
	domain, err := literal(text)
	if err != nil {
		return nil
	}
	found, err := e.All().Search(model, append([]any{[]any{"id", "in", out}}, domain...), orm.Page{Order: "id"})
	if err != nil {
		return nil
	}
	return found
}

// literal reads a domain as Python writes it.
func literal(text string) ([]any, error) {
	text = strings.NewReplacer("(", "[", ")", "]", "'", `"`, "True", "true", "False", "false", "None", "null").Replace(text)
	var domain []any
	if err := json.Unmarshal([]byte(text), &domain); err != nil {
		return nil, fmt.Errorf("reading a rule's domain: %w", err)
	}
	return domain, nil
}

// message is what is posted: the record's name, and its fields with times to the
// microsecond.
func message(r record, action record) ([]byte, error) {
	out := xmlrpc.Struct{
		{Name: "_model", Value: r.m.Name}, {Name: "_id", Value: r.id},
		{Name: "_action", Value: fmt.Sprintf("%s(#%d)", action.text("name"), action.id)}, {Name: "id", Value: r.id},
	}
	for _, f := range action.all("webhook_field_ids") {
		field := r.m.Field(f.text("name"))
		if field == nil || field.Name == "id" {
			continue
		}
		v := r.e.Get(r.m, r.id, field.Name)
		answer := r.e.Answer(field, v, false)
		if field.Type == "datetime" && v.N != 0 {
			answer = time.UnixMicro(v.N).UTC().Format("2006-01-02 15:04:05.999999")
		}
		out = append(out, xmlrpc.Member{Name: field.Name, Value: answer})
	}
	return xmlrpc.JSON(out)
}
