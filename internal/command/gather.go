package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"odoomesh/internal/gather"
	"odoomesh/internal/odoo"
)

// gathered is a client that asks at once what the rows of an import, or the looks at a
// sign-in, ask at the same time, each for its own record. A command by itself waits for no
// other.
type gathered struct {
	Client
	rows  gather.Group[int64, []odoo.Row]
	loads gather.Group[*laid, outcome]
}

func (c *gathered) SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) ([]odoo.Row, error) {
	if !gather.IsOneOfMany(ctx) || o.Limit != 0 || o.Offset != 0 {
		return c.Client.SearchRead(ctx, model, domain, fields, o)
	}
	at, of := apartBy(domain, fields)
	var key int64
	like := slices.Clone(domain)
	if at >= 0 {
		key = domain[at].([]any)[2].(int64)
		like[at] = []any{of, "in"}
	}
	kind := fmt.Sprint(odoo.PriorityOf(ctx), model, like, fields, o)
	return c.rows.Do(ctx, kind, key, func(ctx context.Context, keys []int64) (func(int64) []odoo.Row, error) {
		if len(keys) == 1 {
			rows, err := c.Client.SearchRead(ctx, model, domain, fields, o)
			return func(int64) []odoo.Row { return rows }, err
		}
		ids := make([]any, len(keys))
		for i, k := range keys {
			ids[i] = k
		}
		all := slices.Clone(domain)
		all[at] = []any{of, "in", ids}
		rows, err := c.Client.SearchRead(ctx, model, all, fields, o)
		if err != nil {
			return nil, err
		}
		return byKey(rows, of)
	})
}

// apartBy finds the leaf of a domain by whose value rows can be told apart: of is the row's
// own id, or a reference that is read. It is -1 where there is none.
func apartBy(domain odoo.Domain, fields []string) (at int, of string) {
	for i, item := range domain {
		leaf, is := item.([]any)
		if !is { // an operator: the leaves do not all have to hold
			return -1, ""
		}
		field, _ := leaf[0].(string)
		_, number := leaf[2].(int64)
		if of == "" && leaf[1] == "=" && number && (field == "id" || slices.Contains(fields, field)) {
			at, of = i, field
		}
	}
	if of == "" {
		return -1, ""
	}
	return at, of
}

func byKey(rows []odoo.Row, of string) (func(int64) []odoo.Row, error) {
	by := map[int64][]odoo.Row{}
	for _, row := range rows {
		id := row.ID()
		if of != "id" {
			ref, _, err := row.Many2One(of)
			if err != nil {
				return nil, err
			}
			id = ref.ID
		}
		by[id] = append(by[id], row)
	}
	return func(k int64) []odoo.Row { return by[k] }, nil
}

// laid is a row that is to be loaded.
type laid struct{ cells []string }

// outcome is what became of a row: whether the call failed, or Odoo refused the row.
type outcome struct{ failed, refused error }

// load loads a row with those of others that have the same columns. Where Odoo refuses
// them nothing of them is there, and each is loaded alone. Where the answer is lost each
// may be there: all are told so, and look.
func (c *gathered) load(ctx context.Context, o *Odoo, model string, columns, row []string) outcome {
	kind := fmt.Sprint(odoo.PriorityOf(ctx), model, columns)
	out, err := c.loads.Do(ctx, kind, &laid{row}, func(ctx context.Context, keys []*laid) (func(*laid) outcome, error) {
		rows := make([][]string, len(keys))
		for i, k := range keys {
			rows[i] = k.cells
		}
		answer, failed := o.load(ctx, model, columns, rows, nil)
		var refused, alone error
		if failed == nil {
			_, refused = loaded(model, answer)
		}
		var fault *odoo.Fault
		if len(keys) > 1 && (refused != nil || errors.As(failed, &fault)) {
			alone = errors.Join(refused, failed)
		}
		return func(*laid) outcome { return outcome{failed, refused} }, alone
	})
	if err != nil {
		out.failed = err
	}
	return out
}
