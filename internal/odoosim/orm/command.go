package orm

import "slices"

// Odoo's commands for to-many fields.
const (
	cmdCreate = iota
	cmdUpdate
	cmdDelete
	cmdUnlink
	cmdLink
	cmdClear
	cmdSet
)

type command struct {
	kind int64
	id   int64
	arg  any
}

func (e *Env) commands(f *Field, v any) ([]command, error) {
	bad := Unforeseen("ValueError", "Wrong value for %s.%s: %s", f.model.Name, f.Name, pythonic(v))
	if ids, ok := asIDs(v); ok {
		return []command{{kind: cmdSet, arg: ids}}, nil
	}
	items, ok := v.([]any)
	if !ok {
		return nil, bad
	}
	out := make([]command, 0, len(items))
	for _, item := range items {
		parts, ok := item.([]any)
		if !ok || len(parts) == 0 {
			return nil, bad
		}
		c := command{}
		if c.kind, ok = asInt(parts[0]); !ok || c.kind < cmdCreate || c.kind > cmdSet {
			return nil, bad
		}
		if len(parts) > 1 {
			c.id, _ = asInt(parts[1])
		}
		if len(parts) > 2 {
			c.arg = parts[2]
		}
		out = append(out, c)
	}
	return out, nil
}

// commandSet applies commands to a many2many and answers its new ids.
func (e *Env) commandSet(f *Field, id int64, v any) (Value, error) {
	cmds, err := e.commands(f, v)
	if err != nil {
		return Value{}, err
	}
	other := e.db.models[f.Relation]
	var ids []int64
	if r := e.row(f.model, id); r != nil {
		ids = slices.Clone(r.get(f).L)
	}
	for _, c := range cmds {
		switch c.kind {
		case cmdLink:
			ids = append(ids, c.id)
		case cmdUnlink, cmdDelete:
			ids = slices.DeleteFunc(ids, func(x int64) bool { return x == c.id })
		case cmdClear:
			ids = nil
		case cmdSet:
			set, _ := asIDs(c.arg)
			ids = slices.Clone(set)
		case cmdCreate, cmdUpdate:
			vals, _ := c.arg.(map[string]any)
			if other == nil {
				continue
			}
			if c.kind == cmdUpdate {
				if err := e.Write(other, []int64{c.id}, vals); err != nil {
					return Value{}, err
				}
				continue
			}
			made, err := e.Create(other, vals)
			if err != nil {
				return Value{}, err
			}
			ids = append(ids, made)
		}
	}
	slices.Sort(ids)
	return IDs(slices.Compact(ids)), nil
}

// commandLines applies commands to a one2many: lines are created, changed, deleted
// or moved.
func (e *Env) commandLines(f *Field, id int64, v any) error {
	if v == nil || v == false {
		return nil
	}
	other := e.db.models[f.Relation]
	if other == nil || other.Fields[f.RelationField] == nil {
		return nil
	}
	cmds, err := e.commands(f, v)
	if err != nil {
		return err
	}
	for _, c := range cmds {
		if err := e.commandLine(f, other, id, c); err != nil {
			return err
		}
	}
	return nil
}

func (e *Env) commandLine(f *Field, other *Model, id int64, c command) error {
	back := f.RelationField
	vals, _ := c.arg.(map[string]any)
	switch c.kind {
	case cmdCreate:
		line := map[string]any{back: id}
		for k, v := range vals {
			line[k] = v
		}
		_, err := e.Create(other, line)
		return err
	case cmdUpdate:
		return e.Write(other, []int64{c.id}, vals)
	case cmdDelete:
		return e.Unlink(other, []int64{c.id})
	case cmdLink:
		return e.Write(other, []int64{c.id}, map[string]any{back: id})
	case cmdUnlink:
		return e.release(other, back, []int64{c.id})
	}
	keep, _ := asIDs(c.arg)
	have := e.All().get(f, id).L
	drop := slices.DeleteFunc(slices.Clone(have), func(x int64) bool { return slices.Contains(keep, x) })
	if err := e.release(other, back, drop); err != nil {
		return err
	}
	for _, line := range keep {
		if !slices.Contains(have, line) {
			if err := e.Write(other, []int64{line}, map[string]any{back: id}); err != nil {
				return err
			}
		}
	}
	return nil
}

// release takes lines away from their record: deleted where they cannot be without
// one, otherwise set free.
func (e *Env) release(other *Model, back string, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if other.Fields[back].Required {
		return e.Unlink(other, ids)
	}
	return e.Write(other, ids, map[string]any{back: false})
}
