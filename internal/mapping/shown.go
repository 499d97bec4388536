package mapping

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"odoomesh/internal/odoo"
)

// Contents tells what rows hold in some fields, as a text that is equal while
// they hold the same. Rows that are gone have none.
func (s *Source) Contents(ctx context.Context, model string, fields []string, ids []int64) (map[int64]string, error) {
	rows, err := s.odoo.SearchRead(ctx, model, odoo.Where("id", "in", ids), fields, odoo.ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("reading what %d rows of %s hold: %w", len(ids), model, err)
	}
	contents := make(map[int64]string, len(rows))
	for _, r := range rows {
		contents[r.ID()] = content(r, fields)
	}
	return contents, nil
}

// content leaves the stamp out: a save that changes nothing moves it.
func content(r odoo.Row, fields []string) string {
	var b strings.Builder
	for _, f := range fields {
		if v, ok := r.Raw(f); ok && f != stampField {
			fmt.Fprintf(&b, "%s=%#v;", f, v)
		}
	}
	return b.String()
}

const stampField = "write_date"

// Shown lists the fields of a model that the records are made from, without its
// stamp; none where only the stamp of a row is of interest.
func (p *Plan) Shown(model string) []string {
	return slices.DeleteFunc(slices.Clone(p.reads[model]), func(f string) bool { return f == stampField })
}

// Renew lists which of the rows, whose stamps have moved, may show otherwise than
// they did. Of reference data the rows are kept: who renames a product does not
// touch the thousand movements that show no more of it than its unit.
func (s *Source) Renew(ctx context.Context, model string, ids []int64) ([]int64, error) {
	kept, keeps, age := s.references.renew(model, ids)
	if !keeps || len(ids) > renewAtOnce {
		s.Forget(model)
		return ids, nil
	}
	rows, err := s.odoo.SearchRead(ctx, model, odoo.Where("id", "in", ids), s.reads[model], odoo.ReadOptions{Order: "id"})
	if err != nil {
		return nil, fmt.Errorf("reading %d changed rows of %s: %w", len(ids), model, err)
	}
	same := map[int64]bool{}
	for _, r := range rows {
		was, known := kept[r.ID()]
		same[r.ID()] = known && content(was, s.reads[model]) == content(r, s.reads[model])
	}
	changed := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return same[id] })
	if len(changed) > 0 {
		age = s.references.forget(model)
	}
	s.references.put(model, rows, age)
	return changed, nil
}

// renewAtOnce bounds how many rows are compared with the kept ones: where more
// have changed, all records that show any are read again.
const renewAtOnce = 500
