package mapping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/odoo"
)

// Describer tells which fields a model has.
type Describer interface {
	FieldsGet(ctx context.Context, model string, attributes []string) (map[string]odoo.Field, error)
}

// MissingError says that a mapping names fields that this Odoo does not have.
type MissingError struct {
	Domain string
	Major  int
	// Missing lists them; a Field of "" is a model that is missing altogether.
	Missing []MissingField
}

// MissingField is one Odoo field that is not there, and what is made from it.
type MissingField struct {
	FieldName
	Canonical []string
}

func (e *MissingError) Error() string {
	var lines []string
	for _, m := range e.Missing {
		what := m.Model + "." + m.Field
		if m.Field == "" {
			what = "the model " + m.Model
		}
		lines = append(lines, fmt.Sprintf("%s (made from %s)", strings.Join(m.Canonical, ", "), what))
	}
	return fmt.Sprintf("the mapping of %s does not fit this Odoo %d, which lacks what these fields are made from: %s; "+
		"install the Odoo module that has them, or name others in an overlay, such as {domain: %s, %s}",
		e.Domain, e.Major, strings.Join(lines, "; "), e.Domain, overlayFor(e.Missing[0].Canonical[0]))
}

// overlayFor is how an overlay names another Odoo field for a canonical one.
func overlayFor(canonical string) string {
	if key, ok := strings.CutPrefix(canonical, "attributes["); ok {
		return fmt.Sprintf("attributes: {%s: x_your_field}", strings.TrimSuffix(key, "]"))
	}
	return fmt.Sprintf("fields: {%s: {odoo: x_your_field}}", canonical)
}

// Fit compiles a mapping for the Odoo that describes itself, and checks every
// field that it reads. What is missing comes as a *MissingError, all at once.
func Fit(ctx context.Context, spec *Spec, major int, message protoreflect.MessageType, collection string, d Describer) (*Plan, error) {
	p, err := Compile(spec, major, message, collection, nil)
	if err != nil {
		return nil, err
	}
	absent := map[FieldName]bool{}
	problem := &MissingError{Domain: spec.Domain, Major: major}
	ownValues := false
	described := map[string]map[string]odoo.Field{}
	// The root model comes first: where an optional one is missing, so may be others.
	models := slices.Sorted(maps.Keys(p.reads))
	slices.SortStableFunc(models, func(a, b string) int { return cmp.Compare(rank(a, spec), rank(b, spec)) })
	for _, model := range models {
		have, err := d.FieldsGet(ctx, model, []string{"type", "relation", "searchable", "company_dependent"})
		var fault *odoo.Fault
		if errors.As(err, &fault) && fault.Kind == odoo.UnknownModel {
			if model == spec.Model && spec.Optional {
				p.missing = true
				return p, nil
			}
			if absent[FieldName{Model: model}] = true; !p.needless(model) {
				problem.Missing = append(problem.Missing, MissingField{FieldName{Model: model}, p.usesOf(model)})
			}
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("checking the mapping of %s: %w", spec.Domain, err)
		}
		described[model] = have
		for _, field := range p.reads[model] {
			name := FieldName{model, field}
			if f, there := have[field]; there {
				ownValues = ownValues || model == p.root.model && f.CompanyDependent
				continue
			}
			if absent[name] = true; !p.optional[name] {
				problem.Missing = append(problem.Missing, MissingField{name, p.uses[name]})
			}
		}
	}
	if len(problem.Missing) > 0 {
		return nil, problem
	}
	if len(absent) > 0 {
		p, err = Compile(spec, major, message, collection, absent)
	}
	if err == nil {
		p.markEverywhere(described)
		p.ownValues = ownValues && slices.Contains(p.reads[p.root.model], companyField)
	}
	return p, err
}

func rank(model string, spec *Spec) int {
	if model == spec.Model {
		return 0
	}
	return 1
}

// companyField is the many2one to the company that alone uses a row.
const companyField = "company_id"

// usesOf lists what is made from any field of a model.
func (p *Plan) usesOf(model string) []string {
	var all []string
	for name, canonical := range p.uses {
		if name.Model == model {
			all = append(all, canonical...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if others := slices.DeleteFunc(slices.Clone(all), func(path string) bool { return path == sourceTime }); len(others) > 0 {
		return others
	}
	return all
}
