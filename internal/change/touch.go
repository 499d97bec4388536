package change

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
)

// touch notes which records the changed rows of a model show in: by what Odoo
// says now, and by what the cache has seen, for rows that were moved or deleted.
func (e *Engine) touch(ctx context.Context, model string, rows []int64) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(settleAtOnce)
	for _, d := range e.domains {
		if watches := watchesOf(d, model); len(watches) > 0 {
			group.Go(func() error { return e.touchIn(ctx, d, model, watches, rows) })
		}
	}
	return group.Wait()
}

// watchesOf lists why a domain watches a model.
func watchesOf(d *domain, model string) []mapping.WatchedModel {
	var all []mapping.WatchedModel
	for _, w := range d.source().Watches() {
		if w.Model == model {
			all = append(all, w)
		}
	}
	return all
}

func (e *Engine) touchIn(ctx context.Context, d *domain, model string, watches []mapping.WatchedModel, rows []int64) error {
	var renewed []int64
	compared := false
	for _, w := range watches {
		changed := rows
		if w.Reference && !w.Unread {
			if !compared {
				var err error
				if renewed, err = d.source().Renew(ctx, model, rows); err != nil {
					return err
				}
				compared = true
			}
			changed = renewed
		}
		if len(changed) == 0 {
			continue
		}
		ids, err := d.source().Touched(ctx, w, changed)
		if err != nil {
			return err
		}
		if w.Through != "" {
			ids = e.unknown(d, ids)
		}
		if err := e.mark(ctx, d, ids); err != nil {
			return err
		}
	}
	return e.touchOwners(d, model, rows)
}

// unknown leaves out the root rows whose records the cache has: such rows of other
// models make members of them, and show in none.
func (e *Engine) unknown(d *domain, rows []int64) []int64 {
	return slices.DeleteFunc(rows, func(id int64) bool {
		_, err := e.cache.Get(d.Name, resource.Key(id))
		return err == nil
	})
}

// mark notes that the records of root rows are to be read.
func (e *Engine) mark(ctx context.Context, d *domain, rows []int64) error {
	keys, err := keysOf(ctx, d.source(), rows)
	if err != nil {
		return err
	}
	for _, key := range keys {
		d.pending[key] = true
	}
	return nil
}

// touchOwners notes the records that the cache knows to be made of the rows.
func (e *Engine) touchOwners(d *domain, model string, rows []int64) error {
	snapshot := e.cache.Snapshot()
	defer snapshot.Close()
	for _, row := range rows {
		keys, err := e.owners(snapshot, d, model, row)
		if err != nil {
			return err
		}
		d.suspect(keys)
	}
	return nil
}
