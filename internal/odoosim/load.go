package odoosim

import (
	"fmt"

	"odoomesh/internal/odoosim/orm"
)

// load answers the method load: it takes the rights to create and to write.
func load(r *request, a arguments) (any, error) {
	for _, needs := range []string{"create", "write"} {
		if err := r.sim.allowed(r.env.UID, needs, r.model); err != nil {
			return nil, err
		}
	}
	data, ok := a["data"].([]any)
	if !ok {
		return nil, orm.Unforeseen("TypeError", "load() takes rows as lists")
	}
	rows := make([][]string, 0, len(data))
	for _, line := range data {
		cells, ok := line.([]any)
		if !ok {
			return nil, orm.Unforeseen("TypeError", "load() takes rows as lists")
		}
		row := make([]string, len(cells))
		for i, c := range cells {
			if c != nil && c != false {
				row[i] = fmt.Sprint(c)
			}
		}
		rows = append(rows, row)
	}
	r.cost.writes = len(rows)
	return r.env.Load(r.model, a.names("fields"), rows)
}
