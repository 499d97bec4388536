package capture

import (
	"context"
	"errors"
	"maps"
	"slices"

	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
)

// findRecords finds the records that suspicious rows show in: by what Odoo says now,
// and by what the cache has seen, for rows that were moved or deleted. A model that
// cannot be asked keeps its rows for later, and does not stop the others.
func (c *collection) findRecords(ctx context.Context) error {
	var errs []error
	for _, model := range slices.Sorted(maps.Keys(c.rows)) {
		rows := c.rows[model]
		ids := slices.Sorted(maps.Keys(rows))
		cause := rows[ids[0]]
		keys, err := c.impact(ctx, model, ids)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.suspect(cause, keys)
		delete(c.rows, model)
	}
	return errors.Join(errs...)
}

// impact lists the keys of the records that show any of the changed rows of a model.
func (c *collection) impact(ctx context.Context, model string, rows []int64) ([]string, error) {
	var keys []string
	var renewed []int64
	compared := false
	for _, w := range c.watches(model) {
		changed := rows
		if w.Reference && !w.Unread {
			if !compared {
				var err error
				if renewed, err = c.records().Renew(ctx, model, rows); err != nil {
					return nil, err
				}
				compared = true
			}
			changed = renewed
		}
		if len(changed) == 0 {
			continue
		}
		found, err := c.reached(ctx, w, changed)
		if err != nil {
			c.records().Forget(model) // or it would look as if it had been followed
			return nil, err
		}
		keys = append(keys, found...)
	}
	// What was found to be gone already is not asked for again.
	owners, err := c.owners(model, rows)
	if err != nil {
		c.records().Forget(model)
		return nil, err
	}
	owners = slices.DeleteFunc(owners, func(key string) bool { return c.gone[key] })
	return append(keys, owners...), nil
}

// reached lists the keys of the records that Odoo says show changed rows.
func (c *collection) reached(ctx context.Context, w mapping.WatchedModel, changed []int64) ([]string, error) {
	ids, err := c.records().Touched(ctx, w, changed)
	if err != nil {
		return nil, err
	}
	if w.Through != "" {
		// Such rows of other models make members of root rows, and show in none.
		ids = slices.DeleteFunc(ids, func(id int64) bool {
			_, err := c.Cache.Get(c.Name, resource.Key(id))
			return err == nil
		})
	}
	return keysOf(ctx, c.records(), ids)
}
