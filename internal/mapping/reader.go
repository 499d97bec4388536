package mapping

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"odoomesh/internal/odoo"
)

// Reader reads one domain from one Odoo.
type Reader struct {
	*Plan
	odoo       odoo.Reader
	references *references
}

// NewReader binds a plan to an Odoo of its release.
func NewReader(p *Plan, r odoo.Reader) *Reader {
	return &Reader{Plan: p, odoo: r, references: newReferences(p.watches)}
}

// MappingVersion is the version that the records name.
func (s *Reader) MappingVersion() int { return s.Version }

// HasMembers tells whether root rows belong to the domain by their own values, and
// not all of them.
func (s *Reader) HasMembers() bool {
	return slices.ContainsFunc(s.members, func(m Member) bool { return m.Through == "" })
}

// CountMembers counts the root rows above an id and up to another that belong to the domain by
// their own values: rows can join and leave it without being written, as a
// partner does whose supplier_rank Odoo raises by SQL when a bill is posted.
func (s *Reader) CountMembers(ctx context.Context, after, upTo int64) (int64, error) {
	var sum int64
	for _, m := range s.members {
		if m.Through != "" {
			continue
		}
		n, err := s.count(ctx, s.Model(), append(odoo.Between(after, upTo), m.Where...))
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

func (s *Reader) count(ctx context.Context, model string, domain odoo.Domain) (int64, error) {
	n, err := s.odoo.SearchCount(ctx, model, domain, odoo.ReadOptions{})
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", model, err)
	}
	return n, nil
}

// Touched lists the root ids of the records that show any of the changed rows.
func (s *Reader) Touched(ctx context.Context, w WatchedModel, ids []int64) ([]int64, error) {
	if w.Through != "" {
		pointed, err := s.pointedAt(ctx, w.Model, w.Through, odoo.Where("id", "in", ids))
		if err != nil {
			return nil, err
		}
		return s.withAbove(ctx, pointed)
	}
	if w.Path == "" {
		return s.withAbove(ctx, ids)
	}
	domain := odoo.Domain{}
	search := func(ids []int64) ([]int64, error) {
		if !w.Everywhere {
			domain = odoo.Where(w.Path, w.Operator, ids)
		}
		return s.odoo.Search(ctx, s.Model(), domain, odoo.ReadOptions{Order: "id"})
	}
	touched, err := s.amongThere(ctx, w.Model, ids, search)
	if err != nil {
		return nil, fmt.Errorf("finding the %s that show a changed %s: %w", s.Collection, w.Model, err)
	}
	return touched, nil
}

// amongThere searches by ids of a model. Where one of them is gone, Odoo refuses whole
// searches for what stands below or above them: then it searches by those that are there.
func (s *Reader) amongThere(ctx context.Context, model string, ids []int64, search func([]int64) ([]int64, error)) ([]int64, error) {
	for {
		found, err := search(ids)
		var fault *odoo.Fault
		if !errors.As(err, &fault) || fault.Kind != odoo.Missing {
			return found, err
		}
		there, failed := s.odoo.Search(ctx, model, odoo.Where("id", "in", ids), odoo.ReadOptions{Order: "id"})
		if failed != nil || len(there) == len(ids) {
			return nil, errors.Join(err, failed)
		}
		if ids = there; len(ids) == 0 {
			return nil, nil
		}
	}
}

// pointedAt lists what the rows of a model that match point at, without repeats.
func (s *Reader) pointedAt(ctx context.Context, model, field string, domain odoo.Domain) ([]int64, error) {
	rows, err := s.odoo.SearchRead(ctx, model, domain, []string{field}, odoo.ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("reading %s of %s: %w", field, model, err)
	}
	var ids []int64
	for _, r := range rows {
		ref, ok, err := r.Many2One(field)
		if err != nil {
			return nil, err
		}
		if ok {
			ids = append(ids, ref.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// Members lists which of the given root ids belong to the domain, ascending.
func (s *Reader) Members(ctx context.Context, among []int64) ([]int64, error) {
	if len(s.members) == 0 {
		return s.odoo.Search(ctx, s.Model(), odoo.Where("id", "in", among), odoo.ReadOptions{Order: "id"})
	}
	found, err := s.byThemselves(ctx, among)
	if err != nil {
		return nil, err
	}
	above, err := s.aboveMembers(ctx, without(among, found))
	if err != nil {
		return nil, err
	}
	found = append(found, above...)
	slices.Sort(found)
	return found, nil
}

// byThemselves lists which of the given root ids a member condition finds.
func (s *Reader) byThemselves(ctx context.Context, among []int64) ([]int64, error) {
	var found []int64
	for _, m := range s.members {
		// Who is known to be a member need not be one for another reason too.
		rest := without(among, found)
		if len(rest) == 0 {
			break
		}
		var ids []int64
		var err error
		if m.Through == "" {
			ids, err = s.odoo.Search(ctx, s.Model(), append(odoo.Where("id", "in", rest), m.Where...), odoo.ReadOptions{Order: "id"})
		} else {
			ids, err = s.pointedAt(ctx, m.Model, m.Through, append(odoo.Where(m.Through, "in", rest), m.Where...))
		}
		if err != nil {
			return nil, fmt.Errorf("finding the members of %s: %w", s.Collection, err)
		}
		found = append(found, ids...)
		slices.Sort(found)
	}
	return slices.Compact(found), nil
}
