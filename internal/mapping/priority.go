package mapping

import (
	"context"

	"odoomesh/internal/odoo"
)

// ForCapture, ForCensus and ForLiveRead mark what the calls under a context are
// for. Odoo's budget serves a caller who waits before the capture of changes,
// and that before a census.
func ForCapture(ctx context.Context) context.Context {
	return odoo.WithPriority(ctx, odoo.PriorityCapture)
}

// ForCensus marks background comparison.
func ForCensus(ctx context.Context) context.Context {
	return odoo.WithPriority(ctx, odoo.PriorityCensus)
}

// Urgency is how urgently Odoo is asked for something that others may come to wait for.
type Urgency = odoo.Urgency

// Urgent lets the urgency of what is asked under a context be raised.
func Urgent(ctx context.Context) (context.Context, *Urgency) { return odoo.WithUrgency(ctx) }

// ForLiveRead marks a read that a caller waits for; what a command reads back stays a
// command's.
func ForLiveRead(ctx context.Context) context.Context {
	return odoo.AtLeast(ctx, odoo.PriorityLiveRead)
}
