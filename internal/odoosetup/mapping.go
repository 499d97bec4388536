// Package odoosetup gets an Odoo ready for a mesh: it tells whether the mappings
// fit, before a mesh is started, and makes the automation rules by which Odoo
// hints at changes. It writes nothing into Odoo but these rules.
package odoosetup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"odoomesh/internal/command"
	"odoomesh/internal/config"
	"odoomesh/internal/domain"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
)

// Fit is how one mapping fits.
type Fit struct {
	Collection string
	// Missing is empty where it fits.
	Missing []Missing
	plan    *mapping.Plan
}

// None says that this Odoo has no such records, because it lacks the module that
// they are in, and need not have it.
func (f Fit) None() bool { return f.plan != nil && f.plan.Missing() }

// Model is the Odoo model of which one row is one record; empty where it does not fit.
func (f Fit) Model() string {
	if f.plan == nil {
		return ""
	}
	return f.plan.Model()
}

// Missing is a canonical field that cannot be made.
type Missing struct {
	// Field is the canonical field, Odoo what Odoo lacks: "model.field", or the
	// model where all of it is missing.
	Field, Odoo string
	// Error says all about the mapping that it belongs to.
	Error error
}

// Site is an Odoo that was signed in to.
type Site struct {
	client *odoo.Client
	server odoo.Server
}

// Connect signs in; end it with Close.
func Connect(ctx context.Context, c odoo.Config) (*Site, error) {
	client, err := odoo.New(c)
	if err != nil {
		return nil, err
	}
	server, err := client.Connect(ctx)
	if err != nil {
		client.Close()
		return nil, err
	}
	return &Site{client: client, server: server}, nil
}

// Close ends the connection.
func (s *Site) Close() { s.client.Close() }

// Version is Odoo's release, such as "18.0".
func (s *Site) Version() string { return s.server.Version.String() }

// Lacks tells what the user lacks in Odoo for each command, by its name.
func (s *Site) Lacks(ctx context.Context, kinds []command.Kind) (map[string][]string, error) {
	return command.Missing(ctx, s.client, kinds)
}

// Check fits the mappings, with their overlays, to the fields that Odoo has.
func (s *Site) Check(ctx context.Context, collections []domain.Collection, overlays []string) ([]Fit, error) {
	texts, err := readAll(overlays)
	if err != nil {
		return nil, err
	}
	var fits []Fit
	for _, col := range collections {
		spec, err := col.Spec(texts...)
		if err != nil {
			return nil, overlayProblem(fmt.Sprintf("mapping of %s: %v", col.Name, err))
		}
		major, record := s.server.Version.Major, col.Record.ProtoReflect().Type()
		if _, err := mapping.Compile(spec, major, record, col.Name, nil); err != nil {
			return nil, overlayProblem(err.Error())
		}
		fit := Fit{Collection: col.Name}
		fit.plan, err = mapping.Fit(ctx, spec, major, record, col.Name, s.client)
		var missing *mapping.MissingError
		if errors.As(err, &missing) {
			fit.Missing = missingOf(missing)
		} else if err != nil {
			return nil, err
		}
		fits = append(fits, fit)
	}
	return fits, nil
}

func readAll(paths []string) ([][]byte, error) {
	var texts [][]byte
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, overlayProblem(err.Error())
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func overlayProblem(text string) error {
	return &config.Error{Problems: []config.Problem{{Key: "mapping-overlay", Text: text}}}
}

// missingOf lists what is missing by canonical field.
func missingOf(e *mapping.MissingError) []Missing {
	var all []Missing
	for _, m := range e.Missing {
		name := m.Model
		if m.Field != "" {
			name += "." + m.Field
		}
		for _, field := range m.Canonical {
			all = append(all, Missing{Field: field, Odoo: name, Error: e})
		}
	}
	return all
}

// HotModels lists, sorted, the Odoo models whose rows make up the records of the
// fitting mappings and change often: the ones that hints are worth it for.
func HotModels(fits []Fit) []string {
	var models []string
	for _, f := range fits {
		if f.plan == nil || f.plan.Missing() {
			continue
		}
		for _, w := range f.plan.Watches() {
			if !w.Reference && !w.Seldom && !slices.Contains(models, w.Model) {
				models = append(models, w.Model)
			}
		}
	}
	slices.Sort(models)
	return models
}
