package odoo

import "context"

// Priority orders calls that wait for the budget: a higher one goes first.
type Priority int

// The priorities, highest first. A person or a system waits for the first three; the
// others catch up. How a command ended is found out before others begin: while many
// wait, each is settled soon after it was done, and none is done later for it.
const (
	PriorityUnsettled Priority = iota
	PriorityCommand
	PriorityLiveRead
	PriorityCapture
	PriorityCensus
	priorities = iota
)

func (p Priority) String() string {
	switch p {
	case PriorityUnsettled:
		return "unsettled"
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

// AtLeast gives the calls made with the context a priority, unless they have a higher one.
func AtLeast(ctx context.Context, p Priority) context.Context {
	if given, ok := ctx.Value(priorityKey{}).(Priority); ok && given <= p {
		return ctx
	}
	return WithPriority(ctx, p)
}

// PriorityOf is the context's priority, PriorityLiveRead if none was given, or what its
// urgency has been raised to.
func PriorityOf(ctx context.Context) Priority {
	p, _ := urgencyOf(ctx)
	return p
}
