package capture

import (
	"context"
	"slices"
	"time"

	"odoomesh/internal/odoo"
)

// newcomers finds rows that were inserted and that no stamp has told of: it asks for
// the greatest ids, which need no clock. It is also how a clock shows that nobody
// has told of. One model is asked at a time.
type newcomers struct {
	engine *Engine
	state  health
	models []string
	next   int
}

const (
	newcomersEvery  = 2 * time.Second
	newcomersAtOnce = 10
)

func (n *newcomers) kind() string                 { return "newcomers" }
func (n *newcomers) model() string                { return "" }
func (n *newcomers) health() *health              { return &n.state }
func (n *newcomers) feeds(*collection) bool       { return false }
func (n *newcomers) weight(time.Time) float64     { return rareWeight }
func (n *newcomers) pace(time.Time) time.Duration { return max(newcomersEvery, n.engine.Poll) }

// pick gives the next model that is not slow and not being asked: the answer must not
// keep the others waiting.
func (n *newcomers) pick() string {
	for range n.models {
		n.next = (n.next + 1) % len(n.models)
		model := n.models[n.next]
		if s := n.engine.plan().stamps[model]; s != nil && !s.state.running.Load() && s.state.effort().least() <= patience {
			return model
		}
	}
	return ""
}

func (n *newcomers) probe(ctx context.Context, now time.Time) (findings, error) {
	var f findings
	model := n.pick()
	if model == "" {
		return f, nil
	}
	known := n.engine.tops.top(model)
	rows, err := n.engine.tables().Newest(ctx, model, newcomersAtOnce)
	if err != nil {
		// The looks at the model say the same, and back off; the others are due.
		if n.engine.ofConnection(err, now) {
			return f, err
		}
		return f, nil
	}
	if known == 0 {
		return f, nil // nothing was looked at yet
	}
	near := n.engine.database.bound(now).Add(-nearFor)
	var ids []int64
	var strange []odoo.Stamp
	for _, r := range rows {
		// The next look finds a row whose stamp lies in its window.
		if r.ID > known && r.Written.Before(near) {
			ids, strange = append(ids, r.ID), append(strange, r)
			n.engine.tops.meet(model, r.ID)
		}
	}
	slices.Sort(ids)
	f.addRows(CauseNewcomer, model, ids)
	n.engine.database.notice(strange, now, n.engine.Overlap)
	return f, nil
}
