package odoosetup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"odoomesh/internal/odoo"
)

const (
	// module is the one under which Odoo's external ids name what the mesh made.
	// It need not be installed.
	module     = "mesh"
	rulePrefix = "hint_"
	ruleModel  = "base.automation"
	actions    = "ir.actions.server"
)

// NoWebhooksError says that this release of Odoo cannot send hints.
type NoWebhooksError struct{ Version string }

func (e *NoWebhooksError) Error() string {
	return fmt.Sprintf("the automation rules of Odoo %s cannot send webhooks, which came with 17; the mesh finds changes by polling there, without hints", e.Version)
}

// NoModuleError says that Odoo lacks a module.
type NoModuleError struct{ Module, Title string }

func (e *NoModuleError) Error() string {
	return fmt.Sprintf("this Odoo lacks the module %s (%s); install it under Apps", e.Title, e.Module)
}

// NoRightError says that the user of the settings may not do it in Odoo.
type NoRightError struct{ Err error }

func (e *NoRightError) Error() string {
	return fmt.Sprintf("making automation rules needs an administrator of Odoo (Settings); name one for this command with odoo-user: %v", e.Err)
}

func (e *NoRightError) Unwrap() error { return e.Err }

// Step is what was done, or is to be done, about the rule of one model.
type Step struct {
	Model string
	// Done is "create", "update", "remove" or "keep".
	Done string
}

// Hints makes and removes automation rules that send a hint when a record is
// created or written.
type Hints struct {
	odoo   caller
	dryRun bool
}

// caller is what is asked of Odoo; *odoo.Client is one.
type caller interface {
	Call(ctx context.Context, model, method string, args []any, kwargs map[string]any) (any, error)
	SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) ([]odoo.Row, error)
}

// Hints fails with *NoWebhooksError or *NoModuleError where the Odoo has no such
// rules. In a dry run nothing is written.
func (s *Site) Hints(ctx context.Context, dryRun bool) (*Hints, error) {
	if !odoo.PackFor(s.server.Version).WebhookActions {
		return nil, &NoWebhooksError{Version: s.Version()}
	}
	_, err := s.client.Call(ctx, ruleModel, "search_count", []any{[]any{}}, nil)
	var fault *odoo.Fault
	switch {
	case errors.As(err, &fault) && fault.Kind == odoo.UnknownModel:
		return nil, &NoModuleError{Module: "base_automation", Title: "Automation Rules"}
	case errors.As(err, &fault) && fault.Kind == odoo.AccessDenied:
		return nil, &NoRightError{Err: fault}
	case err != nil:
		return nil, err
	}
	return &Hints{odoo: s.client, dryRun: dryRun}, nil
}

// Address is where hints go: the root of meshd's HTTP as Odoo sees it, and the
// secret.
func Address(root, secret string) (string, error) {
	u, err := url.Parse(root)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("it is no URL of the form https://host:port")
	}
	return u.JoinPath("hints", "odoo", url.PathEscape(secret)).String(), nil
}

// rule is an automation rule that the mesh made.
type rule struct {
	id      int64
	actions []int64
	model   string
	// good says that it sends hints to the address.
	good bool
}

// Install sees to it that exactly these models have a rule that sends hints to
// the address. What is there already is kept, so that it may be repeated.
func (h *Hints) Install(ctx context.Context, models []string, address string) ([]Step, error) {
	have, err := h.rules(ctx, address)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, model := range models {
		step := Step{Model: model, Done: "keep"}
		r, there := have[ruleName(model)]
		switch {
		case !there:
			step.Done = "create"
			err = h.create(ctx, model, address)
		case !r.good:
			step.Done = "update"
			err = h.update(ctx, r, address)
		}
		if err != nil {
			return steps, fmt.Errorf("making the rule of %s: %w", model, err)
		}
		delete(have, ruleName(model))
		steps = append(steps, step)
	}
	gone, err := h.removeAll(ctx, have)
	return append(steps, gone...), err
}

// Remove takes all rules out that Install made.
func (h *Hints) Remove(ctx context.Context) ([]Step, error) {
	have, err := h.rules(ctx, "")
	if err != nil {
		return nil, err
	}
	return h.removeAll(ctx, have)
}

func (h *Hints) removeAll(ctx context.Context, rules map[string]rule) ([]Step, error) {
	var steps []Step
	for _, r := range rules {
		steps = append(steps, Step{Model: r.model, Done: "remove"})
	}
	slices.SortFunc(steps, func(a, b Step) int { return strings.Compare(a.Model, b.Model) })
	for _, r := range rules {
		if h.dryRun {
			continue
		}
		if err := h.unlink(ctx, r); err != nil {
			return nil, fmt.Errorf("removing the rule of %s: %w", r.model, err)
		}
	}
	return steps, nil
}

func ruleName(model string) string { return rulePrefix + strings.ReplaceAll(model, ".", "_") }
