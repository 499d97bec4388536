package clinical

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// desk is the work of one person in one transaction.
type desk struct {
	Writer
	version int
	now     time.Time
	rng     *rand.Rand
}

// work runs fn at a desk in a transaction of its own.
func (o Odoo) work(rng *rand.Rand, fn func(d desk) error) error {
	return o.Do(func(w Writer) error { return fn(desk{w, o.Version, o.Now, rng}) })
}

func leaf(field, op string, v any) []any { return []any{field, op, v} }

// days is a time so many days from today, as Odoo takes it.
func (d desk) days(n int) string { return d.now.AddDate(0, 0, n).UTC().Format(time.DateTime) }

// day is a date so many days from today.
func (d desk) day(n int) string { return d.now.AddDate(0, 0, n).UTC().Format(time.DateOnly) }

// one reads fields of one record.
func (d desk) one(model string, id int64, fields ...string) (map[string]any, error) {
	recs, err := d.Read(model, []int64{id}, fields)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return nil, fmt.Errorf("no %s %d", model, id)
	}
	return recs[0], nil
}

// ref is the id of a many2one as read answers it.
func ref(v any) int64 {
	if pair, ok := v.([]any); ok && len(pair) > 0 {
		id, _ := pair[0].(int64)
		return id
	}
	return 0
}

func list(v any) []int64 {
	ids, _ := v.([]int64)
	return ids
}

// pick chooses one of the records that fit, 0 where there is none.
func (d desk) pick(model string, domain ...any) (int64, error) {
	ids, err := d.Search(model, domain)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[d.rng.IntN(len(ids))], nil
}

// named finds a record by its name, 0 where there is none.
func (d desk) named(model, name string) (int64, error) {
	ids, err := d.Search(model, []any{leaf("name", "=", name)})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// doneField is what the version calls the quantity that a move line moves.
func (d desk) doneField() string {
	if d.version == 16 {
		return "qty_done"
	}
	return "quantity"
}

// add makes a record.
func (d desk) add(model string, vals map[string]any) (int64, error) {
	id, err := d.Create(model, vals)
	if err != nil {
		return 0, fmt.Errorf("creating %s: %w", model, err)
	}
	return id, nil
}

// storable is the domain of the products whose stock is kept, with a tracking.
func (d desk) storable(tracking string) []any {
	field, value := "is_storable", any(true)
	if d.version < 18 {
		field, value = "detailed_type", "product"
	}
	return []any{leaf(field, "=", value), leaf("tracking", "=", tracking)}
}
