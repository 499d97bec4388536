package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"odoomesh/internal/config"
	"odoomesh/internal/fault"
	"odoomesh/internal/govern"
	"odoomesh/internal/resource"
	"odoomesh/services/invoice/match"
)

// policies are the settings that say what is kept for how long, and what is let pass, as
// they are in force: as configured, or as was approved.
type policies struct {
	config.Config
	tolerances match.Rules
	// text is the document that was approved; nil where they are as configured.
	text []byte
}

// policiesOf reads what a configuration says.
func policiesOf(c config.Config) (*policies, error) {
	rules, err := match.ParseRules(c.MatchTolerances)
	if err != nil {
		return nil, &config.Error{Problems: []config.Problem{{Key: "match-tolerances", Text: err.Error()}}}
	}
	return &policies{Config: c, tolerances: rules}, nil
}

// policies are those in force.
func (a *App) policies() *policies { return a.inForce.Load() }

// openPolicies puts in force what is configured, or what was approved.
func (a *App) openPolicies(ctx context.Context) error {
	p, err := policiesOf(a.config)
	if err != nil {
		return err
	}
	if a.governed != nil {
		text, err := a.governed.Adopt(ctx, govern.Policies, policyDocument{a})
		if err != nil {
			return err
		}
		if p, err = (policyDocument{a}).read(text); err != nil {
			return err
		}
	}
	a.inForce.Store(p)
	return nil
}

// eventsKept is up to which age and size events are kept.
func (a *App) eventsKept() (age time.Duration, bytes uint64) {
	p := a.policies()
	return p.EventRetention, uint64(p.EventMaxMiB) << 20
}

// policyDocument is the policies, as they are governed.
type policyDocument struct{ app *App }

func (d policyDocument) read(text []byte) (*policies, error) {
	c, err := d.app.config.WithPolicies(text)
	if err != nil {
		return nil, err
	}
	p, err := policiesOf(c)
	if err == nil {
		p.text = text
	}
	return p, err
}

// Check refuses what is no policy, or none that can be.
func (d policyDocument) Check(text []byte) error {
	_, err := d.read(text)
	return err
}

// Effect tells which settings change, and which invoices of a sample would match otherwise.
func (d policyDocument) Effect(ctx context.Context, before, after []byte) (govern.Effect, error) {
	was, err := d.read(before)
	if err != nil {
		return govern.Effect{}, err
	}
	is, err := d.read(after)
	if err != nil {
		return govern.Effect{}, err
	}
	e := govern.Effect{Basis: "Each setting that is another is told with what it says before and after. Where tolerances are others, invoices of the copy, evenly over all of them, were compared by both: looked_at of total. What is older, or more, than is to be kept goes within minutes, and does not come back."}
	changed := config.Differences(was.Config, is.Config)
	for _, key := range slices.Sorted(maps.Keys(changed)) {
		e.Fields = append(e.Fields, govern.Field{Collection: "policies", Field: key, Records: 1, LookedAt: 1, Total: 1, Examples: []govern.Example{{Name: key, Before: changed[key][0], After: changed[key][1]}}})
	}
	if _, others := changed["match-tolerances"]; !others || d.app.matcher == nil {
		return e, nil
	}
	matches, err := d.matches(ctx, is.tolerances)
	if err != nil {
		return govern.Effect{}, fault.FromError(fmt.Errorf("comparing invoices: %w", err))
	}
	e.Fields = append(e.Fields, matches)
	return e, nil
}

// matches tells which invoices would match otherwise.
func (d policyDocument) matches(ctx context.Context, rules match.Rules) (govern.Field, error) {
	f := govern.Field{Collection: "invoices", Field: "match"}
	keys, total, err := d.app.sample(ctx, f.Collection)
	if err != nil {
		return f, err
	}
	f.LookedAt, f.Total = int64(len(keys)), total
	for _, key := range keys {
		name := resource.NameOf(f.Collection, key)
		was, would, err := d.app.matcher.Would(ctx, name, rules)
		if err != nil {
			return f, err
		}
		if was.GetVerdict() == would.GetVerdict() && was.GetBlocks() == would.GetBlocks() {
			continue
		}
		f.Records++
		if len(f.Examples) < examplesAtMost {
			f.Examples = append(f.Examples, govern.Example{Name: name, Before: inWords(was.GetBlocks()), After: inWords(would.GetBlocks())})
		}
	}
	return f, nil
}

func inWords(blocks bool) string {
	if blocks {
		return "is not posted"
	}
	return "may be posted"
}

// Use puts other policies in force, at once.
func (d policyDocument) Use(text []byte) error {
	p, err := d.read(text)
	if err == nil {
		d.app.inForce.Store(p)
	}
	return err
}

// Configured is what the configuration says: what is in force, letter by letter, where it
// says the same.
func (d policyDocument) Configured() ([]byte, error) {
	if p := d.app.policies(); p != nil && p.text != nil && len(config.Differences(p.Config, d.app.config)) == 0 {
		return p.text, nil
	}
	return d.app.config.Policies()
}
