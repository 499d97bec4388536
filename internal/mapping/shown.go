package mapping

import (
	"context"
	"fmt"
	"slices"

	"odoomesh/internal/odoo"
)

const stampField = "write_date"

// Shown lists the fields of a model that the records are made from, without its
// stamp; none where only the stamp of a row is of interest.
func (p *Plan) Shown(model string) []string {
	return slices.DeleteFunc(slices.Clone(p.reads[model]), func(f string) bool { return f == stampField })
}

// Renew lists which of the rows, whose stamps have moved, may show otherwise than
// they did. Of reference data the rows are kept: who renames a product does not
// touch the thousand movements that show no more of it than its unit. Whoever cannot
// follow what it lists has to Forget the model: it is listed once.
func (s *Reader) Renew(ctx context.Context, model string, ids []int64) ([]int64, error) {
	kept, keeps, age := s.references.renew(model, ids)
	if !keeps || len(ids) > renewAtOnce {
		s.Forget(model)
		return ids, nil
	}
	rows, err := odoo.ReadRows(ctx, s.odoo, model, ids, s.reads[model], odoo.ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("reading %d changed rows of %s: %w", len(ids), model, err)
	}
	same := map[int64]bool{}
	for _, r := range rows {
		was, known := kept[r.ID()]
		same[r.ID()] = known && odoo.Content(was, s.reads[model]) == odoo.Content(r, s.reads[model])
	}
	changed := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return same[id] })
	if len(changed) > 0 {
		age = s.references.forget(model)
	}
	s.references.put(model, rows, age, true)
	return changed, nil
}

// renewAtOnce bounds how many rows are compared with the kept ones: where more
// have changed, all records that show any are read again.
const renewAtOnce = 500
