package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/seal"
)

// lookAtSettings is the pause between two looks whether the audit knows what is in force.
const lookAtSettings = time.Second

// auditSettings records, with what was before, which settings, which access file and which
// key of Odoo's are in force, and who has more by broken glass: where that is other than at
// the last start, and when it changes.
func (a *App) auditSettings(ctx context.Context) error {
	for clock.Sleep(ctx, a.clock, lookAtSettings) {
		if err := a.settings.tell(ctx, a); err != nil && ctx.Err() == nil && a.trail.Ready() == nil {
			a.logger.LogAttrs(ctx, slog.LevelWarn, "the audit could not be told what is set; it is told later", slog.Any("error", err))
		}
	}
	return ctx.Err()
}

// settings are what the audit was told of what is set.
type settings struct {
	told  bool
	known *access.File
	// key is how Odoo calls the key that the mesh uses there.
	key string
	// broken are those who have more by broken glass, a line each.
	broken string
}

// tell tells the audit what is set where it does not know.
func (s *settings) tell(ctx context.Context, a *App) error {
	if lines := a.config.Lines(); !s.told {
		if err := a.trail.Setting(ctx, "settings", []byte(lines), changedLines(lines)); err != nil {
			return err
		}
		if key, _ := a.config.Rest.Keys(); key != nil {
			name := seal.Name(key)
			if err := a.trail.Setting(ctx, "key of the data folder", []byte(name), changedLines(name)); err != nil {
				return err
			}
		}
	}
	if broken := brokenLines(a.servers.guard.Broken()); !s.told || broken != s.broken {
		if err := a.trail.Setting(ctx, "broken glass", []byte(broken), func(before []byte) string { return linesApart(string(before), broken) }); err != nil {
			return err
		}
		s.broken = broken
	}
	s.told = true
	if a.keeper != nil {
		if key := a.keeper.InUse(); key != "" && key != s.key {
			if err := a.trail.Setting(ctx, "key of Odoo's", []byte(key), changedLines(key)); err != nil {
				return err
			}
			s.key = key
		}
	}
	file := a.servers.guard.File()
	if file == nil || file == s.known {
		return nil
	}
	if err := a.trail.Setting(ctx, "access file", file.Text(), changedDecisions(file)); err != nil {
		return err
	}
	s.known = file
	return nil
}

// brokenLines say who has more by broken glass, and until when.
func brokenLines(broken []access.BrokenGlass) string {
	var b strings.Builder
	for _, g := range broken {
		fmt.Fprintf(&b, "%s has %s until %s: %s\n", g.Principal, strings.Join(g.Roles, ", "), g.Until.UTC().Format(time.RFC3339), strings.Join(strings.Fields(g.Reason), " "))
	}
	return b.String()
}

// changedLines are the lines that are gone, and those that are new; empty the first time.
func changedLines(now string) func(before []byte) string {
	return func(before []byte) string {
		if len(before) == 0 {
			return ""
		}
		return linesApart(string(before), now)
	}
}

func linesApart(before, now string) string {
	was, is := strings.Split(before, "\n"), strings.Split(now, "\n")
	var b strings.Builder
	for _, line := range was {
		if line != "" && !slices.Contains(is, line) {
			fmt.Fprintf(&b, "- %s\n", line)
		}
	}
	for _, line := range is {
		if line != "" && !slices.Contains(was, line) {
			fmt.Fprintf(&b, "+ %s\n", line)
		}
	}
	return b.String()
}

// changedDecisions are the decisions that are others than with the file before.
func changedDecisions(now *access.File) func(before []byte) string {
	return func(before []byte) string {
		was, err := access.Parse(before)
		if err != nil {
			return "" // there was none, or none that means anything today
		}
		var b strings.Builder
		for _, c := range access.Diff(was, now) {
			fmt.Fprintf(&b, "%s %s: %s, before: %s\n", c.Principal, c.Method, c.After, c.Before)
		}
		return b.String()
	}
}
