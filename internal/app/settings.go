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
)

// lookAtSettings is the pause between two looks whether the audit knows what is in force.
const lookAtSettings = time.Second

// auditSettings records, with what was before, which settings and which access file are in
// force: at the start where they are others than at the last one, and when the file changes.
func (a *App) auditSettings(ctx context.Context) error {
	var known *access.File
	told := false
	for {
		err := error(nil)
		if !told {
			err = a.trail.Setting(ctx, "settings", []byte(a.config.Lines()), changedLines(a.config.Lines()))
			told = err == nil
		}
		if file := a.servers.guard.File(); err == nil && file != nil && file != known {
			if err = a.trail.Setting(ctx, "access file", file.Text(), changedDecisions(file)); err == nil {
				known = file
			}
		}
		if err != nil && ctx.Err() == nil {
			a.logger.LogAttrs(ctx, slog.LevelWarn, "the audit could not be told what is set; it is told later", slog.Any("error", err))
		}
		if !clock.Sleep(ctx, a.clock, lookAtSettings) {
			return ctx.Err()
		}
	}
}

// changedLines are the lines that are gone, and those that are new.
func changedLines(now string) func(before []byte) string {
	return func(before []byte) string {
		if len(before) == 0 {
			return ""
		}
		was, is := strings.Split(string(before), "\n"), strings.Split(now, "\n")
		var b strings.Builder
		for _, line := range was {
			if !slices.Contains(is, line) {
				fmt.Fprintf(&b, "- %s\n", line)
			}
		}
		for _, line := range is {
			if !slices.Contains(was, line) {
				fmt.Fprintf(&b, "+ %s\n", line)
			}
		}
		return b.String()
	}
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
