package mapping

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"odoomesh/internal/odoo"
	"odoomesh/internal/resource"
)

// modelsAtOnce is how many models are read at once for the same records.
const modelsAtOnce = 2

// Fetch reads the records of the given keys, with one bulk read per model at each
// step away from the root. What comes back is in the order of the keys; a key
// that is no member of the domain (any more) is left out.
func (s *Reader) Fetch(ctx context.Context, keys [][]byte) ([]*Record, error) {
	if s.Grouped() {
		return s.fetchGroups(ctx, keys)
	}
	ids := make([]int64, len(keys))
	for i, key := range keys {
		ids[i] = resource.KeyID(key)
	}
	t := tables{s.Model(): {}}
	// Before its row, or a row could be older than its membership: a movement would be
	// done, and still have no lot.
	if len(s.members) > 0 {
		var err error
		if ids, err = s.Members(ctx, ids); err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	if err := s.load(ctx, t, s.Model(), ids); err != nil {
		return nil, err
	}
	if err := s.reach(ctx, t, ids); err != nil {
		return nil, err
	}
	records := make([]*Record, 0, len(ids))
	for _, id := range ids {
		row, ok := t[s.Model()][id]
		if !ok {
			continue
		}
		r, err := s.build(resource.Key(id), []odoo.Row{row}, t)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// reach loads what the root rows lead to.
func (s *Reader) reach(ctx context.Context, t tables, ids []int64) error {
	if err := s.loadForCompanies(ctx, t[s.Model()]); err != nil {
		return err
	}
	frontier := map[*level][]int64{s.root: ids}
	for len(frontier) > 0 {
		wanted := map[string][]int64{}
		next := map[*level][]int64{}
		for l, at := range frontier {
			for _, h := range l.hops {
				reached, err := targets(t, l.model, h.field, at)
				if err != nil {
					return err
				}
				wanted[h.to.model] = append(wanted[h.to.model], reached...)
				if len(reached) > 0 {
					next[h.to] = append(next[h.to], reached...)
				}
			}
		}
		// The tables stand before: each is filled by its own reader.
		for model := range wanted {
			if t[model] == nil {
				t[model] = map[int64]odoo.Row{}
			}
		}
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(modelsAtOnce)
		for model, ids := range wanted {
			group.Go(func() error { return s.load(ctx, t, model, ids) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
		frontier = next
	}
	return nil
}

// targets lists the ids that the rows' relation leads to. A value of another
// shape leads nowhere: the build reports it as a fault of its record.
func targets(t tables, model, field string, ids []int64) ([]int64, error) {
	var out []int64
	for _, id := range ids {
		row, ok := t[model][id]
		if !ok {
			continue
		}
		if ref, ok, err := row.Many2One(field); err == nil {
			if ok {
				out = append(out, ref.ID)
			}
			continue
		}
		if many, err := row.IDs(field); err == nil {
			out = append(out, many...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// load reads the rows that the model's table does not hold yet. It searches for the ids
// and does not read them outright: one id that is gone or out of the user's sight
// would make Odoo refuse the whole read.
func (s *Reader) load(ctx context.Context, t tables, model string, ids []int64) error {
	var missing []int64
	for _, id := range ids {
		if _, ok := t[model][id]; !ok {
			missing = append(missing, id)
		}
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	if len(missing) == 0 {
		return nil
	}
	missing, age := s.references.take(t, model, missing)
	if len(missing) == 0 {
		return nil
	}
	rows, err := odoo.ReadRows(ctx, s.odoo, model, missing, s.reads[model], odoo.ReadOptions{Order: "id"})
	if err != nil {
		return fmt.Errorf("reading %d rows of %s: %w", len(missing), model, err)
	}
	for _, r := range rows {
		t[model][r.ID()] = r
	}
	s.references.put(model, rows, age, false)
	return nil
}

// loadForCompanies reads again, in the context of its company, each root row that
// one company alone uses: cost, currency and the like have a value per company,
// and without a context Odoo answers that of the user's own.
func (s *Reader) loadForCompanies(ctx context.Context, rows map[int64]odoo.Row) error {
	if !s.ownValues {
		return nil
	}
	byCompany := map[int64][]int64{}
	for id, row := range rows {
		if ref, ok, err := row.Many2One(companyField); err == nil && ok {
			byCompany[ref.ID] = append(byCompany[ref.ID], id)
		}
	}
	for company, ids := range byCompany {
		slices.Sort(ids)
		again, err := odoo.ReadRows(ctx, s.odoo, s.Model(), ids, s.reads[s.Model()],
			odoo.ReadOptions{Order: "id", Context: map[string]any{"allowed_company_ids": []int64{company}}})
		var fault *odoo.Fault
		if errors.As(err, &fault) && fault.Kind == odoo.AccessDenied {
			// The mesh's user is not of that company: what it sees stands.
			continue
		}
		if err != nil {
			return fmt.Errorf("reading %d rows of %s for company %d: %w", len(ids), s.Model(), company, err)
		}
		for _, row := range again {
			rows[row.ID()] = row
		}
	}
	return nil
}
