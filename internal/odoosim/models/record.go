package models

import (
	"math"
	"time"

	"odoomesh/internal/odoosim/orm"
)

// record is one record as the behaviour of models sees it.
type record struct {
	e  *orm.Env
	m  *orm.Model
	id int64
}

func rec(e *orm.Env, model string, id int64) record { return record{e, e.DB().Model(model), id} }

func recs(e *orm.Env, model string, ids []int64) []record {
	out := make([]record, len(ids))
	for i, id := range ids {
		out[i] = rec(e, model, id)
	}
	return out
}

func (r record) text(name string) string { return r.e.Get(r.m, r.id, name).S }
func (r record) num(name string) float64 { return r.e.Get(r.m, r.id, name).Float() }
func (r record) int(name string) int64   { return r.e.Get(r.m, r.id, name).N }
func (r record) is(name string) bool     { return r.e.Get(r.m, r.id, name).N != 0 }
func (r record) exists() bool            { return r.id != 0 && r.e.Exists(r.m, r.id) }

// at is the time in a date or datetime field; zero where there is none.
func (r record) at(name string) time.Time {
	if n := r.e.Get(r.m, r.id, name).N; n != 0 {
		return time.UnixMicro(n).UTC()
	}
	return time.Time{}
}

// to follows a many2one.
func (r record) to(name string) record {
	f := r.m.Field(name)
	if f == nil {
		return record{e: r.e}
	}
	return rec(r.e, f.Relation, r.int(name))
}

// all are the records of a to-many, archived ones too.
func (r record) all(name string) []record {
	f := r.m.Field(name)
	if f == nil {
		return nil
	}
	return recs(r.e, f.Relation, r.e.All().Get(r.m, r.id, name).L)
}

func (r record) keep(vals map[string]any) error { return r.e.Keep(r.m, r.id, vals) }

func (r record) write(vals map[string]any) error {
	return r.e.Write(r.m, []int64{r.id}, r.known(vals))
}

// known leaves out what this version's model does not have.
func (r record) known(vals map[string]any) map[string]any { return known(r.m, vals) }

func known(m *orm.Model, vals map[string]any) map[string]any {
	out := make(map[string]any, len(vals))
	for name, v := range vals {
		if m.Field(name) != nil {
			out[name] = v
		}
	}
	return out
}

// add creates a record with the values that this version's model has.
func add(e *orm.Env, model string, vals map[string]any) (record, error) {
	m := e.DB().Model(model)
	id, err := e.Create(m, known(m, vals))
	return record{e, m, id}, err
}

// now is the transaction's time.
func now(e *orm.Env) time.Time { return time.UnixMicro(e.Stamp()).UTC() }

// when passes a time on as a value, empty where there is none.
func when(t time.Time) any {
	if t.IsZero() {
		return false
	}
	return t
}

// cents rounds half up to two digits, as the currencies and units here are rounded.
func cents(x float64) float64 {
	return math.Copysign(math.Floor(math.Abs(x)*100+0.5+1e-9), x) / 100
}

func isZero(x float64) bool { return math.Abs(x) < 0.005 }

// inUnit converts a quantity from one unit of measure to another, and rounds it to
// the rounding of the one that it comes in.
func inUnit(q float64, from, to record) float64 {
	if !from.exists() || !to.exists() {
		return q
	}
	if from.id != to.id {
		a, b := from.num("factor"), to.num("factor")
		if a == 0 || b == 0 {
			return q
		}
		if from.e.DB().Version >= 19 {
			q = q * a / b
		} else {
			q = q / a * b
		}
	}
	step := to.num("rounding")
	if step <= 0 {
		return q
	}
	return math.Round(math.Copysign(math.Floor(math.Abs(q)/step+0.5+1e-9), q)*step*1e9) / 1e9
}
