package mapping

import (
	"cmp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/odoo"
)

// watchOnly compiles a watch: a model that no field reads. With the models on its
// way named, the records note the rows that they reach over it.
func (c *compiler) watchOnly(w Watch) {
	path := w.Path.one(c.major)
	if path == "" {
		return
	}
	if len(w.Through) == 0 {
		c.plan.want("update_time", w.Model, "write_date")
		c.watch(WatchedModel{Model: w.Model, Path: path, Operator: cmp.Or(w.Back, "in"), Reference: true, Unread: true, Seldom: w.Seldom})
		return
	}
	names, models := strings.Split(path, "."), append(slices.Clone(w.Through), w.Model)
	if len(names) != len(models) {
		c.problem("watch of %s: its path %s leads through %d models, and %d are named", w.Model, path, len(names), len(models))
		return
	}
	l, route := c.plan.root, ""
	var hops []*hop
	for i, field := range names {
		to, h := c.hop("update_time", l, route, field, models[i], &Node{Back: w.Back, Seldom: w.Seldom}, true)
		l, route, hops = to, join(route, field), append(hops, h)
	}
	c.plan.steps = append(c.plan.steps, func(b *build, row odoo.Row, _ protoreflect.Message) { b.reach(hops, row) })
}

// reach goes a way to its end; going it notes the rows.
func (b *build) reach(hops []*hop, row odoo.Row) {
	if len(hops) == 0 {
		return
	}
	for _, next := range b.each(hops[0], row, sourceTime) {
		b.reach(hops[1:], next)
	}
}

// sorted orders rows by a whole number that they hold, then by id.
func sorted(rows []odoo.Row, field string) []odoo.Row {
	if field == "" {
		return rows
	}
	place := func(r odoo.Row) int64 {
		n, err := r.Int(field)
		if err != nil {
			return 0
		}
		return n
	}
	slices.SortStableFunc(rows, func(a, b odoo.Row) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.ID(), b.ID()))
	})
	return rows
}

// markEverywhere finds the watches on whose path Odoo cannot search, such as a
// product's currency, which is computed: 16 to 18 find every record then, and 19
// refuses the search.
func (p *Plan) markEverywhere(described map[string]map[string]odoo.Field) {
	for i, w := range p.watches {
		model := p.root.model
		for name := range strings.SplitSeq(w.Path, ".") {
			f := described[model][name]
			p.watches[i].Everywhere = p.watches[i].Everywhere || f.Unsearchable
			model = f.Relation
		}
	}
}
