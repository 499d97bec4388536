package odoo

import "context"

// Priority orders calls that wait for the budget: a higher one goes first.
type Priority int

// The priorities, highest first. A person or a system waits for the first two;
// the others catch up.
const (
	PriorityCommand Priority = iota
	PriorityLiveRead
	PriorityCapture
	PriorityCensus
	priorities = iota
)

func (p Priority) String() string {
	switch p {
	case PriorityCommand:
		return "command"
	case PriorityLiveRead:
		return "live_read"
	case PriorityCapture:
		return "capture"
	}
	return "census"
}

type priorityKey struct{}

// WithPriority gives the calls made with the context a priority.
func WithPriority(ctx context.Context, p Priority) context.Context {
	return context.WithValue(ctx, priorityKey{}, p)
}

// priorityOf is the context's priority, PriorityLiveRead if none was given.
func priorityOf(ctx context.Context) Priority {
	p, ok := ctx.Value(priorityKey{}).(Priority)
	if !ok {
		return PriorityLiveRead
	}
	return min(max(p, PriorityCommand), PriorityCensus)
}
