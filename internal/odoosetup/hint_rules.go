package odoosetup

import (
	"context"
	"errors"
	"fmt"

	"odoomesh/internal/odoo"
)

const trigger = "on_create_or_write"

// rules reads the rules that the mesh made, by their external name. One is good
// when it sends to the address.
func (h *Hints) rules(ctx context.Context, address string) (map[string]rule, error) {
	names, err := h.odoo.SearchRead(ctx, "ir.model.data",
		odoo.Where("module", "=", module).And("model", "=", ruleModel).And("name", "=like", rulePrefix+"%"),
		[]string{"name", "res_id"}, odoo.ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("looking for rules of the mesh: %w", err)
	}
	found := map[string]rule{}
	for _, n := range names {
		name, err := n.String("name")
		if err != nil {
			return nil, err
		}
		// res_id is a reference that Odoo holds as a bare number.
		id, err := n.Int("res_id")
		if err != nil {
			return nil, err
		}
		r, there, err := h.rule(ctx, id, address)
		if err != nil {
			return nil, fmt.Errorf("reading the rule %s.%s: %w", module, name, err)
		}
		if there {
			found[name] = r
		}
	}
	return found, nil
}

func (h *Hints) rule(ctx context.Context, id int64, address string) (rule, bool, error) {
	rows, err := h.odoo.SearchRead(ctx, ruleModel, odoo.Where("id", "=", id),
		[]string{"model_name", "trigger", "active", "action_server_ids"}, odoo.ReadOptions{})
	if err != nil || len(rows) == 0 {
		return rule{}, false, err
	}
	r := rule{id: id}
	model, err := rows[0].String("model_name")
	if err != nil {
		return rule{}, false, err
	}
	r.model = model
	fires, err := rows[0].String("trigger")
	if err != nil {
		return rule{}, false, err
	}
	active, err := rows[0].Bool("active")
	if err != nil {
		return rule{}, false, err
	}
	sends, err := h.odoo.SearchRead(ctx, actions, odoo.Where("base_automation_id", "=", id),
		[]string{"state", "webhook_url"}, odoo.ReadOptions{Order: "id"})
	if err != nil {
		return rule{}, false, err
	}
	for _, s := range sends {
		r.actions = append(r.actions, s.ID())
	}
	if len(sends) == 1 {
		state, err := sends[0].String("state")
		if err != nil {
			return rule{}, false, err
		}
		to, err := sends[0].String("webhook_url")
		if err != nil {
			return rule{}, false, err
		}
		r.good = active && fires == trigger && state == "webhook" && to == address
	}
	return r, true, nil
}

// create makes the rule, its action and their external ids in one transaction:
// load does nothing by halves.
func (h *Hints) create(ctx context.Context, model, address string) error {
	if h.dryRun {
		return nil
	}
	models, err := h.odoo.SearchRead(ctx, "ir.model", odoo.Where("model", "=", model), []string{"model"}, odoo.ReadOptions{})
	if err != nil {
		return err
	}
	if len(models) != 1 {
		return errors.New("this Odoo does not have the model")
	}
	of, name := fmt.Sprint(models[0].ID()), ruleName(model)
	columns := []any{
		"id", "name", "model_id/.id", "trigger",
		"action_server_ids/id", "action_server_ids/name", "action_server_ids/model_id/.id",
		"action_server_ids/usage", "action_server_ids/state", "action_server_ids/webhook_url",
	}
	row := []any{
		module + "." + name, "Mesh: hint at changes of " + model, of, trigger,
		module + "." + name + "_action", "Mesh: send a hint", of,
		"base_automation", "webhook", address,
	}
	// Selections are read in the language of the context: their keys fit any.
	answer, err := h.odoo.Call(ctx, ruleModel, "load", []any{columns, []any{row}}, map[string]any{"context": map[string]any{"lang": "en_US"}})
	if err != nil {
		return err
	}
	return loaded(answer)
}

// loaded reads what load answers: the ids, or false and messages.
func loaded(answer any) error {
	result, isMap := answer.(map[string]any)
	if !isMap {
		return errors.New("the answer to load is no dictionary")
	}
	if ids, isList := result["ids"].([]any); isList && len(ids) > 0 {
		return nil
	}
	text := "it is refused by Odoo"
	messages, _ := result["messages"].([]any)
	for _, m := range messages {
		said, _ := m.(map[string]any)
		if what, isText := said["message"].(string); isText {
			text += ": " + what
		}
	}
	return errors.New(text)
}

// update lets a rule that somebody changed, or that sends elsewhere, send to the
// address again. A rule whose actions are not as they were made is made anew.
func (h *Hints) update(ctx context.Context, r rule, address string) error {
	if h.dryRun {
		return nil
	}
	if len(r.actions) != 1 {
		if err := h.unlink(ctx, r); err != nil {
			return err
		}
		return h.create(ctx, r.model, address)
	}
	if _, err := h.odoo.Call(ctx, actions, "write", []any{r.actions, map[string]any{"state": "webhook", "webhook_url": address}}, nil); err != nil {
		return err
	}
	_, err := h.odoo.Call(ctx, ruleModel, "write", []any{[]int64{r.id}, map[string]any{"active": true, "trigger": trigger}}, nil)
	return err
}

// unlink deletes a rule, its actions before it: the database would delete them
// with it, and leave their external ids behind.
func (h *Hints) unlink(ctx context.Context, r rule) error {
	if h.dryRun {
		return nil
	}
	if len(r.actions) > 0 {
		if _, err := h.odoo.Call(ctx, actions, "unlink", []any{r.actions}, nil); err != nil {
			return err
		}
	}
	_, err := h.odoo.Call(ctx, ruleModel, "unlink", []any{[]int64{r.id}}, nil)
	return err
}
