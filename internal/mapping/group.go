package mapping

import (
	"context"
	"fmt"
	"slices"

	"odoomesh/internal/odoo"
	"odoomesh/internal/resource"
)

// Grouped tells whether a record is made of all rows of the root model that agree
// in some fields, and not of one row.
func (p *Plan) Grouped() bool { return len(p.groupBy) > 0 }

// Keys are the keys of the records that root rows belong to, each once. Rows of a
// grouped domain that are gone from Odoo belong to none.
func (s *Reader) Keys(ctx context.Context, ids []int64) ([][]byte, error) {
	keys := make([][]byte, 0, len(ids))
	if !s.Grouped() {
		for _, id := range ids {
			keys = append(keys, resource.Key(id))
		}
		return keys, nil
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.odoo.SearchRead(ctx, s.Model(), odoo.Where("id", "in", ids), s.groupBy, odoo.ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("finding the %s of %d rows: %w", s.Collection, len(ids), err)
	}
	for _, row := range rows {
		key, err := s.keyOf(row)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, slices.Compare)
	return slices.CompactFunc(keys, slices.Equal), nil
}

// keyOf is the key of the record that a root row belongs to.
func (p *Plan) keyOf(row odoo.Row) ([]byte, error) {
	if !p.Grouped() {
		return resource.Key(row.ID()), nil
	}
	ids := make([]int64, len(p.groupBy))
	for i, field := range p.groupBy {
		ref, ok, err := row.Many2One(field)
		if err != nil {
			return nil, fmt.Errorf("grouping %s: %w", p.Collection, err)
		}
		if ok {
			ids[i] = ref.ID
		}
	}
	return resource.Key(ids...), nil
}

// fetchGroups reads grouped records by their keys. It searches by each field
// apart, which finds some rows of other groups, and leaves those out.
func (s *Reader) fetchGroups(ctx context.Context, keys [][]byte) ([]*Record, error) {
	domain := odoo.Domain{}
	for i, field := range s.groupBy {
		var values []any
		for _, key := range keys {
			ids := resource.IDs(key)
			if len(ids) != len(s.groupBy) {
				return nil, fmt.Errorf("%s is no name of one of the %s", resource.NameOf(s.Collection, key), s.Collection)
			}
			value := any(ids[i])
			if ids[i] == 0 {
				value = false
			}
			if !slices.Contains(values, value) {
				values = append(values, value)
			}
		}
		domain = domain.And(field, "in", values)
	}
	rows, err := odoo.SearchRows(ctx, s.odoo, s.Model(), domain, s.reads[s.Model()], odoo.ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("reading %d %s: %w", len(keys), s.Collection, err)
	}
	groups := make(map[string][]int64, len(keys))
	for _, key := range keys {
		groups[string(key)] = nil
	}
	t := tables{s.Model(): map[int64]odoo.Row{}}
	var ids []int64
	for _, row := range rows {
		key, err := s.keyOf(row)
		if err != nil {
			return nil, err
		}
		if group, wanted := groups[string(key)]; wanted {
			groups[string(key)] = append(group, row.ID())
			t[s.Model()][row.ID()] = row
			ids = append(ids, row.ID())
		}
	}
	if err := s.reach(ctx, t, ids); err != nil {
		return nil, err
	}
	var records []*Record
	for _, key := range keys {
		var group []odoo.Row
		for _, id := range groups[string(key)] {
			group = append(group, t[s.Model()][id])
		}
		if len(group) == 0 {
			continue
		}
		r, err := s.build(key, group, t)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// group are the rows that the record is made of where a converter works on its
// root; elsewhere the row alone.
func (b *build) group(row odoo.Row) []odoo.Row {
	if row.Model() == b.model && row.ID() == b.id {
		return b.rows
	}
	return []odoo.Row{row}
}
