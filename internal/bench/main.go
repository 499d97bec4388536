package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

// bareRole as the first argument makes this program the reference servers.
const bareRole = "bare-servers"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	role := ""
	if len(os.Args) > 1 {
		role = os.Args[1]
	}
	switch role {
	case bareRole:
		err = serveBare(ctx, os.Stdin, os.Stdout)
	case bareEventsRole:
		err = serveBareStream(ctx, os.Stdin, os.Stdout)
	default:
		only := flag.String("only", "", "Measure only what matches this regular expression.")
		flag.Parse()
		err = measure(ctx, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// part measures some of the rows.
type part struct {
	name string
	run  func(context.Context, *place) ([]row, error)
}

var parts = []part{
	{"read", measureReads},
	{"freshness", measureFreshness},
	{"decision", measureDecision},
	{"events", measureEvents},
	{"event ages", measureEventAges},
	{"watchers", measureWatchers},
	{"commands", measureCommands},
	{"million", measureMillion},
	{"first load", measureFirstLoad},
	{"first load of move lines", measureLinesLoad},
	{"trace", measureTrace},
	{"tracing", measureTracing},
	{"sums", measureSums},
	{"search", measureSearch},
	{"export", measureExport},
}

// measure runs all parts, and prints also when some have failed.
func measure(ctx context.Context, only string) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("reading -only: %w", err)
	}
	p, err := newPlace(ctx)
	if err != nil {
		return err
	}
	defer p.remove()
	var rows []row
	var errs []error
	for _, part := range parts {
		if !wanted.MatchString(part.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring: %s\n", part.name)
		found, err := part.run(ctx, p)
		for _, r := range found {
			if err := r.check(); err != nil {
				errs = append(errs, err)
			}
		}
		if rows = append(rows, found...); err != nil {
			errs = append(errs, fmt.Errorf("measuring %s: %w", part.name, err))
		}
		if ctx.Err() != nil { // what was measured before is printed all the same
			break
		}
	}
	errs = append(errs, ctx.Err(), printTable(os.Stdout, rows), writeJSON(os.Getenv("BENCH_JSON"), rows))
	return errors.Join(errs...)
}
