package access

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// BrokenGlass is that a principal has taken roles for a while that it has not usually.
type BrokenGlass struct {
	Principal string
	Roles     []string
	Reason    string
	Until     time.Time
	// Before is until when it had them already when it took them; zero where it had not.
	Before time.Time
}

// BreakGlass gives the caller the roles that the file keeps ready for it, for as long as
// asked, or as long as the file allows where that is 0. It ends by itself, and with the
// process.
func (g *Guard) BreakGlass(ctx context.Context, reason string, asked time.Duration) (BrokenGlass, error) {
	name := Caller(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.now.Load().file.Principal(name)
	if p == nil || p.glass == nil {
		return BrokenGlass{}, fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, "The access file keeps nothing ready for the caller (break_glass).")
	}
	// What prints nothing is no reason, such as a space without width.
	if !strings.ContainsFunc(reason, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return BrokenGlass{}, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "reason", "say why it has to be")
	}
	if asked > p.glass.longest {
		return BrokenGlass{}, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "minutes",
			fmt.Sprintf("the access file allows %d at most", int(p.glass.longest.Minutes())))
	}
	if asked <= 0 {
		asked = p.glass.longest
	}
	g.broken[name] = BrokenGlass{Principal: name, Reason: reason, Until: g.Clock.Now().Add(asked), Before: g.broken[name].Until}
	g.enforce(g.now.Load().file)
	b := g.broken[name]
	g.metrics.broken.WithLabelValues(name).Inc()
	g.metrics.open.Set(float64(len(g.broken)))
	g.Logger.LogAttrs(ctx, slog.LevelWarn, "glass was broken: a principal has more than usually",
		slog.String("principal", name), slog.Any("roles", b.Roles), slog.String("reason", reason), slog.Time("until", b.Until))
	return b, nil
}

// mendDue ends what was taken and has lasted long enough.
func (g *Guard) mendDue() {
	g.mu.Lock()
	defer g.mu.Unlock()
	due := false
	for name, b := range g.broken {
		if !g.Clock.Now().Before(b.Until) {
			g.mend(name, "its time is over")
			due = true
		}
	}
	if due {
		g.enforce(g.now.Load().file)
	}
}

// mend takes back what was taken. To be called with the lock held.
func (g *Guard) mend(name, why string) {
	delete(g.broken, name)
	g.metrics.open.Set(float64(len(g.broken)))
	g.Logger.Warn("broken glass is mended: the principal has what it usually has", "principal", name, "why", why)
}

// Broken are all who have more than usually, by name.
func (g *Guard) Broken() []BrokenGlass {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]BrokenGlass, 0, len(g.broken))
	for _, b := range g.broken {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b BrokenGlass) int { return strings.Compare(a.Principal, b.Principal) })
	return all
}
