package odoosim

import (
	"fmt"
	"strconv"

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
	rows := make([][]orm.Cell, 0, len(data))
	for _, line := range data {
		cells, ok := line.([]any)
		if !ok {
			return nil, orm.Unforeseen("TypeError", "load() takes rows as lists")
		}
		row := make([]orm.Cell, len(cells))
		for i, c := range cells {
			row[i] = cellOf(c)
		}
		rows = append(rows, row)
	}
	r.cost.writes = len(rows)
	return r.env.Load(r.model, a.names("fields"), rows)
}

// cellOf is a value of a row as Python sees it: what is false there is an empty cell.
func cellOf(v any) orm.Cell {
	switch v := v.(type) {
	case nil:
		return orm.Cell{}
	case string:
		return orm.Cell{Text: v}
	case bool:
		if v {
			return orm.Cell{Text: "True", Class: "bool"}
		}
		return orm.Cell{}
	case float64:
		if v != 0 {
			return orm.Cell{Text: strconv.FormatFloat(v, 'f', -1, 64), Class: "float"}
		}
		return orm.Cell{}
	}
	if text := fmt.Sprint(v); text != "0" {
		return orm.Cell{Text: text, Class: "int"}
	}
	return orm.Cell{}
}
