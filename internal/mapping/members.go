package mapping

import (
	"context"
	"fmt"
	"slices"

	"odoomesh/internal/odoo"
)

// membership compiles which rows belong to the domain. A model that this Odoo was
// found not to have makes no members.
func (c *compiler) membership(spec *Spec) {
	for _, m := range spec.Members {
		switch {
		case m.Through == "":
		case m.Model == "":
			c.plan.above = m.Through
			c.plan.want("name", spec.Model, m.Through)
			continue
		case m.Optional && c.absent[FieldName{Model: m.Model}]:
			continue
		default:
			c.plan.want("name", m.Model, m.Through)
			c.watch(WatchedModel{Model: m.Model, Through: m.Through})
		}
		c.plan.members = append(c.plan.members, m)
	}
}

// needless tells whether nothing but members of the domain that need not be there
// is made from a model.
func (p *Plan) needless(model string) bool {
	return slices.ContainsFunc(p.members, func(m Member) bool { return m.Optional && m.Model == model }) &&
		!slices.ContainsFunc(p.watches, func(w WatchedModel) bool { return w.Model == model && w.Through == "" })
}

// withAbove adds the rows above some, which are members if one of these is.
func (s *Reader) withAbove(ctx context.Context, ids []int64) ([]int64, error) {
	if s.above == "" || len(ids) == 0 {
		return ids, nil
	}
	all, err := s.amongThere(ctx, s.Model(), ids, func(ids []int64) ([]int64, error) {
		return s.odoo.Search(ctx, s.Model(), odoo.Where("id", "parent_of", ids), odoo.ReadOptions{Order: "id"})
	})
	if err != nil {
		return nil, fmt.Errorf("finding what stands above %d rows of %s: %w", len(ids), s.Model(), err)
	}
	// A row that has gone in the meantime is for the caller to find gone.
	all = append(all, ids...)
	slices.Sort(all)
	return slices.Compact(all), nil
}

// aboveMembers lists which of some rows, none of which is a member by itself, are
// members because of one below them.
func (s *Reader) aboveMembers(ctx context.Context, among []int64) ([]int64, error) {
	if s.above == "" || len(among) == 0 {
		return nil, nil
	}
	among = slices.Sorted(slices.Values(among))
	rows, err := s.odoo.SearchRead(ctx, s.Model(), odoo.Where(s.above, "child_of", among), []string{s.above}, odoo.ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("finding what stands below %d rows of %s: %w", len(among), s.Model(), err)
	}
	over := make(map[int64]int64, len(rows))
	below := make([]int64, len(rows))
	for i, r := range rows {
		ref, _, err := r.Many2One(s.above)
		if err != nil {
			return nil, err
		}
		over[r.ID()], below[i] = ref.ID, r.ID()
	}
	// What stands below and was asked for is known to be no member by itself.
	members, err := s.byThemselves(ctx, without(below, among))
	if err != nil {
		return nil, err
	}
	found := map[int64]bool{}
	for _, id := range members {
		for up := over[id]; up != 0 && !found[up]; up = over[up] {
			found[up] = true
		}
	}
	return slices.DeleteFunc(among, func(id int64) bool { return !found[id] }), nil
}

// without leaves some ids out, which are sorted.
func without(ids, some []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { _, is := slices.BinarySearch(some, id); return is })
}
