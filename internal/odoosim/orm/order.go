package orm

import (
	"cmp"
	"slices"
	"strings"
)

// sortKey is one column of an order.
type sortKey struct {
	field *Field
	desc  bool
	// of a many2one: the comodel's own order
	nested []sortKey
}

// order reads Odoo's order text; empty means the model's own.
func (e *Env) order(m *Model, spec string) ([]sortKey, error) {
	return e.orderDepth(m, spec, 0)
}

func (e *Env) orderDepth(m *Model, spec string, depth int) ([]sortKey, error) {
	if strings.TrimSpace(spec) == "" {
		spec = m.Order
	}
	if spec == "" {
		spec = "id"
	}
	var keys []sortKey
	for part := range strings.SplitSeq(spec, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 2 && !strings.EqualFold(words[len(words)-2], "nulls") {
			return nil, Rule("Invalid \"order\" specified (%s). A valid \"order\" specification is a comma-separated list of valid field names (optionally followed by asc/desc for the direction)", spec)
		}
		f := m.Fields[words[0]]
		if f == nil {
			return nil, Unforeseen("ValueError", "Invalid field %s on model %s", quote(words[0]), quote(m.Name))
		}
		k := sortKey{field: f, desc: len(words) > 1 && strings.EqualFold(words[1], "desc")}
		if other := e.db.models[f.Relation]; f.Type == "many2one" && other != nil && depth < 2 {
			nested, err := e.orderDepth(other, "", depth+1)
			if err != nil {
				return nil, err
			}
			k.nested = nested
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// byID says whether the order is by id alone, the order in which matches come.
func byID(keys []sortKey) bool { return keys[0].field.Name == "id" && !keys[0].desc }

// sort puts ids into order. Empty values come last, or first if descending, as
// PostgreSQL does with NULL.
func (e *Env) sort(ids []int64, keys []sortKey) {
	if byID(keys) {
		slices.Sort(ids)
		return
	}
	type keyed struct {
		id   int64
		vals []Value
	}
	rows := make([]keyed, len(ids))
	flat := make([]Value, len(ids)*len(keys))
	for i, id := range ids {
		rows[i] = keyed{id, flat[i*len(keys) : (i+1)*len(keys)]}
		for j, k := range keys {
			rows[i].vals[j] = e.get(k.field, id)
		}
	}
	slices.SortStableFunc(rows, func(a, b keyed) int {
		for j, k := range keys {
			c := e.compareValues(k, a.vals[j], b.vals[j])
			if c != 0 {
				if k.desc {
					return -c
				}
				return c
			}
		}
		return cmp.Compare(a.id, b.id)
	})
	for i := range rows {
		ids[i] = rows[i].id
	}
}

func (e *Env) compareValues(k sortKey, a, b Value) int {
	switch k.field.Type {
	case "float", "monetary":
		return cmp.Compare(a.Float(), b.Float())
	case "integer", "boolean":
		return cmp.Compare(a.N, b.N)
	case "date", "datetime":
		return nullsLast(a.N == 0, b.N == 0, cmp.Compare(a.N, b.N))
	case "many2one":
		if a.N == b.N || a.N == 0 || b.N == 0 {
			return nullsLast(a.N == 0, b.N == 0, 0)
		}
		for _, n := range k.nested {
			c := e.compareValues(n, e.get(n.field, a.N), e.get(n.field, b.N))
			if n.desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Compare(a.N, b.N)
	}
	return nullsLast(a.S == "", b.S == "", strings.Compare(a.S, b.S))
}

func nullsLast(a, b bool, c int) int {
	switch {
	case a && b:
		return 0
	case a:
		return 1
	case b:
		return -1
	}
	return c
}
