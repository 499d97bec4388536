package change

import (
	"context"
	"slices"
)

// findGone looks for rows of a model among some ids that records are made of and that
// Odoo no longer has, and notes the records; where the number of the rows has changed,
// for records that have come back as well.
func (e *Engine) findGone(ctx context.Context, model string, ids span, changed bool) error {
	there := listing{upTo: ids.after}
	for _, d := range e.domains {
		for _, w := range watchesOf(d, model) {
			switch root := w.Path == "" && w.Through == ""; {
			case w.Through != "" && changed:
				// Who was a member because of a row that is gone may be one no more.
				if err := e.findStrangers(ctx, d, everything, true); err != nil {
					return err
				}
			case w.Through != "" || w.Reference:
			case root && !d.source().Grouped():
				if err := e.findStrangers(ctx, d, ids, changed); err != nil {
					return err
				}
			default:
				have, err := e.knownRows(d, model, ids)
				if err != nil {
					return err
				}
				gone, err := there.lacks(ctx, d.source(), model, have)
				if err != nil {
					return err
				}
				if err := e.touchOwners(d, model, gone); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// findStrangers looks for records among some ids that are no members of their domain
// any more, and notes them; where their number has changed, new members as well.
func (e *Engine) findStrangers(ctx context.Context, d *domain, ids span, changed bool) error {
	if changed {
		gone, missed, err := e.compareRoots(ctx, d, ids)
		if err != nil {
			return err
		}
		d.suspect(slices.Concat(gone, missed))
		return nil
	}
	have, err := e.cachedIDs(d, ids)
	if err != nil || len(have) == 0 {
		return err
	}
	still, err := d.source().Members(ctx, have)
	if err != nil {
		return err
	}
	d.suspect(names(difference(nil, have, still)))
	return nil
}

// suspect notes records to be read, but not those that Odoo was asked for already and
// did not have: they go as soon as nothing else is left to be read.
func (d *domain) suspect(keys []string) {
	for _, key := range keys {
		if !d.gone[key] {
			d.pending[key] = true
		}
	}
}

// listing are the ids of a model's rows, listed once for all who want to know.
type listing struct {
	ids []int64
	// upTo is the id up to which they are listed.
	upTo int64
}

// lacks lists which of some rows, sorted, Odoo does not have.
func (l *listing) lacks(ctx context.Context, s Source, model string, have []int64) ([]int64, error) {
	if len(have) == 0 {
		return nil, nil
	}
	for l.upTo < have[len(have)-1] {
		ids, err := s.RowIDs(ctx, model, l.upTo, censusAtOnce)
		if err != nil {
			return nil, err
		}
		l.ids, l.upTo = append(l.ids, ids...), maxID
		if len(ids) == censusAtOnce {
			l.upTo = ids[len(ids)-1]
		}
	}
	return difference(nil, have, l.ids), nil
}
